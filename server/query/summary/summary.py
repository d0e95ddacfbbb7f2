"""A summary of a found set: figures of its groups, of what is not shown, and of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ...text.numbers import number_in
from .gatherer import Gatherer, Name
from .group_results import Figure, Results
from .groups import Group
from .measures import Measure
from .rank import Condition, Heading, Order, having, holds, in_order, order
from .tallies import Cell


def beside_of(name: str) -> tuple[str, str, str]:
    """Columns beside a figure that is compared with an earlier one."""
    return f"{name} before", f"{name} change", f"{name} change %"


@dataclass(frozen=True)
class Wish:
    """What of a summary is to be shown; made by `wished`, which checks it before anything is read."""

    groups: tuple[Group, ...]
    measures: tuple[Measure, ...]
    conditions: tuple[Condition, ...]
    by: tuple[Order, ...]
    top: int

    @property
    def group_columns(self) -> tuple[str, ...]:
        return tuple(name for group in self.groups for name in group.columns)

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.group_columns, *(measure.name for measure in self.measures))


def wished(
    groups: tuple[Group, ...],
    measures: tuple[Measure, ...],
    said_having: Mapping[str, object] | None,
    sort: Sequence[str],
    top: int,
    *,
    compared: bool = False,
) -> Wish:
    """With `compared` each figure has three more columns beside it. Raises NameUnknown and InputError for `having` and
    `sort` on columns that are not there."""
    columns = [heading for group in groups for heading in group.headings]
    for measure in measures:
        columns.append(measure.heading)
        columns += [Heading(name) for name in beside_of(measure.name)] if compared else []
    by = order(columns, sort)
    if not by and groups and not any(group.period for group in groups):
        by = (
            Order(sum(len(group.columns) for group in groups), descending=True),
        )  # the greatest figure first
    return Wish(groups, measures, having(columns, said_having), by, top)


@dataclass
class Summary:
    columns: tuple[str, ...]
    rows: list[list[object]]
    total: list[Figure]
    groups: int
    """How many there are, shown or not."""
    other: list[Figure] | None = None
    """What the groups that are not shown make together."""
    not_having: int = 0
    """Groups that `having` left out."""
    names: list[Name] = field(default_factory=list[Name])
    """The groups shown, in their order."""


def summarized(gatherer: Gatherer, wish: Wish) -> Summary:
    columns = wish.columns
    results = Results(gatherer, wish.measures)
    total = results.of(results.total, None)
    if not wish.groups:
        return Summary(columns, [list[object](total)], total, 0)
    kept = _Kept(results, gatherer, wish, wish.by)
    groups = not_having = 0
    for name, cell in gatherer.cells():
        groups += 1
        row: list[object] = [*_shown(wish.groups, name, cell), *results.of(cell, (name,))]
        if holds(row, wish.conditions):
            kept.add(row, name, cell)
        else:
            not_having += 1
    rows, names, other = kept.closed()
    return Summary(columns, rows, total, groups, other, not_having, names)


class _Kept:
    """The best rows so far; the others are merged as they drop out."""

    def __init__(self, results: Results, gatherer: Gatherer, wish: Wish, by: Sequence[Order]) -> None:
        self._results = results
        self._by = by
        self._top = wish.top
        self._rows: list[list[object]] = []
        self._cells: dict[int, tuple[Name, Cell]] = {}
        self._other = gatherer.new_cell()
        self._others = 0
        self._has_tallies = any(gathers == "tally" for gathers, _ in gatherer.slots)
        self._dropped: list[Name] = []
        """Names of the groups in `other`, where their tallies have to be merged."""

    def add(self, row: list[object], name: Name, cell: Cell) -> None:
        self._rows.append(row)
        self._cells[id(row)] = (name, cell)
        if len(self._rows) > 4 * self._top + 1000:
            self._cut()

    def closed(self) -> tuple[list[list[object]], list[Name], list[Figure] | None]:
        self._cut()
        names = [self._cells[id(row)][0] for row in self._rows]
        other = self._results.of(self._other, self._dropped) if self._others else None
        return self._rows, names, other

    def _cut(self) -> None:
        in_order(self._rows, self._by)
        for row in self._rows[self._top :]:
            name, cell = self._cells.pop(id(row))
            self._others += 1
            if self._has_tallies:
                self._dropped.append(name)
            self._other.absorb(cell)
        del self._rows[self._top :]


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
