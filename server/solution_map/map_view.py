"""What the tools of one database ask of its map. Every answer goes through what is open."""

from __future__ import annotations

from collections.abc import Sequence

from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.menu_item import MenuItem
from ..policy import Policy
from .atlas import Atlas
from .known_layout import KnownLayout, known_layout
from .open_tables import OpenTables


class MapView:
    def __init__(
        self,
        atlas: Atlas,
        policy: Policy,
        *,
        shows_formulas: bool = False,
        shows_steps: frozenset[str] = frozenset(),
        privilege_set: str = "",
    ) -> None:
        """`shows_steps` are the scripts whose steps the owner lets be told, folded."""
        self.atlas = atlas
        self.policy = policy
        self.shows_formulas = shows_formulas
        self.shows_steps = shows_steps
        self.privilege_set = privilege_set
        self._open: tuple[tuple[MenuItem, ...], OpenTables] | None = None

    @property
    def is_scoped(self) -> bool:
        """Under a scope, only facts about fields of open layouts are told: everything else speaks of other records."""
        return self.policy.scope is not None

    @property
    def date(self) -> str:
        return self.atlas.date

    def open_to(self, layouts: Sequence[MenuItem]) -> OpenTables:
        """`layouts` are those that the account has now."""
        items = tuple(layouts)
        if self._open is None or self._open[0] != items:
            self._open = (items, OpenTables(self.atlas, self.policy, items))
        return self._open[1]

    def known(self, meta: LayoutMeta, layouts: Sequence[MenuItem]) -> KnownLayout | str | None:
        """As `known_layout`: the layout with what the map adds, a sentence where it is older, None where it says nothing."""
        item = next((each for each in layouts if each.name == meta.name), None)
        return known_layout(self.atlas, self.open_to(layouts), meta, "" if item is None else item.table)
