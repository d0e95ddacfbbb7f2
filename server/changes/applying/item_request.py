"""One item of a plan as the one request that carries it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...dataapi.record import File, Record
from ...dataapi.write import PortalWrite, Write, WrittenRecord
from ...database.database import Database
from ...database.owner_scripts import no_stamp
from ...database.rate_limits import Block
from ...errors import InputError
from ...host_errors import AccessDenied, RecordChanged
from ...policy.stamp_fields import Fill
from ..files.kept_files import Keeping
from ..outcomes.row_comparison import holds
from ..plans.item import Item, RowChange, RowKind
from ..plans.outcome import ItemState, Outcome
from ..plans.step import Step, StepKind
from .item_reading import every_row, touched_portals
from .left_mod_ids import LeftModIds


async def send(
    database: Database,
    kept: Keeping,
    step: Step,
    item: Item,
    block: Block | None = None,
    *,
    stamp: Fill = no_stamp,
) -> WrittenRecord:
    """Sends one item, counted in the block where there is one, with the owner's stamp. Raises what `Database` raises, and RecordChanged for a delete whose record is no longer what was seen."""
    match step.kind:
        case StepKind.CREATE:
            return await _create(database, step, item, block, stamp)
        case StepKind.DUPLICATE:
            return await database.duplicate(step.layout, item.copy_of or "")
        case StepKind.EDIT:
            return await database.edit(
                step.layout,
                item.target,
                write_of(item),
                mod_id=item.mod_id,
                own=item.own,
                block=block,
                stamp=stamp,
            )
        case StepKind.UPLOAD:
            return await _upload(database, kept, step, item)
        case StepKind.RUN | StepKind.EXPORT:
            raise AssertionError("scripts are run by `Means.runs`, files written by their tools")
        case StepKind.DELETE:
            await database.delete(step.layout, item.target, own=item.own, block=block)
            return WrittenRecord(item.target, "")


async def before_delete(database: Database, step: Step, item: Item) -> None:
    """The Data API deletes without asking for a modId, so the record is looked at right before, and
    the rows that may go with it. Nothing was sent when this raises."""
    portals = every_row(await database.layout(step.layout))
    check_delete(item, await database.record(step.layout, item.target, portals=portals))


def check_delete(item: Item, record: Record) -> None:
    """Raises RecordChanged where the record, read with all its rows, is not the one whose delete was planned."""
    if item.mod_id is not None and record.mod_id != item.mod_id:
        raise RecordChanged("The record was changed after the delete was planned", code=306)
    seen = {(row.portal, row.record_id) for row in item.related}
    for name, rows in record.portals.items():
        if any((name, row.record_id) not in seen for row in rows.rows):
            raise RecordChanged(f"Rows of {name!r} were added after the delete was planned", code=306)


async def only_missing(database: Database, step: Step, item: Item) -> Item:
    """The item with those of its new rows that the record does not have."""
    record = await database.record(step.layout, item.target, portals=touched_portals(item))
    meta = await database.layout(step.layout)
    there = {name: list(rows.rows) for name, rows in record.portals.items()}
    missing: list[RowChange] = []
    for change in item.rows:
        rows = there.get(change.portal, [])
        found = next((row for row in rows if holds(meta, row, change.after)), None)
        if found is None:
            missing.append(change)
        else:
            rows.remove(found)
    known = {name: tuple(row.record_id for row in rows.rows) for name, rows in record.portals.items()}
    return replace(item, rows=tuple(missing), known_rows=known, mod_id=record.mod_id)


def resolved(
    item: Item,
    outcomes: Sequence[Sequence[Outcome]],
    mod_ids: LeftModIds | None,
    layout: str,
) -> Item:
    """The item with what earlier steps brought: records created, values of theirs, modIds after their writes.

    Raises InputError when the earlier item it needs was not carried out.
    """
    if item.created_by is not None:
        step, number = item.created_by
        source = _carried_out(outcomes, step, number)
        item = replace(item, record_id=source.record_id, mod_id=source.mod_id)
    if item.record_id is not None and mod_ids is not None:
        item = replace(item, mod_id=mod_ids.of(layout, item.record_id) or item.mod_id)
    if item.later:
        found = {}
        for name, origin in item.later.items():
            source = _carried_out(outcomes, origin.step, origin.item)
            if origin.field not in source.after:
                raise InputError(f"Step {origin.step + 1} brought no value for {origin.field!r}")
            found[name] = source.after[origin.field]
        item = replace(item, after={**item.after, **found}, later={})
    return item


def _carried_out(outcomes: Sequence[Sequence[Outcome]], step: int, item: int) -> Outcome:
    outcome = outcomes[step][item]
    if outcome.state is not ItemState.DONE:
        raise InputError(f"It needs the record of step {step + 1}, which was not created")
    return outcome


def write_of(item: Item) -> Write:
    """What an item writes to its record and its rows."""
    portals: dict[str, list[PortalWrite]] = {}
    for change in item.rows:
        if change.kind is not RowKind.REMOVE:
            portals.setdefault(change.portal, []).append(
                PortalWrite(change.after, change.record_id, change.mod_id)
            )
    return Write(
        item.after,
        {name: tuple(rows) for name, rows in portals.items()},
        tuple((c.occurrence, str(c.record_id)) for c in item.rows if c.kind is RowKind.REMOVE),
    )


async def _create(
    database: Database, step: Step, item: Item, block: Block | None, stamp: Fill
) -> WrittenRecord:
    try:
        return await database.create(step.layout, write_of(item), block, stamp=stamp)
    except AccessDenied as error:  # a definite refusal: nothing was written, so another form may be sent
        if error.code != 201 or not item.droppable:
            raise
    kept = {name: value for name, value in item.after.items() if name not in item.droppable}
    return await database.create(step.layout, write_of(replace(item, after=kept)), stamp=stamp)


async def _upload(database: Database, kept: Keeping, step: Step, item: Item) -> WrittenRecord:
    change = item.file
    if change is None:
        raise InputError("The plan names no file")
    if not change.digest:  # there is no call for emptying: an empty value does it (section 10.1 [U])
        return await database.edit(step.layout, item.target, Write({change.field: ""}), mod_id=item.mod_id)
    content = await kept.content(change.digest)
    if content is None:
        raise InputError(f"The content of {change.name!r} is no longer kept", advice="Plan the change again.")
    file = File(change.name, change.media_type, content)
    return await database.upload(
        step.layout,
        item.target,
        change.field.partition("(")[0],
        file,
        repetition=change.repetition,
        mod_id=item.mod_id,
    )
