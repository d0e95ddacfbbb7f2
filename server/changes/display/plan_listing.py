"""A plan as a list that can be looked at whole: numbered without a gap, in pages, searched and filtered."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ...dataapi.contents import Value
from ...text.fingerprints import Frequencies
from ..plans.plan import Plan
from .field_totals import FieldTotals, Totals
from .listed_records import ListedRecord, ListedRecords, same_of
from .plan_display import lines_of

PAGE = 50
"""Records on a page."""


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
        self.rows = ListedRecords(plan)

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
