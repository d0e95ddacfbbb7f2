"""From what was gathered to the figures of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from .exact import EXACT, Number, average, quotient
from .gatherer import Gatherer, Name
from .measures import Measure
from .tallies import Cell, Extreme, Sum, Tally

Figure = Number | str | None


class Results:
    """Figures of groups, of several groups together, and of all."""

    def __init__(self, gatherer: Gatherer, measures: Sequence[Measure]) -> None:
        self._gatherer = gatherer
        self._measures = measures
        self._slots = {
            measure: gatherer.slots.index((measure.gathers, measure.operand))
            for measure in measures
            if measure.operand is not None
        }
        self.total = gatherer.new_cell()
        for _, cell in gatherer.cells():
            self.total.absorb(cell)

    def of(self, cell: Cell, names: Iterable[Name] | None) -> list[Figure]:
        """One figure for each measure. `names`: the groups that `cell` stands for, None for all of them."""
        wanted = None if names is None else [self._gatherer.text_of(name) for name in names]
        return [self._figure(measure, cell, wanted) for measure in self._measures]

    def _figure(self, measure: Measure, cell: Cell, names: list[str] | None) -> Figure:
        if measure.operand is None:
            return cell.count if measure.kind == "count" else _share(cell.count, self.total.count)
        slot = self._slots[measure]
        gathered = cell.gathered[slot]
        figure: Figure = None
        if isinstance(gathered, Sum):
            whole = self.total.gathered[slot]
            figure = self._of_sum(measure.kind, gathered, whole.total if isinstance(whole, Sum) else 0)
        elif isinstance(gathered, Extreme):
            figure = gathered.best
        elif measure.kind == "distinct":
            return self._distinct(slot, gathered, names)
        else:
            figure = _at(measure, self._ranked(slot, gathered, names), self._ranked(slot, gathered, names))
        is_time = measure.operand.kind == "time" and measure.kind != "share"
        return _time(figure) if is_time and figure is not None and not isinstance(figure, str) else figure

    def _of_sum(self, kind: str, gathered: Sum, whole: Number) -> Figure:
        if not gathered.count:
            return None
        if kind == "sum":
            return gathered.total
        if kind == "share":
            return _share(gathered.total, whole)
        return average(gathered.total, gathered.count)

    def _distinct(self, slot: int, tally: Tally, names: list[str] | None) -> int:
        spill = self._gatherer.spill
        return len(tally.counts) if spill is None else spill.distinct(slot, names)

    def _ranked(self, slot: int, tally: Tally, names: list[str] | None) -> Iterator[tuple[Decimal, int]]:
        spill = self._gatherer.spill
        if spill is not None:
            return spill.ranked(slot, names)
        counts = {Decimal(v): n for v, n in tally.counts.items() if not isinstance(v, str)}
        return iter(sorted(counts.items()))


def _share(part: Number, whole: Number) -> Figure:
    return quotient(EXACT.multiply(Decimal(part), Decimal(100)), whole, 2) if whole else None


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


def _time(seconds: Number) -> str:
    sign, whole = ("-", -seconds) if seconds < 0 else ("", seconds)
    minutes, rest = divmod(Decimal(whole), 60)
    hours, minutes = divmod(int(minutes), 60)
    fraction = f"{rest % 1:f}".rstrip("0")[1:].rstrip(".")
    return f"{sign}{hours}:{minutes:02}:{int(rest):02}{fraction}"
