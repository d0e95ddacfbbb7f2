"""What of a summary is to be shown, checked before anything is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...criteria.calendar import UNITS, Calendar
from ...errors import InputError
from .groups.groups import Group
from .having import Condition, having
from .measures.measures import ARRIVALS, Measure
from .rank import Heading, Order, order


def beside_of(name: str) -> tuple[str, str, str]:
    """Columns beside a figure that is compared with an earlier one."""
    return f"{name} before", f"{name} change", f"{name} change %"


@dataclass(frozen=True)
class Wish:
    """Groups, measures, and which rows in which order. `each`: how many groups of each value of the first column."""

    groups: tuple[Group, ...]
    measures: tuple[Measure, ...]
    columns: tuple[Heading, ...]
    conditions: tuple[Condition, ...]
    by: tuple[Order, ...]
    top: int
    skip: int = 0
    each: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Of the columns, without those that a comparison adds."""
        return (*self.group_columns, *(measure.name for measure in self.measures))

    @property
    def group_columns(self) -> tuple[str, ...]:
        return tuple(name for group in self.groups for name in group.columns)

    @property
    def needs_all(self) -> bool:
        """Every group has to be at hand before one can be shown."""
        return self.each is not None or any(measure.is_series for measure in self.measures)


def wished(
    groups: tuple[Group, ...],
    measures: tuple[Measure, ...],
    conditions: Mapping[str, object] | None,
    sort: Sequence[str],
    calendar: Calendar,
    *,
    top: int,
    skip: int = 0,
    each: int | None = None,
    compared: bool = False,
) -> Wish:
    """With `compared` each figure has three more columns beside it. Raises NameUnknown and InputError for `having` and
    `sort` on columns that are not there, and for series without a group to run along."""
    columns = [heading for group in groups for heading in group.headings]
    for measure in measures:
        columns.append(measure.heading)
        columns += [Heading(name) for name in beside_of(measure.name)] if compared else []
        _check_series(measure, groups, compared=compared)
    if each is not None and len(groups) < 2:
        raise InputError("top_each needs two groups", advice='group_by ["Region", "Product"], top_each 3.')
    by = order(columns, sort)
    if not by and groups and not any(group.has_order for group in groups):
        by = (
            Order(sum(len(group.columns) for group in groups), descending=True),
        )  # the greatest figure first
    return Wish(groups, measures, tuple(columns), having(columns, conditions, calendar), by, top, skip, each)


def _check_series(measure: Measure, groups: Sequence[Group], *, compared: bool) -> None:
    if not measure.is_series:
        return
    if compared and measure.kind in ARRIVALS:
        raise InputError(
            f"{measure.name!r} looks at all periods, and compare at two",
            advice="Leave out compare and the criteria on the date: a row for each period stands beside the others.",
        )
    if not groups:
        raise InputError(
            f"{measure.name!r} runs along groups", advice='Add group_by [{"field": "Date", "by": "month"}].'
        )
    if measure.kind != "running" and not any(group.period in UNITS for group in groups):
        raise InputError(
            f"{measure.name!r} needs a group by day, week, month, quarter or year",
            advice='Add group_by [{"field": "Date", "by": "month"}].',
        )
