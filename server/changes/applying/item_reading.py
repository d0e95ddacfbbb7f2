"""What of a record an item is about, and its record as it is there."""

from __future__ import annotations

from collections.abc import Sequence

from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.query import PortalRange
from ...dataapi.record import Record
from ...database.database import Database
from ...host_errors import RecordMissing
from ..plans.item import Item
from ..plans.step import Step, StepKind

EVERY_ROW = 10_000
"""A portal returns 50 rows by default (section 6.5). A change looks at all of them."""


def every_row(meta: LayoutMeta) -> tuple[PortalRange, ...]:
    return tuple(PortalRange(name, limit=EVERY_ROW) for name in meta.portals)


def touched_portals(item: Item) -> tuple[PortalRange, ...]:
    names = dict.fromkeys(change.portal for change in item.rows)
    return tuple(PortalRange(name, limit=EVERY_ROW) for name in names)


async def read_back(database: Database, step: Step, record_id: str, item: Item) -> Record | None:
    """The record as it is now, with the portals that the item touches; None when it is not there. Of the other portals of
    a new record, one row, and how many there are."""
    try:
        portals = read_portals(await database.layout(step.layout), step, [item])
        return await database.record(step.layout, record_id, portals=portals)
    except RecordMissing:
        return None


def read_portals(meta: LayoutMeta, step: Step, items: Sequence[Item]) -> tuple[PortalRange, ...]:
    """What of their portals is read back: those that the items touch, and of a new record one row of each other."""
    portals = tuple(dict.fromkeys(portal for item in items for portal in touched_portals(item)))
    if step.kind in (StepKind.CREATE, StepKind.DUPLICATE):
        others = set(meta.portals) - {portal.name for portal in portals}
        return (*portals, *(PortalRange(name, limit=1) for name in sorted(others)))
    return portals
