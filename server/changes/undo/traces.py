"""What a change left behind, gathered once: each of its new records is held against all of it."""

from __future__ import annotations

from dataclasses import dataclass

from ..plans.plan import ItemState, StepKind
from ..plans.plan_store import Progress

CREATING = (StepKind.CREATE, StepKind.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Traces:
    """As records of one layout show it."""

    mod_ids: dict[str, str]
    """Record id -> modId after the change."""
    moved: frozenset[str]
    """Ids of records that the change edited on other layouts: a line that was moved to a new record shows as a row here."""
    made: frozenset[tuple[str, str]]
    """(portal, record id) of the rows that it added here; without a portal, records that it created on other layouts, which may
    show as rows here."""

    @classmethod
    def of(cls, progress: Progress, layout: str) -> Traces:
        mod_ids: dict[str, str] = {}
        moved: set[str] = set()
        made: set[tuple[str, str]] = set()
        for step, outcomes in zip(progress.plan.steps, progress.outcomes, strict=True):
            done = [each for each in outcomes if each.state is ItemState.DONE and each.record_id]
            if step.layout == layout:
                mod_ids |= {each.record_id: each.mod_id for each in done if each.record_id and each.mod_id}
                made.update(row for each in outcomes for row in each.new_rows)
            elif step.kind in CREATING:
                made |= {("", each.record_id) for each in done if each.record_id}
            elif step.kind is StepKind.EDIT:
                moved |= {each.record_id for each in done if each.record_id}
        return cls(mod_ids, frozenset(moved), frozenset(made))
