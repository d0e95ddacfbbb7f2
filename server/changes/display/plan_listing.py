"""A plan as a list that can be looked at whole: numbered without a gap, in pages, searched and filtered."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import accumulate
from typing import overload

from ...dataapi.contents import Value
from ...text.fingerprints import Frequencies
from ..plans.item import Item
from ..plans.plan import Plan
from ..plans.step import Step, StepKind
from .field_totals import FieldTotals, Totals
from .plan_display import ChangeLine, doing, lines_of, which_of

PAGE = 50
"""Records on a page."""


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


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows somebody wants to see. Nothing set means all of them."""

    words: str = ""
    """Text in a name or in a whole value, in any case: as it is, or as it is `told`."""
    told: Callable[[Value], str] = str
    """How whoever looks reads names and values: in their language, with their decimal sign."""
    field: str = ""
    same: str = ""
    """Only those to which this happens."""
    unlike: str = ""
    """Only those to which something else happens."""
    numbers: frozenset[int] | None = None
    """Only those with one of these numbers; None means any."""

    @property
    def is_all(self) -> bool:
        return self.numbers is None and not (self.words or self.field or self.same or self.unlike)


@dataclass(frozen=True, slots=True)
class ListingPage:
    rows: tuple[ListedRecord, ...]
    number: int
    """From 1."""
    pages: int
    matching: int
    """How many rows are wanted in all."""


class _Rows(Sequence[ListedRecord]):
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


PRINT = 16
"""Digits of a digest that tell records apart: 64 bits, as `fingerprint` has."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Among all records, to how many the same happens."""

    different: int
    times: int
    """How many have the most frequent change in common."""
    first: int
    """The number of the first of those."""


class PlanListing:
    """Long ones are summed up and searched in a thread (`unhurried`): that looks at every record."""

    def __init__(self, plan: Plan, size: int = PAGE) -> None:
        """`size` is how many records a page has."""
        self._size = size
        self.rows = _Rows(plan)

    @cached_property
    def _sums(self) -> tuple[Alike, list[FieldTotals]]:
        alike, totals = Frequencies(), Totals()
        for number, (_, step, item) in enumerate(self.rows.items(), 1):
            lines = lines_of(step, item)
            alike.add(int(same_of(step, item, lines)[:PRINT], 16) or 1, number)
            totals.add(number, lines)
        return Alike(len(alike), *alike.commonest), totals.end(lambda number: self.rows[number - 1].lines)

    @property
    def alike(self) -> Alike:
        return self._sums[0]

    @property
    def totals(self) -> list[FieldTotals]:
        return self._sums[1]

    @property
    def groups(self) -> list[list[ListedRecord]]:
        """Records to which the same happens, together, in the order of the plan; for short ones."""
        found: dict[str, list[ListedRecord]] = {}
        for row in self.rows:
            found.setdefault(row.same, []).append(row)
        return list(found.values())

    @property
    def pages(self) -> int:
        return self._pages(len(self.rows))

    def page_of(self, number: int) -> int:
        """The page of the whole list on which a record stands."""
        return (number - 1) // self._size + 1

    def page(self, number: int, wanted: Filter | None = None) -> ListingPage:
        """A page of what is wanted. A number beyond the ends gives the first or the last page."""
        places: Sequence[int] = range(len(self.rows))
        if wanted is not None and not wanted.is_all:
            places = array("I", (row.number - 1 for row in self.rows if _is(row, wanted)))
        pages = self._pages(len(places))
        number = min(max(1, number), pages)
        shown = places[(number - 1) * self._size : number * self._size]
        return ListingPage(tuple(self.rows[at] for at in shown), number, pages, len(places))

    def row(self, number: int) -> ListedRecord | None:
        return self.rows[number - 1] if 1 <= number <= len(self.rows) else None

    def shown_on(self, pages: Iterable[int]) -> int:
        """How many records stand on these pages of the whole list."""
        last = len(self.rows) - (self.pages - 1) * self._size
        return sum(last if number == self.pages else self._size for number in set(pages))

    def _pages(self, rows: int) -> int:
        return max(1, -(-rows // self._size))


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


def _is(row: ListedRecord, wanted: Filter) -> bool:
    if wanted.numbers is not None and row.number not in wanted.numbers:
        return False
    if wanted.same and row.same != wanted.same:
        return False
    if wanted.unlike and row.same == wanted.unlike:
        return False
    if wanted.field and all(line.about != wanted.field for line in row.lines):
        return False
    words = wanted.words.casefold()
    texts = (row.which, *(text for line in row.lines for text in (line.name, line.before, line.after)))
    return not words or any(
        words in str(text).casefold() or words in wanted.told(text).casefold() for text in texts
    )
