"""A plan as it stands, with the outcomes of its items. Frozen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from ..contents.packed_outcomes import PackedOutcomes
from .outcome import ItemState, Outcome
from .plan import Plan


@dataclass(frozen=True, slots=True)
class Progress:
    """A plan as it stands."""

    plan: Plan
    state: str
    """`open`, `applying`, `applied` (every item has its outcome) or `undone`."""
    runner: str
    approved_by: str
    """Empty unless the agreement is to this plan as it is, and carries our seal."""
    is_sealed: bool
    """Whether the plan carries our seal. One of an earlier version has none."""
    outcomes: tuple[PackedOutcomes, ...]
    """By step and item. The state is `open` where nothing was attempted."""

    @property
    def all_outcomes(self) -> Iterator[Outcome]:
        return chain.from_iterable(self.outcomes)

    @property
    def states(self) -> Counter[ItemState]:
        """How many items are in each state, in the order in which the states come first."""
        return sum((step.states for step in self.outcomes), Counter[ItemState]())


def as_planned(plan: Plan) -> Progress:
    """A plan that was put down a moment ago."""
    outcomes = tuple(PackedOutcomes.all_open(len(step.items)) for step in plan.steps)
    return Progress(plan, "open", "", "", is_sealed=True, outcomes=outcomes)
