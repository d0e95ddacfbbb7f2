"""The records of a plan as lines of a page, each made when it is looked at."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate
from typing import overload

from ..plans.item import Item
from ..plans.plan import Plan
from ..plans.step import Step, StepKind
from .plan_display import ChangeLine, doing, lines_of, which_of


@dataclass(frozen=True, slots=True)
class ListedRecord:
    """One record of the plan, as it is shown."""

    number: int
    """From 1, through all steps."""
    step: int
    do: str
    layout: str
    which: str
    lines: tuple[ChangeLine, ...]
    same: str
    """Digest of all that happens to it. Records of one digest can be shown once."""


class ListedRecords(Sequence[ListedRecord]):
    """Each is made when it is looked at."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._starts = [0, *accumulate(len(step.items) for step in plan.steps)]

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, at: int) -> ListedRecord: ...
    @overload
    def __getitem__(self, at: slice) -> list[ListedRecord]: ...
    def __getitem__(self, at: int | slice) -> ListedRecord | list[ListedRecord]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        at = range(len(self))[at]
        s = bisect_right(self._starts, at) - 1
        step = self._plan.steps[s]
        return _row(at + 1, s, step, step.items[at - self._starts[s]])

    def __iter__(self) -> Iterator[ListedRecord]:
        return (_row(number, *each) for number, each in enumerate(self.items(), 1))

    def items(self) -> Iterator[tuple[int, Step, Item]]:
        """Each with its step, in the order of the rows."""
        return ((s, step, item) for s, step in enumerate(self._plan.steps) for item in step.items)


def _row(number: int, s: int, step: Step, item: Item) -> ListedRecord:
    lines = lines_of(step, item)
    return ListedRecord(
        number, s, doing(step), step.layout, which_of(item), lines, same_of(step, item, lines)
    )


def same_of(step: Step, item: Item, lines: Sequence[ChangeLine]) -> str:
    """A digest of everything that happens to a record, without which record it is. What goes is different each time."""
    files = [file.digest for file in (item.file, *item.files) if file is not None]
    own = item.record_id if step.kind is StepKind.DELETE else None
    shown = [(each.name, each.before, each.after, str(each.sense), each.portal) for each in lines]
    what = (str(step.kind), step.layout, step.script, shown, files, own)
    return sha256(repr(what).encode("utf-8", "surrogatepass")).hexdigest()
