"""What we know of a database's layouts: asked for once, and again when an answer shows that it is stale."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio

from .dataapi.client import DataApi
from .dataapi.models import LayoutMeta, MenuItem
from .errors import FileClosed, FilemakerMcpError, Missing, NameUnknown, NotFileMaker, RequestRefused
from .names import near


class Metadata:
    """Kept for one account in one database: other accounts see other layouts and fields."""

    def __init__(self, api: DataApi) -> None:
        self._api = api
        self._layouts: tuple[MenuItem, ...] | None = None
        self._described: dict[str, LayoutMeta] = {}
        self._lock = anyio.Lock()

    async def layouts(self, *, fresh: bool = False) -> tuple[MenuItem, ...]:
        async with self._lock:
            if self._layouts is None or fresh:
                async with self._naming_the_file():
                    self._layouts = await self._api.layouts()
            return self._layouts

    async def layout(self, name: str, *, fresh: bool = False) -> LayoutMeta:
        """Raises NameUnknown, with names near it, when there is no such layout for this account."""
        known = self._described.get(name)
        if known is not None and not fresh:
            return known
        async with self._lock:
            if not fresh and name in self._described:
                return self._described[name]
            async with self._naming_the_file():
                self._described[name] = await self._asked(name)
            return self._described[name]

    async def _asked(self, name: str) -> LayoutMeta:
        try:
            return await self._api.layout(name)
        except Missing as error:
            self._described.pop(name, None)
            if error.code != 105:
                raise
            self._layouts = await self._api.layouts()
            raise NameUnknown(
                "layout",
                name,
                near=near(name, [item.name for item in self._layouts]),
                advice="list_layouts shows all that this account may see.",
            ) from error
        except (RequestRefused, NotFileMaker):  # FileMaker 17 knows only the old form (section 5.4)
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
