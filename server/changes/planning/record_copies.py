"""Copies of records, and what is changed in them afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...dataapi.record import Record
from ...database.database import Database
from ...database.limits.closed_marks import why_no_copy
from ...errors import InputError
from ...policy import check_fields_writable
from ...text.sentence import say
from ..plans.field_check import UNCHANGED
from ..plans.item import Item
from ..plans.plan import Plan
from ..plans.step import Step, StepKind
from .closed_records import refuse, why_not_so
from .item_rules import in_scope, known
from .plan_items import Wanted, deleted_item, edited_item, step_of, written_names
from .step_inputs import check_later
from .warnings import creation_warnings


async def check_copies(database: Database, layout: str) -> None:
    """Raises InputError where the owner's script writes records: a copy would go past it. Else as `Database.check_written_by`."""
    if through := await database.check_written_by(layout):
        raise InputError(
            f"Records of {layout!r} are written by the owner's script {through!r}, which a copy would go past",
            advice=f"Create a record with the values of the other one. {UNCHANGED}",
        )


async def copy_steps(
    database: Database, layout: str, records: Sequence[Record], wanted: Sequence[Wanted], base: Plan | None
) -> list[Step]:
    """Steps that duplicate the records and then edit the copies: one set of values for all, or one for each."""
    meta = await database.layout(layout)
    if len(wanted) not in (0, 1, len(records)):
        raise InputError(
            f"There are {len(records)} records to copy and {len(wanted)} sets of changes",
            advice=UNCHANGED,
        )
    rules = database.change_rules
    refuse([(r.record_id, why) for r in records if (why := why_no_copy(r))], len(records))
    warnings: list[str] = [say("A duplicate has a new record id; related records are not copied with it.")]
    items = [
        known(
            database.policy,
            meta,
            Item(copy_of=record.record_id, mod_id=record.mod_id, label=deleted_item(meta, record).label),
            record,
        )
        for record in records
    ]
    first = len(base.steps) if base else 0
    steps = [step_of(StepKind.DUPLICATE, layout, items, "", warnings + creation_warnings(meta, set()))]
    wishes = list(wanted) * len(records) if len(wanted) == 1 else list(wanted)
    edits: list[Item] = []
    for number, (record, wish) in enumerate(zip(records, wishes, strict=False)):
        item, draft = edited_item(meta, record, wish, warnings)
        await check_later(database, draft, base)
        if draft.files or draft.rows:
            raise InputError(
                "A copy takes field values; change its rows and files afterwards", advice=UNCHANGED
            )
        if item is not None:
            in_scope(database.policy, meta, item, creating=False)
            refuse([("a copy", why)] if (why := why_not_so(rules, meta, item, record)) else [], 1)
            edits.append(replace(item, record_id=None, mod_id=None, created_by=(first, number)))
    check_fields_writable(database.policy, meta, written_names(edits))
    if edits:
        steps.append(step_of(StepKind.EDIT, layout, edits, "the copies", ()))
    return steps
