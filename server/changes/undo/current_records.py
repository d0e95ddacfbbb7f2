"""The records of a step as they are now, and by what each is known to be the one that was changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.query import PortalRange
from ...dataapi.record import Record
from ...policy import key_of
from ..applying.apply_context import Means
from ..applying.item_reading import every_row, touched_portals
from ..applying.record_lookup import records_named
from ..planning.records_by_id import Progress as Report
from ..planning.records_by_id import records_by_id
from ..plans.item import Item, Values
from ..plans.marks import marks_of
from ..plans.outcome import ItemState, Outcome
from ..plans.progress import Progress
from ..plans.step import StepKind
from ..unhurried import Pace
from .left_records import CREATING

UNREAD = (StepKind.DELETE, StepKind.RUN, StepKind.EXPORT)
"""Steps that leave no record to be looked at."""


class CurrentRecords:
    def __init__(self, means: Means, progress: Progress, number: int) -> None:
        """`number`: of the step in its plan."""
        self._means = means
        self._database = means.database
        self._number = number
        self._step = progress.plan.steps[number]
        self._outcomes = progress.outcomes[number]
        self._progress = progress

    @cached_property
    def _written(self) -> frozenset[str]:
        """What the change itself wrote to records of this layout: nothing by which they could be known again."""
        return frozenset(
            name
            for other, outcomes in zip(self._progress.plan.steps, self._progress.outcomes, strict=True)
            if other.layout == self._step.layout and other.kind is StepKind.EDIT
            for outcome in outcomes
            for name in outcome.after
        )

    def look(self) -> None:
        """Goes through all outcomes once, which takes seconds for very many."""
        _ = self._written

    async def of(
        self, meta: LayoutMeta, numbers: range, taken_back: frozenset[tuple[int, int]], report: Report
    ) -> dict[str, Record]:
        """The records as they are now, with what of their rows the way back has to know."""
        step = self._step
        if step.kind in UNREAD:
            return {}
        ids: list[str] = []
        marks: dict[str, Values] = {}
        touched: dict[PortalRange, None] = {}
        pace = Pace()
        for i in numbers:
            await pace.turn()
            item, outcome = step.items[i], self._outcomes[i]
            if outcome.state is ItemState.DONE and outcome.record_id and (self._number, i) not in taken_back:
                ids.append(outcome.record_id)
                marks[outcome.record_id] = self.marks(meta, item, outcome)
                touched |= dict.fromkeys(touched_portals(item))
        portals = every_row(meta) if step.kind in CREATING else tuple(touched)

        async def named(some: Sequence[str]) -> Mapping[str, Record]:
            return await records_named(self._means, meta, [(each, marks[each]) for each in some], portals)

        return await records_by_id(self._database, step.layout, ids, portals, report, named)

    def marks(self, meta: LayoutMeta, item: Item, outcome: Outcome) -> Values:
        """By what the record of an item is known again."""
        key = key_of(self._database.policy, meta.name)
        marks = marks_of(meta, outcome.after, key) if self._step.kind in CREATING else item.marks
        return {name: value for name, value in marks.items() if name not in self._written}
