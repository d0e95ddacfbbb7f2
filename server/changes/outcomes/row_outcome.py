"""What became of the rows of a change, by the record as it was read back."""

from __future__ import annotations

from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import PortalRow, Record
from ...text.plain_parts import Held, Name
from ...text.sentence import say
from ..plans.field_check import same_value
from ..plans.item import Item, RowChange, RowKind
from .row_comparison import RowIds, row_of


def rows_otherwise(meta: LayoutMeta, item: Item, record: Record, new_rows: RowIds) -> tuple[str, ...]:
    """In what the rows differ from what was asked for."""
    notes: list[str] = []
    there = {(portal, row.record_id): row for portal, rows in record.portals.items() for row in rows.rows}
    new = [(portal, row) for portal, row_id in new_rows if (row := there.get((portal, row_id)))]
    for change in item.rows:
        match change.kind:
            case RowKind.REMOVE:
                if row_of(record, change) is not None:
                    notes.append(
                        say(
                            "The row %(record_id)s of %(portal)s is still there.",
                            record_id=change.record_id or "",
                            portal=Name(change.portal),
                        )
                    )
            case RowKind.EDIT:
                row = row_of(record, change)
                notes += (
                    [
                        say(
                            "The row %(record_id)s of %(portal)s is not shown any more.",
                            record_id=change.record_id or "",
                            portal=Name(change.portal),
                        )
                    ]
                    if row is None
                    else _stored(meta, change, row)
                )
            case RowKind.ADD:
                mine = [row for portal, row in new if portal == change.portal]
                row = min(mine, key=lambda row: len(_stored(meta, change, row)), default=None)
                if row is None:
                    notes.append(
                        say("A new row of %(portal)s is not shown there.", portal=Name(change.portal))
                    )
                    continue
                new.remove((change.portal, row))
                notes += _stored(meta, change, row)
    return tuple(notes)


def nothing_in(item: Item, record: Record, new_rows: RowIds) -> bool:
    """Whether an item of rows alone left no trace: nothing added, every row to be edited or removed there as it was."""
    if not item.rows or item.after or new_rows:
        return False
    rows = [row_of(record, change) for change in item.rows if change.kind is not RowKind.ADD]
    planned = [change.mod_id for change in item.rows if change.kind is not RowKind.ADD]
    return all(row is not None and row.mod_id == was for row, was in zip(rows, planned, strict=True))


def rows_left(item: Item, record: Record, new_rows: RowIds) -> tuple[tuple[str, str, str], ...]:
    """(portal, record id, modId) of each row that was written."""
    written = {(change.portal, change.record_id) for change in item.rows if change.kind is RowKind.EDIT}
    written |= set(new_rows)
    return tuple(
        (portal, row.record_id, row.mod_id)
        for portal, rows in record.portals.items()
        for row in rows.rows
        if (portal, row.record_id) in written
    )


def _stored(meta: LayoutMeta, change: RowChange, row: PortalRow) -> list[str]:
    return [
        say(
            "FileMaker stored %(fields)s in %(name)s of row %(record_id)s.",
            fields=Held(row.fields[name]),
            name=Name(name),
            record_id=row.record_id,
        )
        for name, value in change.after.items()
        if name in row.fields and not same_value(meta.field_named(name), value, row.fields[name])
    ]
