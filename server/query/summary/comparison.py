"""The same question about an earlier period, beside the answer for this one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from .group_results import Figure
from .measures.exact import difference, quotient
from .rank import Order, Ranking, in_order
from .summary import Summary
from .wish import Wish, beside_of

if TYPE_CHECKING:
    pass

WAYS = ("previous_year", "previous_period")


def beside(now: Sequence[Figure], before: Sequence[Figure] | None) -> list[Figure]:
    """Each figure, what it was before, the change, and the change in percent."""
    row: list[Figure] = []
    for figure, was in zip(now, before or [None] * len(now), strict=True):
        row += [figure, was]
        if isinstance(figure, str) or isinstance(was, str):
            row += [None, None]
            continue
        change = None if figure is None and was is None else difference(figure or 0, was or 0)
        row += [change, quotient(change * 100, abs(was), 1) if change is not None and was else None]
    return row


@dataclass
class PeriodComparison:
    """This period's groups beside the same groups of the earlier one."""

    columns: tuple[str, ...]
    rows: list[list[object]]
    total: list[Figure]
    left: int
    """Groups that are not shown."""
    not_having: int
    after: int = 0
    """Of those not shown, the ones behind the ones shown."""


def compared(now: Summary, before: Summary, wish: Wish) -> PeriodComparison:
    """Both summaries with all their groups; order, conditions and number of rows are the wish's."""
    names = [each for m in wish.measures for each in (m.name, *beside_of(m.name))]
    columns, width = (*wish.group_columns, *names), len(wish.group_columns)
    total = beside(now.total, before.total)
    if not wish.groups:
        return PeriodComparison(columns, [], total, 0, 0)
    past = {tuple(name): row for name, row in zip(before.names, before.rows, strict=True)}
    rows: list[list[object]] = []
    for name, row in zip(now.names, now.rows, strict=True):
        was = past.pop(tuple(name), None)
        rows.append([*row[:width], *beside(_figures(row, width), _figures(was, width) if was else None)])
    nothing: list[Figure] = [None] * len(wish.measures)
    rows += [[*row[:width], *beside(nothing, _figures(row, width))] for row in past.values()]
    ranking = Ranking(wish.columns, now.ranking.numeric)
    holding = [row for row in rows if all(condition.holds(row) for condition in wish.conditions)]
    kept = in_order(holding, wish.by, ranking)
    if wish.each is not None:
        kept = _first_of_each(in_order(kept, (Order(0, descending=False), *wish.by), ranking), wish.each)
    shown = kept[wish.skip : wish.skip + wish.top]
    after = max(0, len(kept) - wish.skip - len(shown))
    return PeriodComparison(columns, shown, total, len(holding) - len(shown), len(rows) - len(holding), after)


def _first_of_each(rows: Sequence[list[object]], most: int) -> list[list[object]]:
    seen: Counter[str] = Counter()
    kept: list[list[object]] = []
    for row in rows:
        seen[str(row[0])] += 1
        if seen[str(row[0])] <= most:
            kept.append(row)
    return kept


def _figures(row: Sequence[object], width: int) -> list[Figure]:
    return cast("list[Figure]", list(row[width:]))
