"""Undoes changes to related rows: removes new ones, restores edited ones, adds removed ones again."""

from __future__ import annotations

from dataclasses import replace

from ...dataapi.contents import Value
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import Record
from ...text.sentence import say
from ..outcomes.row_comparison import holds
from ..plans.item import Item, RowChange, RowKind
from ..plans.outcome import Outcome


def rows_back(
    meta: LayoutMeta, item: Item, outcome: Outcome, record: Record
) -> tuple[tuple[RowChange, ...], list[str]]:
    back: list[RowChange] = []
    lost: list[str] = []
    there = {(portal, row.record_id): row for portal, rows in record.portals.items() for row in rows.rows}
    left = {(portal, row_id): mod_id for portal, row_id, mod_id in outcome.rows_left}
    for portal, row_id in outcome.new_rows:
        row = there.get((portal, row_id))
        if row is None:
            lost.append(say("the new %(portal)s row %(row_id)s is gone", portal=portal, row_id=row_id))
            continue
        if row.mod_id != left.get((portal, row_id), row.mod_id):
            lost.append(say("the new %(portal)s row %(row_id)s was changed", portal=portal, row_id=row_id))
            continue
        planned = next((change.occurrence for change in item.rows if change.portal == portal), "")
        occurrence = record.portals[portal].occurrence or planned
        if not occurrence:
            lost.append(
                say(
                    "the host does not tell whose record the new %(portal)s row %(row_id)s is",
                    portal=portal,
                    row_id=row_id,
                )
            )
            continue
        back.append(
            RowChange(RowKind.REMOVE, portal, occurrence, dict(row.fields), {}, row.record_id, row.mod_id)
        )
    for change in item.rows:
        if change.kind is RowKind.REMOVE and change.layout:
            continue  # it comes back through that layout
        if change.kind is RowKind.REMOVE:
            fields = own_values(meta, change)
            back.append(RowChange(RowKind.ADD, change.portal, change.occurrence, {}, fields))
        elif change.kind is RowKind.EDIT and change.record_id is not None:
            row = there.get((change.portal, change.record_id))
            as_left = row is not None and (
                left.get((change.portal, change.record_id)) == row.mod_id or holds(meta, row, change.after)
            )
            if row is None or not as_left:
                lost.append(
                    say(
                        "the %(portal)s row %(record_id)s is not as it was left",
                        portal=change.portal,
                        record_id=change.record_id,
                    )
                )
                continue
            now = {name: row.fields.get(name, "") for name in change.before}
            back.append(
                RowChange(
                    RowKind.EDIT,
                    change.portal,
                    change.occurrence,
                    now,
                    dict(change.before),
                    row.record_id,
                    row.mod_id,
                )
            )
    return tuple(back), lost


def rows_restored(meta: LayoutMeta, item: Item, created_by: tuple[int, int]) -> list[Item]:
    """The rows that went with the record, an item a portal: each is added where it is missing, and refused by itself
    where the relationship does not allow that."""
    by_portal: dict[str, list[RowChange]] = {}
    for change in item.related:
        fields = own_values(meta, change)
        if fields:
            by_portal.setdefault(change.portal, []).append(
                replace(change, kind=RowKind.ADD, before={}, after=fields, record_id=None, mod_id=None)
            )
    return [
        Item(
            label=f"{portal} of {item.label}",
            rows=tuple(rows),
            created_by=created_by,
            if_missing=True,
            own=True,
        )
        for portal, rows in by_portal.items()
    ]


def own_values(meta: LayoutMeta, change: RowChange) -> dict[str, Value]:
    """What of a row can be set again: fields of the row's own record. Those of further occurrences are other records, which
    did not go with it; setting them would write to those, or make new ones (section 6.2)."""
    return {
        name: value
        for name, value in change.before.items()
        if value != "" and name.startswith(f"{change.occurrence}::") and settable(meta, name)
    }


def settable(meta: LayoutMeta, name: str) -> bool:
    found = meta.field_named(name)
    return (
        found is not None
        and found.kind == "normal"
        and found.type not in ("container", "invalid")
        and not found.is_disguised
        and not found.is_global
    ) and (not found.is_related or name not in meta.fields)
