"""Whether an edit that was sent is in a record, told by the record, its modId, and what other changes account for.

modId rises by exactly one with each save through the record's own layout (section 6.2 [O]), so an edit sent with modId m
was carried out by the save that made it m + 1, or not at all. After an edit of portal rows alone it may stay as it is
(section 20), so rows speak for themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...dataapi.contents import Value
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import Record
from ...text.sentence import in_a_row, say
from ..journal.other_writes import OtherSave
from ..plans.field_check import same_value
from ..plans.item import Item, RowKind
from ..plans.outcome import ItemState, Outcome
from .row_comparison import RowIds, added_rows, holds, nearly, row_of, strangers
from .row_outcome import rows_otherwise
from .told_outcomes import difference, done, refused, stored_otherwise, unknown

NOT_CARRIED_OUT = Outcome(
    ItemState.OPEN, notes=(say("The request did not reach FileMaker; nothing was changed."),), looked=True
)
EITHER = say(
    "The record was saved once: by this change, and FileMaker stored something else, or by somebody else."
)
A_ROW = say(
    "There is a new row that is not as it was sent: this change's, stored otherwise, or somebody else's."
)


def edited(meta: LayoutMeta, item: Item, record: Record, others: Sequence[OtherSave]) -> Outcome:
    """`done`, `open` (certainly not carried out), `refused` (another save came first), or `unknown` while another change of
    ours is on its way to the same record."""
    if any(other.outcome.state is ItemState.SENT and other.sent_at == item.mod_id for other in others):
        return unknown(say("Another change of this record is on its way."), item)
    taken = {row for other in others for row in other.outcome.new_rows}
    rows, every_row = added_rows(meta, item, record, taken=taken)
    if not item.after:
        is_foreign = not every_row and strangers(item, record, {*taken, *rows})
        return _by_rows(meta, item, record, rows, every_row, is_foreign, others)
    if record.mod_id == item.mod_id:
        return replace(NOT_CARRIED_OUT, record_id=record.record_id)
    if any(other.consumed == item.mod_id for other in others):
        return refused(meta, item, record)
    seen, at = _first_look_after(item, record, others)
    only_save = _number(at) == _number(item.mod_id) + 1
    if not _is_in(meta, item, seen, only_save=only_save):
        if only_save and not _as_before(meta, item, seen) and _may_be_altered(meta, item, seen):
            return unknown(in_a_row((EITHER, *difference(meta, item, record))), item)
        return refused(meta, item, record)
    notes = (*stored_otherwise(meta, item, seen), *rows_otherwise(meta, item, record, rows))
    outcome = done(item, record, new_rows=rows, notes=notes)
    kept = {name: seen.get(name, value) for name, value in item.after.items()}
    return replace(outcome, mod_id=str(_number(item.mod_id) + 1), after=kept)


def _by_rows(
    meta: LayoutMeta,
    item: Item,
    record: Record,
    rows: RowIds,
    every_row: bool,
    is_foreign: bool,
    others: Sequence[OtherSave],
) -> Outcome:
    """An addition or an edit that is there tells that the change was carried out, since it is one commit; removals tell it
    only where there is nothing else."""
    edits = [change for change in item.rows if change.kind is RowKind.EDIT]
    there = [(change, row_of(record, change)) for change in edits]
    consumed = {
        (row.occurrence, row.record_id, row.mod_id)
        for other in others
        if other.outcome.state is ItemState.DONE
        for row in other.item.rows
        if row.kind is RowKind.EDIT
    }
    in_it = [
        row is not None
        and holds(meta, row, change.after)
        and row.mod_id != change.mod_id
        and (change.occurrence, change.record_id, change.mod_id) not in consumed
        for change, row in there
    ]
    removals = [change for change in item.rows if change.kind is RowKind.REMOVE]
    gone = bool(removals) and all(row_of(record, change) is None for change in removals)
    if rows or any(in_it) or (gone and not edits and every_row and not _adds(item)):
        return done(item, record, new_rows=rows, notes=rows_otherwise(meta, item, record, rows))
    if is_foreign:
        return unknown(A_ROW, item)
    untouched = all(row is not None and row.mod_id == change.mod_id for change, row in there)
    if record.mod_id == item.mod_id and untouched and not (gone and removals):
        return replace(NOT_CARRIED_OUT, record_id=record.record_id)
    return refused(meta, item, record)


def _adds(item: Item) -> bool:
    return any(change.kind is RowKind.ADD for change in item.rows)


def _first_look_after(
    item: Item, record: Record, others: Sequence[OtherSave]
) -> tuple[Mapping[str, Value], str]:
    """The record as it was seen first after the edit was sent: by another change that was made from it later, else now."""
    later = [
        other
        for other in others
        if _number(other.sent_at) > _number(item.mod_id) and set(item.after) <= set(other.item.before)
    ]
    if not later:
        return record.fields, record.mod_id
    first = min(later, key=lambda other: _number(other.sent_at))
    return first.item.before, first.sent_at


def _is_in(meta: LayoutMeta, item: Item, seen: Mapping[str, Value], *, only_save: bool) -> bool:
    """FileMaker may have stored a field otherwise than it was sent: where there was only one save, one field as it was sent
    and none as it was before tell that it was this one."""
    if all(same_value(meta.field_named(n), value, seen.get(n, "")) for n, value in item.after.items()):
        return True
    as_sent = any(nearly(meta, name, value, seen.get(name, "")) for name, value in item.after.items())
    return only_save and as_sent and not _as_before(meta, item, seen)


def _as_before(meta: LayoutMeta, item: Item, seen: Mapping[str, Value]) -> bool:
    """Whether a field is still what it was before the edit."""
    return any(
        same_value(meta.field_named(name), item.before.get(name, ""), seen.get(name, ""))
        for name in item.after
    )


def _may_be_altered(meta: LayoutMeta, item: Item, seen: Mapping[str, Value]) -> bool:
    """Whether FileMaker itself can have made what is there from what was sent: only where it enters values automatically."""
    otherwise = [
        meta.field_named(name)
        for name, value in item.after.items()
        if not same_value(meta.field_named(name), value, seen.get(name, ""))
    ]
    return all(field is None or field.auto_enter for field in otherwise)


def _number(mod_id: str | None) -> int:
    return int(mod_id) if mod_id is not None and mod_id.isdecimal() else -1
