"""What a plan does to each field, over all of its records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ...dataapi.contents import Value
from ...text.fingerprints import Frequencies, passing_print
from ...text.numbers import EXACT
from .plan_display import ChangeLine, Sense

Change = tuple[Value, Value]
Place = str | tuple[str, str]
"""A field of the record, or a portal and its field."""
MOST_DIFFERENT = 20_000
"""Changes of a field that are told apart."""


@dataclass(frozen=True, slots=True)
class NumberTotals:
    """Of a field that holds numbers in every record, before and after."""

    before: Decimal
    after: Decimal
    smallest: Decimal
    """The smallest and the largest change of a record."""
    largest: Decimal


@dataclass(frozen=True, slots=True)
class FieldTotals:
    name: str
    records: int
    different: int
    """How many different changes there are."""
    is_more: bool
    """Whether there are more, which were not told apart."""
    most_frequent: Change
    times: int
    """How many records have the most frequent one."""
    numbers: NumberTotals | None


class Totals:
    """Of lines that come one after another, without keeping them."""

    def __init__(self) -> None:
        self._fields: dict[Place, _FieldSums] = {}

    def add(self, number: int, lines: Iterable[ChangeLine]) -> None:
        """Those of a record, and its number."""
        for line in lines:
            if line.sense is Sense.SAYS:
                continue
            place = _place(line)
            sums = self._fields.get(place)
            if sums is None:
                sums = self._fields[place] = _FieldSums()
            sums.add(number, line.before, line.after)

    def end(self, lines_of: Callable[[int], Sequence[ChangeLine]]) -> list[FieldTotals]:
        """By field, in the order in which they came. `lines_of` gives those of a record."""
        return [sums.end(place, lines_of) for place, sums in self._fields.items()]


class _FieldSums:
    def __init__(self) -> None:
        self.records = 0
        self._latest = 0
        self._here = set[int]()
        """Changes of the latest record: several related rows of it may have the same one."""
        self._changes = Frequencies(MOST_DIFFERENT)
        self._are_numbers = True
        self._is_filled = False
        self._before: int | Decimal = 0
        self._after: int | Decimal = 0
        self._smallest: int | Decimal | None = None
        self._largest: int | Decimal | None = None

    def add(self, number: int, before: Value, after: Value) -> None:
        if number != self._latest:
            self.records += 1
            self._latest = number
            self._here.clear()
        change = passing_print(before, after)
        if change not in self._here:
            self._here.add(change)
            self._changes.add(change, number)
        self._is_filled = self._is_filled or before != "" or after != ""
        if not self._are_numbers:
            return
        if _is_text(before) or _is_text(after):
            self._are_numbers = False
            return
        start, end = _number(before), _number(after)  # typed, from number fields; an empty one counts as 0
        move = _difference(end, start)
        self._before = _sum(self._before, start)
        self._after = _sum(self._after, end)
        self._smallest = move if self._smallest is None else min(move, self._smallest)
        self._largest = move if self._largest is None else max(move, self._largest)

    def end(self, place: Place, lines_of: Callable[[int], Sequence[ChangeLine]]) -> FieldTotals:
        times, first = self._changes.commonest
        own = (line for line in lines_of(first) if _place(line) == place)
        line = next(
            line for line in own if self._changes.times(passing_print(line.before, line.after)) == times
        )
        numbers = None
        if self._are_numbers and self._is_filled and self._smallest is not None and self._largest is not None:
            sums = (self._before, self._after, self._smallest, self._largest)
            numbers = NumberTotals(*map(Decimal, sums))
        different = len(self._changes)
        return FieldTotals(
            line.about,
            self.records,
            different,
            self._changes.is_more,
            (line.before, line.after),
            times,
            numbers,
        )


def _place(line: ChangeLine) -> Place:
    return (line.portal, line.field) if line.portal else line.name


def _sum(one: int | Decimal, other: int | Decimal) -> int | Decimal:
    """Exact: Python's own sum of decimals is rounded to 28 digits."""
    return one + other if type(one) is int and type(other) is int else EXACT.add(one, other)


def _difference(one: int | Decimal, other: int | Decimal) -> int | Decimal:
    return one - other if type(one) is int and type(other) is int else EXACT.subtract(one, other)


def _is_text(value: Value) -> bool:
    return isinstance(value, str) and value != ""


def _number(value: Value) -> int | Decimal:
    if type(value) is int:  # as it is: several times faster
        return value
    return 0 if value == "" else Decimal(value)
