"""What a change left on one layout, so that what somebody did since is told from what the change did itself."""

from __future__ import annotations

from functools import cached_property

from ..applying.left_mod_ids import LeftModIds
from ..plans.outcome import ItemState
from ..plans.progress import Progress
from ..plans.step import StepKind

CREATING = (StepKind.CREATE, StepKind.DUPLICATE)


class LeftRecords:
    def __init__(self, progress: Progress, layout: str) -> None:
        self._progress = progress
        self._layout = layout

    def look(self) -> None:
        """Goes through all outcomes for each of them once, which takes seconds for very many."""
        _ = self.mod_ids, self.moved, self.made

    @cached_property
    def mod_ids(self) -> LeftModIds:
        """Of records of the layout after the change."""
        left = LeftModIds(self._progress.outcomes)
        for s, step in enumerate(self._progress.plan.steps):
            if step.layout == self._layout:
                for i, outcome in self._progress.outcomes[s].in_states(ItemState.DONE):
                    if outcome.record_id and outcome.mod_id:
                        left.note(self._layout, outcome.record_id, s, i)
        return left

    @cached_property
    def moved(self) -> frozenset[str]:
        """Ids of records that the change edited on other layouts: a line that was moved to a new record shows as a row here."""
        return frozenset(
            outcome.record_id
            for s, step in enumerate(self._progress.plan.steps)
            if step.layout != self._layout and step.kind is StepKind.EDIT
            for _, outcome in self._progress.outcomes[s].in_states(ItemState.DONE)
            if outcome.record_id
        )

    @cached_property
    def made(self) -> frozenset[tuple[str, str]]:
        """(portal, record id) of the rows that the change added here; without a portal, records it created on other layouts,
        which may show as rows here."""
        made = set[tuple[str, str]]()
        for step, outcomes in zip(self._progress.plan.steps, self._progress.outcomes, strict=True):
            for outcome in outcomes:
                if step.layout == self._layout:
                    made |= set(outcome.new_rows)
                elif step.kind in CREATING and outcome.state is ItemState.DONE and outcome.record_id:
                    made.add(("", outcome.record_id))
        return frozenset(made)
