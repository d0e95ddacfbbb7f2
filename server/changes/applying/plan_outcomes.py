"""What became of each item of a plan so far, and what the items to come have to know of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..plans.item import Item
from ..plans.outcome import ItemState, Outcome
from ..plans.progress import Progress
from .item_request import resolved
from .left_mod_ids import LeftModIds


class PlanOutcomes:
    """The outcomes of one plan while it is carried out."""

    def __init__(self, progress: Progress) -> None:
        self._plan = progress.plan
        self._outcomes = [step.copy() for step in progress.outcomes]
        self._mod_ids = LeftModIds(self._outcomes)
        self._rows_left: dict[str, dict[tuple[str, str], str]] = {}
        for s, outcomes in enumerate(progress.outcomes):
            for _, outcome in outcomes.in_states(ItemState.DONE):
                self._note_rows(s, outcome)

    def of(self, s: int, i: int) -> Outcome:
        return self._outcomes[s][i]

    def all(self) -> Sequence[Sequence[Outcome]]:
        return self._outcomes

    def put(self, s: int, i: int, outcome: Outcome) -> None:
        self._outcomes[s].put(i, outcome)
        self._note_rows(s, outcome)

    def pass_by(self, s: int, i: int, outcome: Outcome) -> None:
        """The run is beyond an item: what follows is sent with the modId that it left."""
        if outcome.state is ItemState.DONE and outcome.record_id and outcome.mod_id:
            self._mod_ids.note(self._plan.steps[s].layout, outcome.record_id, s, i)

    def resolved(self, s: int, i: int) -> Item:
        """The item as it goes out. Raises InputError when an earlier one that it needs was not carried out."""
        step = self._plan.steps[s]
        return resolved(step.items[i], self._outcomes, self._mod_ids, step.layout)

    def rows_left(self, layout: str) -> Mapping[tuple[str, str], str]:
        """(portal, record id) -> the modId with which the plan left a row shown on that layout."""
        return self._rows_left.get(layout, {})

    def _note_rows(self, s: int, outcome: Outcome) -> None:
        if outcome.state is ItemState.DONE and outcome.rows_left:
            left = self._rows_left.setdefault(self._plan.steps[s].layout, {})
            left |= {(portal, row): mod_id for portal, row, mod_id in outcome.rows_left}
