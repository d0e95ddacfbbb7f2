"""What we know of a database's layouts: asked for once, and again when an answer shows that it is stale."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import anyio

from ..dataapi.client import DataApi
from ..dataapi.models import LayoutMeta, MenuItem
from ..dataapi.renamed_fields import renamed
from ..errors import (
    FileClosed,
    FilemakerMcpError,
    InputError,
    Missing,
    NameUnknown,
    NotFileMaker,
    RequestRefused,
)
from ..text.near_names import near

AGE = timedelta(minutes=10)
"""Fields that a developer adds raise no error, so what is known is looked at again after this long."""


class Metadata:
    """Kept for one account in one database: other accounts see other layouts and fields."""

    def __init__(self, api: DataApi, now: Callable[[], datetime]) -> None:
        self._api = api
        self._now = now
        self._layouts: tuple[MenuItem, ...] | None = None
        self._listed = now()
        self._described: dict[str, LayoutMeta] = {}
        self._seen: dict[str, datetime] = {}
        self._lock = anyio.Lock()
        self.changes = 0
        """Layouts that were found to have changed since they were described."""

    async def layouts(self, *, fresh: bool = False) -> tuple[MenuItem, ...]:
        async with self._lock:
            if self._layouts is None or fresh or self._now() - self._listed > AGE:
                async with self._naming_the_file():
                    self._layouts = await self._api.layouts()
                self._listed = self._now()
            return self._layouts

    async def layout(self, name: str, *, fresh: bool = False) -> LayoutMeta:
        """Raises NameUnknown, with names near it, when there is no such layout for this account."""
        if not fresh and self._is_current(name):
            return self._described[name]
        async with self._lock:
            if not fresh and self._is_current(name):
                return self._described[name]
            async with self._naming_the_file():
                return self._kept(await self._asked(name))

    def _is_current(self, name: str) -> bool:
        return name in self._described and self._now() - self._seen[name] <= AGE

    def _kept(self, now: LayoutMeta) -> LayoutMeta:
        """The layout as it is now, with what its fields were called before."""
        self._seen[now.name] = self._now()
        known = self._described.get(now.name)
        if known is None:
            self._described[now.name] = now
        elif known != now:
            self.changes += 1
            self._described[now.name] = replace(now, renamed=renamed(known, now))
        return self._described[now.name]

    async def _asked(self, name: str) -> LayoutMeta:
        try:
            return await self._api.layout(name)
        except Missing as error:
            was_there = self._described.pop(name, None) is not None
            if error.code != 105:
                raise
            before = {item.name for item in self._layouts or ()}
            self._layouts = await self._api.layouts()
            names = [item.name for item in self._layouts]
            new = [each for each in names if each not in before] if before else []
            now = f"It may be called {new[0]!r} now (a guess: that name is new)." if len(new) == 1 else ""
            self.changes += was_there or name in before
            raise NameUnknown(
                "layout",
                name,
                near=near(name, names),
                advice=f"{now} list_layouts shows all that this account may see.".strip(),
            ) from error
        except (RequestRefused, NotFileMaker) as error:
            if "/" in name and isinstance(error, NotFileMaker):
                raise InputError(
                    f"The web server in front of FileMaker does not let the layout {name!r} through: its name has a / in it",
                    advice="Use another layout of the same table; the owner can rename this one.",
                ) from error
            # FileMaker 17 knows only the old form (section 5.4).
            return await self._api.legacy_layout(name)

    @asynccontextmanager
    async def _naming_the_file(self) -> AsyncGenerator[None]:
        """A file that is not open may be a file misspelt: say which are open, where the host tells (section 3)."""
        try:
            yield
        except FileClosed as error:
            try:
                names = await self._api.databases()
            except FilemakerMcpError:
                raise error from None
            if self._api.file in names:
                raise
            raise not_open(self._api.file, names, error.code or 802) from error


def not_open(file: str, names: tuple[str, ...], code: int) -> FileClosed:
    """The refusal for a file that the host does not have open."""
    close = near(file, names, most=1)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    listed = ", ".join(names[:10]) if names else "none that allows the Data API"
    return FileClosed(
        f"The host has no file {file!r} open",
        code=code,
        advice=f"{hint}Open there: {listed}. The owner can correct the setting, or open the file in Admin Console.",
    )
