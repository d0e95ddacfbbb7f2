"""What we know of a database's layouts: asked for once, and again when an answer shows that it is stale."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import anyio

from ..dataapi.client import DataApi
from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.menu_item import MenuItem
from ..dataapi.renamed_fields import renamed
from ..errors import FilemakerMcpError, NameUnknown, NotFileMaker
from ..host_errors import FileClosed, Missing, RequestRefused
from ..policy import Homes, Policy, homes, may_read, related_names, speaks_of_layouts
from ..policy.same_table import possible_kin
from ..solution_map.map_view import MapView
from ..text.near_names import folded, matched, near
from .home_fields import HomeFieldNames
from .table_kin import TableKin

AGE = timedelta(minutes=10)
"""Fields that a developer adds raise no error, so what is known is looked at again after this long."""


class Metadata:
    """Kept for one account in one database: other accounts see other layouts and fields."""

    def __init__(
        self,
        api: DataApi,
        now: Callable[[], datetime],
        policy: Policy,
        solution_map: MapView | None = None,
    ) -> None:
        self._api = api
        self._kin = TableKin(api, policy, solution_map)
        self._home_fields = HomeFieldNames(self._as_told, policy, now)
        self._now = now
        self._policy = policy
        self._layouts: tuple[MenuItem, ...] | None = None
        self._listed = now()
        self._described: dict[str, LayoutMeta] = {}
        self._seen: dict[str, datetime] = {}
        self._lock = anyio.Lock()
        self.changes = 0
        """Layouts that were found to have changed since they were described."""

    async def layouts(self, *, fresh: bool = False) -> tuple[MenuItem, ...]:
        async with self._lock:
            return await self._listing(fresh=fresh)

    async def _listing(self, *, fresh: bool = False) -> tuple[MenuItem, ...]:
        if self._layouts is None or fresh or self._now() - self._listed > AGE:
            async with self._naming_the_file():
                self._layouts = await self._api.layouts()
            self._listed = self._now()
        return self._layouts

    async def layout(self, name: str, *, fresh: bool = False) -> LayoutMeta:
        """By its name, as `near_names.matched` compares. Raises NameUnknown, with names near it, when there is no such layout
        for this account."""
        name = self.spelled(name)
        if not fresh and self._is_current(name):
            return self._described[name]
        async with self._lock:
            if not fresh and self._is_current(name):
                return self._described[name]
            async with self._naming_the_file():
                return self._kept(await self._with_homes(await self._asked(name)))

    def spelled(self, name: str) -> str:
        """A layout's name as FileMaker spells it, as far as the layouts are listed already. Raises NameUnknown for one that
        compares equal to several."""
        if self._layouts is None or name in self._described:
            return name
        names = [item.name for item in self._layouts]
        if name not in names and sum(folded(each) == folded(name) for each in names) > 1:
            raise self._unknown(name, names)
        return matched(name, names) or name

    async def _with_homes(self, meta: LayoutMeta) -> LayoutMeta:
        """With the layouts of related tables, where rules for single layouts may speak of them, and those of its own table."""
        if self._kin.is_needed:
            meta = await self._kin.known(meta, await self._listing())
        if speaks_of_layouts(self._policy) and (related_names(meta) or meta.portals):
            meta = replace(meta, homes=homes(self._policy, meta, await self._listing()))
            meta = await self._home_fields.known(meta)
        return meta

    def kin_of(self, name: str) -> Homes | None:
        """As `same_table.possible_kin`, of a layout that was described; None for another."""
        described = self._described.get(name)
        return None if described is None else possible_kin(described)

    def _unknown(self, name: str, names: Sequence[str], advice: str = "") -> NameUnknown:
        """Names that the owner closed are not told."""
        return NameUnknown(
            "layout",
            name,
            near=near(name, [each for each in names if may_read(self._policy, each)]),
            advice=f"{advice} list_layouts shows all that this account may see.".strip(),
        )

    def _is_current(self, name: str) -> bool:
        known = self._described.get(name)
        return known is not None and self._now() - self._seen[name] <= AGE and self._kin.is_settled(known)

    def _kept(self, now: LayoutMeta) -> LayoutMeta:
        """The layout as it is now, with what its fields were called before."""
        self._seen[now.name] = self._now()
        known = self._described.get(now.name)
        if known is not None and known != now:
            self.changes += 1
            now = replace(now, renamed=renamed(known, now))
        elif known is not None:  # the layout is the same, and what rules need to know of its table may not be
            now = replace(now, renamed=known.renamed)
        self._described[now.name] = now
        return self._described[now.name]

    async def _asked(self, name: str) -> LayoutMeta:
        try:
            return await self._as_told(name)
        except Missing as error:
            was_there = self._described.pop(name, None) is not None
            if error.code != 105:
                raise
            before = {item.name for item in self._layouts or ()}
            self._layouts = await self._api.layouts()
            self._listed = self._now()
            names = [item.name for item in self._layouts]
            own = self.spelled(name)
            if own != name:
                return await self._asked(own)
            new = (
                [each for each in names if each not in before and may_read(self._policy, each)]
                if before
                else []
            )
            now = f"It may be called {new[0]!r} now (a guess: that name is new)." if len(new) == 1 else ""
            self.changes += was_there or name in before
            raise self._unknown(name, names, now) from error

    async def _as_told(self, name: str) -> LayoutMeta:
        try:
            return await self._api.layout(name)
        except (RequestRefused, NotFileMaker):
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
