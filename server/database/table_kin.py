"""Which layouts show the same base table, by all that tells it: the host, the owner's `tables`, and a map of the solution.

Occurrences of one base table have names of their own, and over the Data API nothing but these names tells of tables (sections 5.1,
6.5): a map knows what each stands for (section 8 of the reference of exports).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace

from ..dataapi.client import DataApi
from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.menu_item import MenuItem
from ..policy import Policy, homes
from ..policy.same_table import OWN, spoken_of
from ..policy.tables import table_of
from ..solution_map.map_view import MapView
from ..text.near_names import folded, matched
from .layout_tables import LayoutTables

LOST = "this account sees no layout of that name"
FAILED = "its records could not be read just now"
EMPTY = "it has no record yet by which this host would tell"
OWN_FAILED = "the records of {!r} could not be read just now"


class TableKin:
    def __init__(self, api: DataApi, policy: Policy, solution_map: MapView | None) -> None:
        self._tables = LayoutTables(api.page)
        self._policy = policy
        self._map = solution_map
        self._spoken = spoken_of(policy)

    @property
    def is_needed(self) -> bool:
        """Whether any rule holds for the table of a layout."""
        return bool(self._spoken or self._policy.stamp)

    async def known(self, meta: LayoutMeta, listed: Sequence[MenuItem]) -> LayoutMeta:
        """The layout with its `kin` and `places`. Hosts that list no occurrences are asked for a record of the layout, and of those
        that rules name. Nothing of it is kept, so this is no reading by the assistant."""
        wanted = [item.name for item in listed if self._spoken and self._is_ruled(item.name, meta)]
        unmapped = [name for name in wanted if not self._mapped(name)]
        told = await self._tables.of(listed, unmapped)
        placed = [
            *(MenuItem(i.name, i.folder, told.get(i.name) or self._mapped(i.name)) for i in listed),
            *self._unlisted(listed),
        ]
        places = {folded(i.name): i.table for i in placed if i.table and self._is_ruled(i.name, meta)}
        kin = homes(self._policy, meta, placed, stands_for=self._stands_for)
        return replace(meta, kin=kin, places=places, unplaced=self._unplaced(meta.name, placed))

    def is_settled(self, meta: LayoutMeta) -> bool:
        """Whether nothing is left that another read may tell."""
        asked = self._tables.failed | self._tables.empty
        return not any(meta.unplaced.values()) or not asked

    def _unplaced(self, own: str, placed: Sequence[MenuItem]) -> Mapping[str, Mapping[str, str]]:
        """The layouts of rules that may show the layout's own table, or a related one, for all that anybody can tell."""
        there = {folded(item.name) for item in placed}
        lost = {name: LOST for name in self._spoken if name not in there}
        failed = dict.fromkeys(self._untold(self._tables.failed), FAILED)
        empty = dict.fromkeys(self._untold(self._tables.empty), EMPTY)
        related = lost | failed | empty
        mine = folded(own)
        if mine in self._untold(self._tables.failed, ruled=False):
            theirs = dict.fromkeys(self._spoken, OWN_FAILED.format(own)) | related
        elif mine in self._untold(self._tables.empty, ruled=False):
            theirs = related
        else:  # it has records, and so shows no table without
            theirs = lost | failed
        return {OWN: {name: why for name, why in theirs.items() if name != mine}, "": related}

    def _untold(self, layouts: Iterable[str], *, ruled: bool = True) -> set[str]:
        """Of layouts that told nothing, those that nothing else places."""
        return {
            folded(name)
            for name in layouts
            if not self._mapped(name)
            and matched(name, self._policy.tables) is None
            and (not ruled or folded(name) in self._spoken)
        }

    def _is_ruled(self, layout: str, meta: LayoutMeta) -> bool:
        return layout == meta.name or folded(layout) in self._spoken

    def _unlisted(self, listed: Iterable[MenuItem]) -> list[MenuItem]:
        """Layouts of which rules speak and which this account does not see; a map or `tables` know them all the same."""
        there = {folded(item.name) for item in listed}
        return [
            MenuItem(name, (), occurrence)
            for name in self._spoken
            if name not in there and (occurrence := self._mapped(name) or self._said(name))
        ]

    def _said(self, layout: str) -> str:
        """The owner may say the table of a layout by its name."""
        return layout if matched(layout, self._policy.tables) is not None else ""

    def _mapped(self, layout: str) -> str:
        place = None if self._map is None else self._map.atlas.layout(layout)
        return "" if place is None else place.occurrence

    def _stands_for(self, occurrence: str) -> Hashable:
        """`tables` first: the owner's own words."""
        own = table_of(self._policy, occurrence)
        base = None if self._map is None else self._map.atlas.table_of(own)
        return own if base is None else base
