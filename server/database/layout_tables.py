"""Which table occurrence each layout shows: the list of layouts tells it, or on older hosts a record (sections 5.1, 6.5)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping

from ..dataapi.models import MenuItem, Page, Query
from ..errors import FilemakerMcpError


class LayoutTables:
    """Asked for once; a layout whose table nobody tells is missing."""

    def __init__(self, page: Callable[[Query], Awaitable[Page]]) -> None:
        self._page = page
        self._known: dict[str, str] = {}

    async def of(self, items: Iterable[MenuItem], layouts: Iterable[str]) -> Mapping[str, str]:
        """Of all layouts that the list tells, and of these `layouts` in any case."""
        listed = {item.name: item.table for item in items}
        for name in layouts:
            if listed.get(name) == "" and name not in self._known:
                self._known[name] = await self._told_by_a_record(name)
        found = {name: table or self._known.get(name, "") for name, table in listed.items()}
        return {name: table for name, table in found.items() if table}

    async def _told_by_a_record(self, layout: str) -> str:
        try:
            return (await self._page(Query(layout, limit=1, portals=()))).table
        except FilemakerMcpError:  # closed, or not readable for this account: it stands for itself
            return ""
