"""Which table occurrence each layout shows: the list of layouts tells it, or on older hosts a record (sections 5.1, 6.5)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping

from ..dataapi.menu_item import MenuItem
from ..dataapi.query import Query
from ..dataapi.record import Page
from ..errors import FilemakerMcpError


class LayoutTables:
    """Asked for until it is told: a read that failed, and a table without records, tell nothing and are asked again."""

    def __init__(self, page: Callable[[Query], Awaitable[Page]]) -> None:
        self._page = page
        self._known: dict[str, str] = {}
        self.failed: set[str] = set()
        """Layouts whose latest read failed."""
        self.empty: set[str] = set()
        """Layouts whose table had no record that this account sees."""

    async def of(self, items: Iterable[MenuItem], layouts: Iterable[str]) -> Mapping[str, str]:
        """Of all layouts that the list tells, and of these `layouts` in any case."""
        listed = {item.name: item.table for item in items}
        for name in layouts:
            if listed.get(name) == "" and name not in self._known:
                await self._ask(name)
        found = {name: table or self._known.get(name, "") for name, table in listed.items()}
        return {name: table for name, table in found.items() if table}

    async def _ask(self, layout: str) -> None:
        self.empty.discard(layout)
        self.failed.add(layout)
        try:
            page = await self._page(Query(layout, limit=1, portals=()))
        except FilemakerMcpError:  # closed, or not readable for this account just now
            return
        self.failed.discard(layout)
        if page.table or page.records:  # FileMaker 17 tells no table with them
            self._known[layout] = page.table
        else:
            self.empty.add(layout)
