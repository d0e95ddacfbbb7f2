"""Measures that run along the groups of a summary: totals so far, means of the latest periods, who came and who stayed away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from ...criteria.calendar import moved
from .arrivals import arrivals
from .group_results import Results
from .measures.exact import Number, average, total
from .measures.measures import ARRIVALS, Measure
from .measures.tallies import Cell, Name
from .rank import Ranking, in_order
from .wish import Wish

Rows = list[list[object]]


def fill(
    rows: Rows,
    cells: Mapping[int, tuple[Name, Cell]],
    results: Results,
    wish: Wish,
    ranking: Ranking,
    starts: Mapping[object, date],
) -> None:
    """Puts the series in place of the figures of single groups, from which they are made.

    They run along the first group that is a period or a band, for each combination of the other groups; without one, along
    the rows in the order that was asked for. `cells`: what each row, by its `id`, was made of. `starts`: the first day of each
    period.
    """
    name_of = {id(row): cells[id(row)][0] for row in rows}
    along = next((n for n, group in enumerate(wish.groups) if group.has_order), None)
    place = sum(len(group.columns) for group in wish.groups[:along]) if along is not None else 0
    parts: defaultdict[Name, Rows] = defaultdict(list)
    for row in rows:
        name = name_of[id(row)]
        parts[() if along is None else (*name[:along], *name[along + 1 :])].append(row)
    width = len(wish.group_columns)
    for part in parts.values():
        if along is None:
            in_order(part, wish.by, ranking)
        else:
            part.sort(key=lambda row: ranking.of(place, row[place]))
        for number, measure in enumerate(wish.measures, start=width):
            if measure.kind == "running":
                _run(part, number, lambda row: along is None or row[place] is not None)
            elif measure.kind == "moving" and along is not None:
                of_row = [(row, starts.get(name_of[id(row)][along])) for row in part]
                unit = wish.groups[along].period
                _move(of_row, number, measure.periods, unit, min(starts.values(), default=None))
            elif measure.kind in ARRIVALS and along is not None:
                dated = [row for row in part if name_of[id(row)][along] in starts]
                _arrive(part, dated, number, measure, results, cells)


def _run(rows: Rows, place: int, counts: Callable[[list[object]], bool]) -> None:
    """What has no date belongs to no point of time: it is neither shown nor added."""
    so_far: Number = 0
    for row in rows:
        if not counts(row):
            row[place] = None
            continue
        so_far = total([_number(row[place])], so_far)
        row[place] = so_far


def _move(
    rows: Sequence[tuple[list[object], date | None]], place: int, periods: int, unit: str, first: date | None
) -> None:
    """The mean of a period and those before it. One without records is 0; before enough have passed there is no mean."""
    figures = {start: _number(row[place]) for row, start in rows if start is not None}
    for row, start in rows:
        row[place] = None
        if start is None or first is None:
            continue
        window = [moved(start, unit, -back) for back in range(periods)]
        if window[-1] >= first:
            row[place] = average(total([figures.get(each, 0) for each in window]), periods)


def _arrive(
    rows: Rows,
    dated: Rows,
    place: int,
    measure: Measure,
    results: Results,
    cells: Mapping[int, tuple[Name, Cell]],
) -> None:
    """What has no date is in no period."""
    for row in rows:
        row[place] = None
    of_periods = arrivals(
        results.gatherer, results.slot_of(measure.parts[0]), [cells[id(row)] for row in dated]
    )
    for row, each in zip(dated, of_periods, strict=True):
        row[place] = getattr(each, measure.kind)


def _number(figure: object) -> Number:
    return figure if isinstance(figure, int | Decimal) else 0
