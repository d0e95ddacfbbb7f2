"""What became of a record that the owner's script was to write: told by looking at the record, never by the script's word alone.

A script can save several times, so a modId that rose by one tells nothing here; one that is as it was tells that the record was
not saved. And a script that gave no answer may still be at work: what is not there is not known to be refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.query import Query
from ...dataapi.record import Record
from ...host_errors import RecordMissing
from ...text.plain_parts import Held, Name
from ...text.sentence import in_a_row, say
from ..applying.apply_context import Means
from ..applying.item_reading import read_back
from ..journal.other_writes import Place
from ..outcomes.row_comparison import added_rows, nearly
from ..outcomes.row_outcome import nothing_in, rows_otherwise
from ..outcomes.told_outcomes import closed_now, difference, done, stored_otherwise, unknown
from ..plans.field_check import same_value
from ..plans.item import Item
from ..plans.outcome import ItemState, Outcome
from ..plans.step import Step, StepKind
from .save_request import Saved

UNREADABLE = say("The script's answer could not be read as JSON.")
STILL = say("The owner's script may still be at work, or was not run; it is not run again by itself.")


async def outcome_of(means: Means, place: Place, step: Step, item: Item, saved: Saved) -> Outcome:
    """The script came to its end. Raises what reading the record raises."""
    if step.kind is StepKind.CREATE:
        return await _created(means, place, step, item, saved)
    record = await read_back(means.database, step, item.target, item)
    if step.kind is StepKind.DELETE:
        if record is None:
            return Outcome(ItemState.DONE, item.record_id, notes=_notes(saved))
        return _refused(
            item, saved.failure or say("The script says that it is done, and the record is still there.")
        )
    if record is None:
        return Outcome(
            ItemState.REFUSED,
            item.record_id,
            notes=(saved.failure, say("The record is not there any more.")),
            code=101,
        )
    meta = await means.database.layout(step.layout)
    return edited_by_script(meta, item, record, saved)


def edited_by_script(meta: LayoutMeta, item: Item, record: Record, saved: Saved) -> Outcome:
    rows, _ = added_rows(meta, item, record)
    otherwise = (*stored_otherwise(meta, item, record.fields), *rows_otherwise(meta, item, record, rows))
    closed = closed_now(record)
    elsewhere = ""
    if saved.told and saved.told != record.record_id:
        elsewhere = say("The script told the id of another record, %(told)s.", told=saved.told)
    if not otherwise and not nothing_in(item, record, rows):
        return done(item, record, new_rows=rows, notes=(*_notes(saved), *_some(elsewhere), *closed))
    is_touched = record.mod_id != item.mod_id or bool(rows)
    if not is_touched:
        why = saved.failure or say("The script says that it is done, and nothing of it is in the record.")
        return _refused(item, why, elsewhere, *([] if saved.is_read else [UNREADABLE]))
    has_some = bool(rows) or any(
        nearly(meta, name, value, record.fields.get(name, "")) for name, value in item.after.items()
    )
    if saved.failure or not has_some:
        why = saved.failure or say("The record was saved, and nothing of what was planned is in it.")
        now = difference(meta, item, record)
        return _refused(
            item, why, elsewhere, *([say("It changed the record all the same.")] if now else []), *now
        )
    return done(item, record, new_rows=rows, notes=(*_notes(saved), *_some(elsewhere), *otherwise, *closed))


async def found_out(means: Means, place: Place, step: Step, item: Item) -> Outcome:
    """The outcome of a save that got no answer: `done`, or `refused` where the record is gone, or `unknown`. Never `open`."""
    if step.kind is StepKind.CREATE:
        record = await _by_key(means, place, step, item)
        return unknown(STILL, item) if record is None else done(item, record, whole=True)
    try:
        record = await means.database.record(step.layout, item.target)
    except RecordMissing:
        if step.kind is StepKind.DELETE:
            return Outcome(ItemState.DONE, item.record_id)
        return Outcome(
            ItemState.REFUSED, item.record_id, notes=(say("The record does not exist any more."),), code=101
        )
    if step.kind is StepKind.DELETE:
        return unknown(STILL, item)
    record = await read_back(means.database, step, item.target, item) or record
    meta = await means.database.layout(step.layout)
    rows, every_row = added_rows(meta, item, record)
    if (
        stored_otherwise(meta, item, record.fields)
        or rows_otherwise(meta, item, record, rows)
        or not every_row
    ):
        return unknown(STILL, item)
    return done(item, record, new_rows=rows)


async def _created(means: Means, place: Place, step: Step, item: Item, saved: Saved) -> Outcome:
    meta = await means.database.layout(step.layout)
    record = await read_back(means.database, step, saved.told, item) if saved.told.isdecimal() else None
    wrong = ""
    if record is not None and not await _is_ours(means, place, step, meta, item, record):
        wrong = say(
            "The script told the id of record %(told)s, which does not hold what was planned.",
            told=saved.told,
        )
        record = None
    elif saved.told and record is None:
        wrong = say(
            "The script told the id %(told)s, and there is no such record.", told=Name(saved.told[:40])
        )
    record = record or await _by_key(means, place, step, item)
    if record is not None:
        rows, _ = added_rows(meta, item, record)
        otherwise = (*stored_otherwise(meta, item, record.fields), *rows_otherwise(meta, item, record, rows))
        return done(
            item, record, whole=True, new_rows=rows, notes=(*_notes(saved), *_some(wrong), *otherwise)
        )
    if saved.failure:
        return _refused(item, saved.failure, say("What it did before that stands."))
    told = wrong or (say("It told no record id.") if saved.is_read else UNREADABLE)
    if item.key is None:
        no_key = say("There is no key by which it could be found (setting `keys`).")
        return unknown(in_a_row((say("The script ended."), told, no_key)), item)
    return _refused(
        item, say("The script ended, and no record has the key %(key)s.", key=Held(item.key[1])), told
    )


async def _is_ours(
    means: Means, place: Place, step: Step, meta: LayoutMeta, item: Item, record: Record
) -> bool:
    """Whether a told record can be the new one: nobody else made it, and it has the key, or most of what was sent."""
    if await means.accounts.creator(place, step.layout, record.record_id) is not None:
        return False
    if item.key is not None:
        name, value = item.key
        return same_value(meta.field_named(name), value, record.fields.get(name, ""))
    sent = {name: value for name, value in item.after.items() if value != ""}
    same = sum(nearly(meta, name, value, record.fields.get(name, "")) for name, value in sent.items())
    return 2 * same > len(sent)


async def _by_key(means: Means, place: Place, step: Step, item: Item) -> Record | None:
    if item.key is None:
        return None
    meta = await means.database.layout(step.layout)
    page = await means.database.page(Query(step.layout, (means.exact(meta, *item.key),), limit=10))
    for record in page.records:
        if await means.accounts.creator(place, step.layout, record.record_id) is None:
            return await read_back(means.database, step, record.record_id, item)
    return None


def _refused(item: Item, *why: str) -> Outcome:
    return Outcome(ItemState.REFUSED, item.record_id, notes=tuple(each for each in why if each))


def _notes(saved: Saved) -> tuple[str, ...]:
    if saved.failure:
        return (in_a_row((saved.failure, say("The record holds what was planned all the same."))),)
    return () if saved.is_read else (UNREADABLE,)


def _some(text: str) -> Sequence[str]:
    return (text,) if text else ()
