"""A layout as calls need it: every key that appears in fieldData and portal rows, with the field behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..model import Field, Layout, LayoutField, Portal, Table
from ..refusal import Refusal

_REPETITION = re.compile(r"(.+)\((\d+)\)", re.DOTALL)

TableOf = Callable[[str], Table]
"""The table of an occurrence, wherever its file is."""


@dataclass(frozen=True)
class Placed:
    """One value on a layout: `Name`, `Phone(2)`, `Customers::Name` or `Lines::Note(1)`."""

    key: str
    occurrence: str
    table: str
    field: Field | None
    """None for a broken object."""
    repetition: int = 1


@dataclass(frozen=True)
class PortalPlan:
    portal: Portal
    key: str
    """The object name, else the occurrence (section 6.5)."""
    placed: tuple[Placed, ...]


@dataclass(frozen=True)
class LayoutPlan:
    layout: Layout
    placed: tuple[Placed, ...]
    portals: tuple[PortalPlan, ...]
    fields: Mapping[str, Placed]
    """By bare or qualified field name, portal fields included. The repetition is the first one shown."""

    @property
    def occurrence(self) -> str:
        return self.layout.occurrence

    def portal(self, name: str) -> PortalPlan | None:
        """By key, then by the occurrence of a portal that has a name of its own (section 6.1). Case is ignored."""
        wanted = name.casefold()
        by_key = next((each for each in self.portals if each.key.casefold() == wanted), None)
        return by_key or next(
            (each for each in self.portals if each.portal.occurrence.casefold() == wanted), None
        )

    def find(self, name: str) -> tuple[Placed, int | None]:
        """The field a request names, and the repetition if it says one. Raises Refusal 102 or 111."""
        placed = self.fields.get(name)
        repetition: int | None = None
        if placed is None:
            pattern = _REPETITION.fullmatch(name)
            if pattern is not None:
                placed, repetition = self.fields.get(pattern[1]), int(pattern[2][:9])
        if placed is None or placed.field is None:
            raise Refusal(102)
        if repetition is not None and not 1 <= repetition <= placed.field.repetitions:
            raise Refusal(111)
        return placed, repetition


def plan_layout(layout: Layout, table_of: TableOf) -> LayoutPlan:
    placed = [each for field in layout.fields for each in _spread(field, layout.occurrence, table_of)]
    portals = [
        PortalPlan(
            portal,
            portal.name or portal.occurrence,
            tuple(each for field in portal.fields for each in _spread(field, layout.occurrence, table_of)),
        )
        for portal in layout.portals
    ]
    fields: dict[str, Placed] = {}
    for each in (*placed, *(each for portal in portals for each in portal.placed)):
        if each.field is not None:
            own = each.occurrence == layout.occurrence
            fields.setdefault(each.field.name if own else f"{each.occurrence}::{each.field.name}", each)
            # The layout's own occurrence may also be named in full.
            fields.setdefault(f"{each.occurrence}::{each.field.name}", each)
    return LayoutPlan(layout, tuple(placed), tuple(portals), fields)


def _spread(placed: LayoutField, occurrence: str, table_of: TableOf) -> list[Placed]:
    """A repeating field has a key for each repetition shown, `(1)` included (section 8.1 [O])."""
    far, separator, bare = placed.name.partition("::")
    if separator:
        occurrence, name = far, bare
    else:
        name = placed.name
    table = table_of(occurrence)
    if not name:
        return [Placed("", occurrence, table.name, None)]
    field = table.fields[name]
    if field.repetitions == 1:
        return [Placed(placed.name, occurrence, table.name, field)]
    return [
        Placed(f"{placed.name}({number})", occurrence, table.name, field, number)
        for number in range(placed.first_repetition, placed.last_repetition + 1)
    ]
