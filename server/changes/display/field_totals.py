"""What a plan does to each field, over all of its records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ...dataapi.models import Value
from .plan_display import ChangeLine, Sense

Change = tuple[Value, Value]


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
    most_frequent: Change
    times: int
    """How many records have the most frequent one."""
    numbers: NumberTotals | None


def totals_of(lines: Iterable[tuple[int, ChangeLine]]) -> list[FieldTotals]:
    """By field, in the order in which they come. `lines` are (number of the record, line)."""
    records: dict[str, set[int]] = {}
    changes: dict[str, Counter[Change]] = {}
    for number, line in lines:
        if line.sense is not Sense.SAYS:
            records.setdefault(line.about, set()).add(number)
            changes.setdefault(line.about, Counter())[line.before, line.after] += 1
    return [_totals(name, len(records[name]), each) for name, each in changes.items()]


def _totals(name: str, records: int, changes: Counter[Change]) -> FieldTotals:
    most, times = changes.most_common(1)[0]
    return FieldTotals(name, records, len(changes), most, times, _numbers(changes))


def _numbers(changes: Counter[Change]) -> NumberTotals | None:
    """Numbers come typed from number fields. An empty one counts as 0."""
    values = [value for change in changes for value in change]
    if any(isinstance(value, str) and value != "" for value in values) or all(
        value == "" for value in values
    ):
        return None
    pairs = [(_number(before), _number(after), times) for (before, after), times in changes.items()]
    moves = [after - before for before, after, _ in pairs]
    return NumberTotals(
        sum((before * times for before, _, times in pairs), Decimal()),
        sum((after * times for _, after, times in pairs), Decimal()),
        min(moves),
        max(moves),
    )


def _number(value: Value) -> Decimal:
    return Decimal() if value == "" else Decimal(value)
