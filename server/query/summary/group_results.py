"""From what was gathered to the figures of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from ...criteria.quantity import NEARLY_ALL
from ...text.lengths_of_time import time_text
from ...text.numbers import content_number
from .gatherer import Gatherer
from .measures.exact import EXACT, Number, average, deviation, quotient, total
from .measures.extremes import Either, Extreme, Pick
from .measures.measures import Measure
from .measures.operands import Operand
from .measures.tallies import Cell, Gathered, Name, Squares, Sum, Tally

Figure = Number | str | None
RATIO_PLACES = 4


class Results:
    """Figures of groups, of several groups together, and of all."""

    def __init__(self, gatherer: Gatherer, measures: Sequence[Measure], groups: Sequence[str]) -> None:
        """`groups`: the names of the fields that are grouped by, of which a share can be one."""
        self.gatherer = gatherer
        self._measures = measures
        parts = [part for measure in measures for part in measure.all_parts]
        self._slots = {
            part: gatherer.slots.index((part.gathers, part.operand))
            for part in parts
            if part.operand is not None
        }
        self._depths = {part: groups.index(part.parent) + 1 for part in parts if part.parent}
        """Of a share of a group above: how many of the group's values that group has."""
        self._above: dict[tuple[Measure, Name], Number] = {}
        self._numbers = [[0, 0] for _ in groups]
        """For each group: how many of its texts are numbers, and how many are not."""
        self.total = gatherer.new_cell()
        for name, cell in gatherer.cells():
            self.total.absorb(cell)
            for part, depth in self._depths.items():
                above = (part, name[:depth])
                self._above[above] = total([self._amount(part, cell)], self._above.get(above, 0))
            self._look_for_numbers(name, cell.count)

    def holds_numbers(self, group: int) -> bool:
        """Whether a group by a text field is one of numbers, as nearly all records have one there."""
        numbers, others = self._numbers[group]
        return numbers > 0 and numbers >= NEARLY_ALL * others

    def _look_for_numbers(self, name: Name, records: int) -> None:
        for counts, key in zip(self._numbers, name, strict=True):
            if isinstance(key, str):
                counts[content_number(key) is None] += records

    def of(self, cell: Cell, names: Sequence[Name] | None) -> list[Figure]:
        """One figure for each measure. `names`: the groups that `cell` stands for, None for all of them."""
        return [self._figure(measure, cell, names) for measure in self._measures]

    def slot_of(self, measure: Measure) -> int:
        """Where in a cell stands what is gathered for it."""
        return self._slots[measure]

    @property
    def has_shares(self) -> bool:
        """One of them needs to know which groups a cell stands for."""
        return bool(self._depths)

    @property
    def unread(self) -> dict[str, int]:
        """Text fields whose least or greatest was taken as a number -> contents that are none."""
        extremes = ((operand.name, each) for (_, operand), each in self._gathered_in_all())
        return {
            name: each.unread
            for name, each in extremes
            if isinstance(each, Either) and each.holds_numbers and each.unread
        }

    def _gathered_in_all(self) -> Iterable[tuple[tuple[str, Operand], Gathered]]:
        return zip(self.gatherer.slots, self.total.gathered, strict=True)

    def _figure(self, measure: Measure, cell: Cell, names: Sequence[Name] | None) -> Figure:
        if measure.kind == "ratio":
            return _ratio(*(self._figure(part, cell, names) for part in measure.parts))
        if measure.parts:  # a series begins with the figures of each group
            return self._figure(measure.parts[0], cell, names)
        if measure.kind == "share":
            return self._share(measure, cell, names)
        if measure.operand is None:
            return cell.count
        slot = self._slots[measure]
        figure = self._of_gathered(measure, slot, cell, names)
        is_time = measure.operand.kind == "time" and measure.kind not in ("distinct", "first", "last")
        return time_text(figure) if is_time and figure is not None and not isinstance(figure, str) else figure

    def _of_gathered(self, measure: Measure, slot: int, cell: Cell, names: Sequence[Name] | None) -> Figure:
        gathered = cell.gathered[slot]
        if isinstance(gathered, Squares):
            return deviation(gathered.count, gathered.total, gathered.squares)
        if isinstance(gathered, Sum):
            if not gathered.count:
                return None
            return gathered.total if measure.kind == "sum" else average(gathered.total, gathered.count)
        if isinstance(gathered, Extreme):
            return gathered.best
        if isinstance(gathered, Pick):
            return None if gathered.best is None else gathered.best[2]
        if isinstance(gathered, Either):
            whole = self.total.gathered[slot]
            as_numbers = isinstance(whole, Either) and whole.holds_numbers
            return (gathered.numbers if as_numbers else gathered.texts).best
        if measure.kind == "distinct":
            return self._distinct(slot, gathered, self._texts(names))
        return _at(
            measure,
            self._ranked(slot, gathered, self._texts(names)),
            self._ranked(slot, gathered, self._texts(names)),
        )

    def _amount(self, measure: Measure, cell: Cell) -> Number:
        """What a share is a share of."""
        if measure.operand is None:
            return cell.count
        gathered = cell.gathered[self._slots[measure]]
        return gathered.total if isinstance(gathered, Sum) else 0

    def _share(self, measure: Measure, cell: Cell, names: Sequence[Name] | None) -> Figure:
        whole: Number = self._amount(measure, self.total)
        if measure in self._depths:
            depth = self._depths[measure]
            above = {name[:depth] for name in names or ()}
            if len(above) != 1:  # several groups together are no part of one above
                return None
            whole = self._above[measure, above.pop()]
        if measure.operand is not None and not _count_of(cell.gathered[self._slots[measure]]):
            return None
        part = self._amount(measure, cell)
        return quotient(EXACT.multiply(Decimal(part), Decimal(100)), whole, 2) if whole else None

    def _texts(self, names: Sequence[Name] | None) -> list[str] | None:
        return None if names is None else [self.gatherer.text_of(name) for name in names]

    def _distinct(self, slot: int, tally: Tally, names: list[str] | None) -> int:
        spill = self.gatherer.spill
        return len(tally.counts) if spill is None else spill.distinct(slot, names)

    def _ranked(self, slot: int, tally: Tally, names: list[str] | None) -> Iterator[tuple[Decimal, int]]:
        spill = self.gatherer.spill
        if spill is not None:
            return spill.ranked(slot, names)
        counts = {Decimal(v): n for v, n in tally.counts.items() if not isinstance(v, str)}
        return iter(sorted(counts.items()))


def _count_of(gathered: Gathered) -> int:
    return gathered.count if isinstance(gathered, Sum) else 0


def _ratio(dividend: Figure, divisor: Figure) -> Figure:
    """Empty where one of them is, or where the divisor is zero."""
    if dividend is None or isinstance(dividend, str) or isinstance(divisor, str) or not divisor:
        return None
    return quotient(dividend, divisor, RATIO_PLACES)


def _at(
    measure: Measure, counting: Iterator[tuple[Decimal, int]], ranked: Iterator[tuple[Decimal, int]]
) -> Decimal | None:
    """The median is the middle value or the mean of the two middle ones; a percentile is the least value that so many do not exceed."""
    count = sum(times for _, times in counting)
    if not count:
        return None
    if measure.kind == "percentile":
        first = second = -(-measure.percent * count // 100)
    else:
        first, second = (count + 1) // 2, count // 2 + 1
    low: Decimal | None = None
    passed = 0
    for value, times in ranked:
        passed += times
        if low is None and passed >= first:
            low = value
        if low is not None and passed >= second:
            return low if low == value else EXACT.multiply(EXACT.add(low, value), Decimal("0.5"))
    return low
