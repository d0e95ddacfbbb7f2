"""Which items of a step may be on their way at once: those for which it does not matter which comes first.

Each has a record of its own and something by which a lost answer is found out: the modId of an edit, the key of a new
record. Scripts, duplicates and files go alone, also where a script of the owner's writes the record, and so do edits of related rows and of related fields, which may meet in
one related record; edits of records chosen by a field that follows others; and new records without a key, of which at
most one is left unknown.
"""

from __future__ import annotations

from collections.abc import Collection

from ...dataapi.layout_meta import LayoutMeta
from ..plans.item import Item
from ..plans.marks import is_comparable
from ..plans.outcome import ItemState
from ..plans.step import Step, StepKind
from .plan_outcomes import PlanOutcomes

AT_ONCE = 32
"""Items that are claimed together and read back with one find."""
DELETES_AT_ONCE = 8
"""Records that are looked at together before they are deleted: their deletes are to follow the look soon."""
FIRST = 4
"""Items that go one after another where the first refusal ends it all: what refuses one often refuses many."""


def next_wave(
    meta: LayoutMeta,
    step: Step,
    s: int,
    start: int,
    outcomes: PlanOutcomes,
    passed: Collection[int],
    under_way: Collection[int],
    most: int,
) -> list[int]:
    """The numbers of items from `start` on that may go together, in their order; fewer than two where the first goes alone.
    Items whose outcome is known are passed over, and those that are `under_way`; but nothing goes before one that is not
    known, nor to a record that is being written."""
    if step.through or step.kind not in (StepKind.CREATE, StepKind.EDIT, StepKind.DELETE):
        return []
    wave: list[int] = []
    most = min(most, DELETES_AT_ONCE) if step.kind is StepKind.DELETE else most
    records = {step.items[i].record_id for i in under_way}
    for i in range(start, len(step.items)):
        outcome, item = outcomes.of(s, i), step.items[i]
        if outcome.state in (ItemState.DONE, ItemState.REFUSED) or i in passed or i in under_way:
            continue
        if outcome.state is not ItemState.OPEN or outcome.looked or not _may_go_along(meta, step.kind, item):
            break
        is_taken = item.record_id is not None and item.record_id in records
        if is_taken or len(wave) == most:
            break
        records.add(item.record_id)
        wave.append(i)
    return wave


def _may_go_along(meta: LayoutMeta, kind: StepKind, item: Item) -> bool:
    if (
        item.if_missing
        or item.created_by is not None
        or any("::" in name for name in (*item.after, *item.later))
    ):
        return False
    match kind:
        case StepKind.CREATE:
            return item.key is not None
        case StepKind.EDIT:
            return (
                item.mod_id is not None
                and not item.rows
                and all(is_comparable(meta.field_named(name)) and "::" not in name for name in item.chosen_by)
            )
        case _:
            return item.mod_id is not None
