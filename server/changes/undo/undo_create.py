"""Undoes a create: the record is deleted only if it is as the change left it and nobody else has added related rows."""

from __future__ import annotations

from dataclasses import replace

from ...dataapi.layout_meta import FieldMeta, LayoutMeta
from ...dataapi.record import Record
from ...text.plain_parts import Held, Name
from ...text.sentence import Sentence, say
from ..planning.plan_items import deleted_item
from ..plans.item import Item, RowChange, RowKind
from ..plans.marks import RENEWED, same_content
from ..plans.outcome import Outcome
from .left_records import LeftRecords


def removal(
    meta: LayoutMeta, item: Item, outcome: Outcome, record: Record, change: LeftRecords
) -> Item | list[Sentence]:
    """The item that deletes the record, or the reasons to keep it. `record` has every row of its portals."""
    changed = [
        say("%(name)s is %(what)s now", name=Name(name), what=Held(record.fields.get(name, "")))
        for name, value in outcome.after.items()
        if (found := meta.field_named(name)) is not None and _is_work(found)
        if not same_content(found, value, record.fields.get(name, ""))
    ]
    is_saved_since = record.mod_id != change.mod_ids.of(meta.name, record.record_id)
    reasons = changed or ([say("it was saved")] if is_saved_since and not outcome.after else [])
    ours, moved = change.made, change.moved
    left = {(portal, row_id): mod_id for portal, row_id, mod_id in outcome.rows_left}
    for name, rows in record.portals.items():
        there = [row for row in rows.rows if row.record_id not in moved]
        strange = sum((name, row.record_id) not in ours and ("", row.record_id) not in ours for row in there)
        own = sum(portal == name for portal, _ in outcome.new_rows)
        if strange > dict(outcome.related).get(name, own) - own:
            reasons.append(say("it has rows of %(name)s that this change did not make", name=Name(name)))
        if any(left.get((name, row.record_id), row.mod_id) != row.mod_id for row in there):
            reasons.append(say("a row of %(name)s that it came with was changed", name=Name(name)))
    found = deleted_item(meta, record)
    # A row that this change moved here is moved back first; while it is still here, the record does not go.
    related = tuple(row for row in found.related if row.record_id not in moved)
    return reasons or replace(found, related=related, label=item.label, own=True)


def rows_with_it(item: Item, outcome: Outcome, record: Record) -> Item | None:
    """The item that removes the rows which the change created together with the record: not every relationship deletes them
    with it."""
    there = {(portal, row.record_id): row for portal, rows in record.portals.items() for row in rows.rows}
    occurrences = {change.portal: change.occurrence for change in item.rows}
    rows = tuple(
        RowChange(RowKind.REMOVE, portal, occurrence, dict(row.fields), {}, row.record_id, row.mod_id)
        for portal, row_id in outcome.new_rows
        if (row := there.get((portal, row_id))) is not None
        and (occurrence := record.portals[portal].occurrence or occurrences.get(portal, ""))
    )
    if not rows:
        return None
    known = {name: tuple(row.record_id for row in each.rows) for name, each in record.portals.items()}
    return Item(
        record_id=record.record_id,
        mod_id=record.mod_id,
        label=item.label,
        rows=rows,
        known_rows=known,
        own=True,
    )


def _is_work(field: FieldMeta) -> bool:
    """Whether a person may have changed the field: not one that FileMaker renews at every save."""
    renewed = field.auto_enter and (field.type == "timeStamp" or RENEWED.search(field.name) is not None)
    return field.kind == "normal" and not field.is_related and not renewed
