"""A summary of a found set: figures of its groups, of what is not shown, and of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ...errors import InputError
from ...text.numbers import number_in
from .gatherer import Gatherer
from .group_results import Figure, Results
from .groups.group_spellings import GroupSpelling, commonest
from .groups.groups import Group
from .measures.tallies import Cell, Name
from .rank import Order, Ranking, in_order
from .series import fill
from .wish import Wish

MOST_AT_ONCE = 100_000
"""Groups that are looked at together, for series and the first of each."""


@dataclass
class Summary:
    columns: tuple[str, ...]
    rows: list[list[object]]
    total: list[Figure]
    groups: int
    """How many there are, shown or not."""
    ranking: Ranking
    other: list[Figure] | None = None
    """What the groups that are not shown make together."""
    left: int = 0
    """Groups that are not shown."""
    after: int = 0
    """Of these, those behind the ones shown."""
    not_having: int = 0
    """Groups that `having` left out."""
    names: list[Name] = field(default_factory=list[Name])
    """The groups shown, in their order."""
    empty_ratios: dict[str, int] = field(default_factory=dict[str, int])
    """Ratios -> groups without one, since the divisor is zero or one of the two is empty."""
    unread: dict[str, int] = field(default_factory=dict[str, int])
    """Text fields that were read as numbers -> contents that are none."""
    spelt: GroupSpelling = field(default_factory=lambda: GroupSpelling({}))


def summarized(gatherer: Gatherer, wish: Wish, starts: Mapping[object, date] | None = None) -> Summary:
    """`starts`: the first day of each period that is grouped by."""
    results = Results(gatherer, wish.measures, [group.name for group in wish.groups])
    ranking = Ranking(wish.columns, _numeric_columns(wish.groups, results))
    total = results.of(results.total, None)
    if not wish.groups:
        return Summary(wish.names, [list[object](total)], total, 0, ranking, unread=results.unread)
    kept = _Kept(results, gatherer, wish, ranking)
    groups = not_having = 0
    ratios = {
        n: m.name for n, m in enumerate(wish.measures, start=len(wish.group_columns)) if m.kind == "ratio"
    }
    empty: Counter[str] = Counter()
    spelt = GroupSpelling.of(wish.groups)
    for name, cell in gatherer.cells():
        groups += 1
        row: list[object] = [*_shown(wish.groups, name, cell), *results.of(cell, [name])]
        empty.update(ratio for place, ratio in ratios.items() if row[place] is None)
        spelt.see(name, cell)
        if wish.needs_all or all(condition.holds(row) for condition in wish.conditions):
            kept.add(row, name, cell)
        else:
            not_having += 1
    if wish.needs_all:
        not_having = kept.complete(starts or {})
    rows, names, other = kept.closed()
    for measure, figure in enumerate(wish.measures):
        if figure.is_series:
            total[measure] = None
            if other is not None:
                other[measure] = None
    left = groups - not_having - len(rows)
    return Summary(
        wish.names, rows, total, groups, ranking, other, left, left - kept.skipped, not_having, names, dict(empty),
        results.unread, spelt,
    )  # fmt: skip


class _Kept:
    """The best rows so far; the others are merged as they drop out."""

    def __init__(self, results: Results, gatherer: Gatherer, wish: Wish, ranking: Ranking) -> None:
        self._results = results
        self._wish = wish
        self._ranking = ranking
        self._most = wish.top + wish.skip
        self._rows: list[list[object]] = []
        self._cells: dict[int, tuple[Name, Cell]] = {}
        self._other = gatherer.new_cell()
        self._has_tallies = any(gathers == "tally" for gathers, _ in gatherer.slots)
        self._dropped: list[Name] = []
        """Names of the groups in `other`, where their tallies have to be merged."""
        self._others = 0
        self.skipped = 0

    def add(self, row: list[object], name: Name, cell: Cell) -> None:
        self._rows.append(row)
        self._cells[id(row)] = (name, cell)
        if self._wish.needs_all:
            if len(self._rows) > MOST_AT_ONCE:
                raise InputError(
                    f"Series and top_each look at {MOST_AT_ONCE:,} groups at the most, and there are more",
                    advice="Narrow the criteria, or group by less.",
                )
        elif len(self._rows) > 4 * self._most + 1000:
            self._cut()

    def complete(self, starts: Mapping[object, date]) -> int:
        """With all groups at hand: the series, and how many groups `having` then leaves out."""
        fill(self._rows, self._cells, self._results, self._wish, self._ranking, starts)
        before = len(self._rows)
        gone = [row for row in self._rows if not all(each.holds(row) for each in self._wish.conditions)]
        for row in gone:
            del self._cells[id(row)]
        self._rows = [row for row in self._rows if id(row) in self._cells]
        return before - len(self._rows)

    def closed(self) -> tuple[list[list[object]], list[Name], list[Figure] | None]:
        if self._wish.each is not None:
            self._keep_each(self._wish.each)
        self._cut()
        self.skipped = min(self._wish.skip, len(self._rows))
        for row in self._rows[: self.skipped]:
            self._drop(row)
        rows = self._rows[self.skipped :]
        commonest(rows, [self._cells[id(row)] for row in rows], self._wish.groups)
        names = [self._cells[id(row)][0] for row in rows]
        other = self._results.of(self._other, self._dropped) if self._others else None
        return rows, names, other

    def _keep_each(self, most: int) -> None:
        """The first groups of each value of the first column, in the order of that column."""
        ordered = in_order(self._rows, (Order(0, descending=False), *self._wish.by), self._ranking)
        seen: Counter[object] = Counter()
        kept: list[list[object]] = []
        for row in ordered:
            first = self._cells[id(row)][0][0]
            seen[first] += 1
            if seen[first] <= most:
                kept.append(row)
            else:
                self._drop(row)
        self._rows = kept

    def _cut(self) -> None:
        if self._wish.each is None:
            in_order(self._rows, self._wish.by, self._ranking)
        for row in self._rows[self._most :]:
            self._drop(row)
        del self._rows[self._most :]

    def _drop(self, row: list[object]) -> None:
        name, cell = self._cells[id(row)]
        self._others += 1
        if self._has_tallies or self._results.has_shares:
            self._dropped.append(name)
        self._other.absorb(cell)


def _numeric_columns(groups: Sequence[Group], results: Results) -> set[int]:
    place, found = 0, set[int]()
    for number, group in enumerate(groups):
        if group.target.type == "text" and not group.has_order and results.holds_numbers(number):
            found.add(place)
        place += len(group.columns)
    return found


def _shown(groups: Iterable[Group], name: Name, cell: Cell) -> list[object]:
    labels = iter(cell.labels)
    shown: list[object] = []
    for group, key in zip(groups, name, strict=True):
        shown.append(_number(key) if group.target.type == "number" and isinstance(key, str) else key)
        if group.label is not None:
            shown.append(next(labels) or None)
    return shown


def _number(key: str) -> object:
    """What a number was kept as; anything that is not written as numbers are, such as 007, stays the text it is."""
    number = number_in(key)
    return key if number is None or format(number, "f") != key else number
