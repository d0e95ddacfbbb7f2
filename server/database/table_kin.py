"""Which layouts show the same base table, by all that tells it: the host, the owner's `tables`, and a map of the solution.

Occurrences of one base table have names of their own, and over the Data API nothing but these names tells of tables (sections 5.1,
6.5): a map knows what each stands for (section 8 of the reference of exports).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace

from ..dataapi.client import DataApi
from ..dataapi.models import LayoutMeta, MenuItem, Query
from ..errors import FilemakerMcpError
from ..policy import Policy, homes
from ..policy.same_table import spoken_of
from ..policy.tables import table_of
from ..solution_map.map_view import MapView
from ..text.near_names import folded


class TableKin:
    def __init__(self, api: DataApi, policy: Policy, solution_map: MapView | None) -> None:
        self._api = api
        self._policy = policy
        self._map = solution_map
        self._spoken = spoken_of(policy)
        self._told: dict[str, str] = {}
        """Layout -> occurrence, where a record was asked; empty where that told nothing."""

    @property
    def is_needed(self) -> bool:
        """Whether any rule holds for the table of a layout."""
        return bool(self._spoken or self._policy.stamp)

    async def known(self, meta: LayoutMeta, listed: Iterable[MenuItem]) -> LayoutMeta:
        """The layout with its `kin` and `places`. Hosts that list no occurrences are asked for a record of the layout, and of those that rules name."""
        items = {item.name: await self._placed(item, meta.name) for item in listed}
        placed = [*items.values(), *self._unlisted(items)]
        places = {
            folded(item.name): item.table
            for item in placed
            if item.table and (item.name == meta.name or folded(item.name) in self._spoken)
        }
        kin = homes(self._policy, meta, placed, stands_for=self._stands_for)
        return replace(meta, kin=kin, places=places)

    async def _placed(self, item: MenuItem, layout: str) -> MenuItem:
        if item.table:
            return item
        occurrence = self._mapped(item.name)
        is_asked = item.name == layout or folded(item.name) in self._spoken
        if not occurrence and self._spoken and is_asked:
            if item.name not in self._told:
                self._told[item.name] = await self._told_by_a_record(item.name)
            occurrence = self._told[item.name]
        return MenuItem(item.name, item.folder, occurrence)

    async def _told_by_a_record(self, layout: str) -> str:
        """Nothing of the record is kept, so this is no reading by the assistant."""
        try:
            return (await self._api.page(Query(layout, limit=1, portals=()))).table
        except FilemakerMcpError:  # an empty table, or one that this account may not see
            return ""

    def _unlisted(self, listed: Iterable[str]) -> list[MenuItem]:
        """Layouts of which rules speak and which this account does not see; a map knows their tables all the same."""
        there = {folded(name) for name in listed}
        return [
            MenuItem(name, (), occurrence)
            for name in self._spoken
            if name not in there and (occurrence := self._mapped(name))
        ]

    def _mapped(self, layout: str) -> str:
        place = None if self._map is None else self._map.atlas.layout(layout)
        return "" if place is None else place.occurrence

    def _stands_for(self, occurrence: str) -> Hashable:
        """`tables` first: the owner's own words."""
        own = table_of(self._policy, occurrence)
        base = None if self._map is None else self._map.atlas.table_of(own)
        return own if base is None else base
