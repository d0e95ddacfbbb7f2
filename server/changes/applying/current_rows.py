"""The rows of a portal right before a request that adds to them or removes some goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...database.database import Database
from ...host_errors import RecordChanged
from ..outcomes.row_comparison import row_of
from ..plans.item import Item, RowKind
from ..plans.step import Step, StepKind
from .item_reading import touched_portals

Left = Mapping[tuple[str, str], str]
"""(portal, record id) -> the modId with which an earlier step left the row."""


def after_steps(item: Item, left: Left) -> Item:
    """The item with the modIds that its rows have after what earlier steps wrote to them."""
    rows = tuple(
        replace(change, mod_id=left.get((change.portal, str(change.record_id)), change.mod_id))
        for change in item.rows
    )
    return replace(item, rows=rows)


async def with_rows_now(database: Database, step: Step, item: Item) -> Item:
    """The item knowing the rows there are now, so that those of others are told from its own afterwards.

    `deleteRelated` takes no modId (section 6.2), so a row to be removed is compared here. Raises RecordChanged when it is
    not the one that was seen; nothing was sent then.
    """
    if step.kind is not StepKind.EDIT or all(change.kind is RowKind.EDIT for change in item.rows):
        return item
    record = await database.record(step.layout, item.target, portals=touched_portals(item))
    for change in item.rows:
        row = row_of(record, change) if change.kind is RowKind.REMOVE else None
        if row is not None and change.mod_id is not None and row.mod_id != change.mod_id:
            raise RecordChanged(f"A row of {change.portal!r} was changed after it was planned", code=306)
    now = {name: tuple(row.record_id for row in rows.rows) for name, rows in record.portals.items()}
    return replace(item, known_rows={**item.known_rows, **now})


def appeared(planned: Item, item: Item) -> dict[str, list[str]]:
    """The rows of others that were there when the item went out and not when it was planned."""
    new = {
        portal: [row for row in rows if row not in planned.known_rows.get(portal, ())]
        for portal, rows in item.known_rows.items()
    }
    return {portal: rows for portal, rows in new.items() if rows}
