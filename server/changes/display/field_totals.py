"""What a plan does to each field, over all of its records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ...dataapi.models import Value
from ...text.fingerprints import Frequencies, fingerprint
from .plan_display import ChangeLine, Sense

Change = tuple[Value, Value]
ALL_BITS = (1 << 64) - 1
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
        self._fields: dict[str, _FieldSums] = {}

    def add(self, number: int, line: ChangeLine) -> None:
        """`number` is that of the record."""
        if line.sense is Sense.SAYS:
            return
        sums = self._fields.get(line.about)
        if sums is None:
            sums = self._fields[line.about] = _FieldSums()
        sums.add(number, line)

    def end(self, lines_of: Callable[[int], Sequence[ChangeLine]]) -> list[FieldTotals]:
        """By field, in the order in which they came. `lines_of` gives those of a record."""
        return [sums.end(name, lines_of) for name, sums in self._fields.items()]


class _FieldSums:
    def __init__(self) -> None:
        self.records = 0
        self._latest = 0
        self._changes = Frequencies(MOST_DIFFERENT)
        self._are_numbers = True
        self._is_filled = False
        self._before = self._after = Decimal()
        self._smallest: Decimal | None = None
        self._largest: Decimal | None = None

    def add(self, number: int, line: ChangeLine) -> None:
        self.records += number != self._latest
        self._latest = number
        self._changes.add(_print(line), number)
        self._is_filled = self._is_filled or line.before != "" or line.after != ""
        self._are_numbers = self._are_numbers and not (_is_text(line.before) or _is_text(line.after))
        if self._are_numbers:  # they come typed from number fields; an empty one counts as 0
            before, after = _number(line.before), _number(line.after)
            self._before += before
            self._after += after
            move = after - before
            self._smallest = move if self._smallest is None else min(move, self._smallest)
            self._largest = move if self._largest is None else max(move, self._largest)

    def end(self, name: str, lines_of: Callable[[int], Sequence[ChangeLine]]) -> FieldTotals:
        times, first = self._changes.commonest
        own = (line for line in lines_of(first) if line.about == name)
        line = next(line for line in own if self._changes.times(_print(line)) == times)
        numbers = None
        if self._are_numbers and self._is_filled and self._smallest is not None and self._largest is not None:
            numbers = NumberTotals(self._before, self._after, self._smallest, self._largest)
        different = len(self._changes)
        return FieldTotals(
            name, self.records, different, self._changes.is_more, (line.before, line.after), times, numbers
        )


def _print(line: ChangeLine) -> int:
    """64 bits. Those of texts hold within this process, where nobody can tell which texts would be alike."""
    if type(line.before) is str and type(line.after) is str:
        return hash((line.before, line.after)) & ALL_BITS or 1
    return fingerprint(line.before, line.after)


def _is_text(value: Value) -> bool:
    return value != "" and isinstance(value, str)


def _number(value: Value) -> Decimal:
    return Decimal() if value == "" else Decimal(value)
