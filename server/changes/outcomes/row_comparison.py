"""Related rows of a change against the rows that are there now: which were added by it, which edits are in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ...dataapi.contents import Value
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import PortalRow, Record
from ...dataapi.write import NewRow
from ..plans.field_check import same_value
from ..plans.item import Item, RowChange, RowKind

RowIds = tuple[tuple[str, str], ...]
"""(portal, record id)"""


def added_rows(
    meta: LayoutMeta, item: Item, record: Record, *, taken: Collection[tuple[str, str]] = ()
) -> tuple[RowIds, bool]:
    """New rows that hold what the item adds, or nearly, each for one of its additions; and whether every addition has its
    row. `taken` are rows that other changes account for."""
    found: list[tuple[str, str]] = []
    wanted = [change for change in item.rows if change.kind is RowKind.ADD]
    for fits in (holds, resembles):
        for change in tuple(wanted):
            row = next(
                (
                    row
                    for row in unknown_rows(item, record, change.portal)
                    if (change.portal, row.record_id) not in taken
                    and (change.portal, row.record_id) not in found
                    and fits(meta, row, change.after)
                ),
                None,
            )
            if row is not None:
                found.append((change.portal, row.record_id))
                wanted.remove(change)
    return tuple(found), not wanted


def strangers(item: Item, record: Record, accounted: Collection[tuple[str, str]]) -> bool:
    """Whether a portal to which the item adds has a row that nobody accounts for."""
    portals = {change.portal for change in item.rows if change.kind is RowKind.ADD}
    return any(
        (portal, row.record_id) not in accounted
        for portal in portals
        for row in unknown_rows(item, record, portal)
    )


def told_rows(item: Item, told: Collection[NewRow], record: Record | None = None) -> RowIds:
    """The new rows as FileMaker told them: an entry for each field written, by table occurrence (section 6.2 [O]). `record`
    tells whose records a portal shows, which nothing told yet when a new record was planned."""
    portals: dict[str, str] = {}
    for change in item.rows:
        shown = record.portals.get(change.portal) if record is not None else None
        if change.kind is RowKind.ADD:
            portals[(shown.occurrence if shown is not None else "") or change.occurrence] = change.portal
    rows = ((portals[row.occurrence], row.record_id) for row in told if row.occurrence in portals)
    return tuple(dict.fromkeys(rows))


def unknown_rows(item: Item, record: Record, portal: str) -> list[PortalRow]:
    """Rows that were not there when the change was planned or, where it was sent, right before."""
    known = item.known_rows.get(portal, ())
    rows = record.portals[portal].rows if portal in record.portals else ()
    return [row for row in rows if row.record_id not in known]


def row_of(record: Record, change: RowChange) -> PortalRow | None:
    rows = record.portals[change.portal].rows if change.portal in record.portals else ()
    return next((row for row in rows if row.record_id == change.record_id), None)


def holds(meta: LayoutMeta, row: PortalRow, values: Mapping[str, Value]) -> bool:
    return all(
        same_value(meta.field_named(name), value, row.fields.get(name, "")) for name, value in values.items()
    )


def resembles(meta: LayoutMeta, row: PortalRow, values: Mapping[str, Value]) -> bool:
    """Whether most of it is as it was sent, but for case and blanks: an auto-enter calculation may have altered it."""
    same = sum(nearly(meta, name, value, row.fields.get(name, "")) for name, value in values.items())
    return 2 * same > len(values)


def nearly(meta: LayoutMeta, name: str, one: Value, other: Value) -> bool:
    return same_value(meta.field_named(name), one, other) or _folded(one) == _folded(other)


def _folded(value: Value) -> str:
    return "".join(str(value).split()).casefold()
