"""The same question about an earlier period, beside the answer for this one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

from ...criteria.calendar import Calendar
from ...criteria.dates import Span, span_of
from ...dataapi.models import LayoutMeta
from ...errors import InputError
from ..found_sets.found_set import FoundSet
from .exact import difference, quotient
from .group_results import Figure
from .rank import holds, in_order
from .summary import Summary, Wish, beside_of

if TYPE_CHECKING:
    from ...database.database import Database

WAYS = ("previous_year", "previous_period")
NEEDS = 'compare needs a date with both ends in where, such as {"Date": "this_year"} or {"Date": {"between": [...]}}'


@dataclass(frozen=True)
class Earlier:
    """The found set of an earlier period, and by how much its dates have to be moved to lie beside this one's."""

    found_set: FoundSet
    shift: tuple[str, int]


def earlier(database: Database, found_set: FoundSet, how: str) -> Earlier:
    """Raises InputError where the criteria name no period that could be moved."""
    if found_set.is_group:
        raise InputError(
            "compare cannot look at one group alone", advice="Ask with layout and where instead."
        )
    calendar = database.calendar
    span = _period_of(found_set.question.where, found_set.layout, calendar)
    unit, count = ("year", 1) if how == "previous_year" else _length(span, calendar)
    before = replace(calendar, shift=(unit, -count))
    criteria = found_set.question.criteria(found_set.layout, before)
    other = FoundSet(found_set.layout, found_set.question, criteria)
    return Earlier(other, (unit, count))


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
class Compared:
    """This period's groups beside the same groups of the earlier one."""

    columns: tuple[str, ...]
    rows: list[list[object]]
    total: list[Figure]
    left: int
    """Groups that are not shown."""
    not_having: int


def compared(now: Summary, before: Summary, wish: Wish) -> Compared:
    """Both summaries with all their groups; order, conditions and number of rows are the wish's."""
    names = [each for m in wish.measures for each in (m.name, *beside_of(m.name))]
    columns, width = (*wish.group_columns, *names), len(wish.group_columns)
    total = beside(now.total, before.total)
    if not wish.groups:
        return Compared(columns, [], total, 0, 0)
    past = {tuple(name): row for name, row in zip(before.names, before.rows, strict=True)}
    rows: list[list[object]] = []
    for name, row in zip(now.names, now.rows, strict=True):
        was = past.pop(tuple(name), None)
        rows.append([*row[:width], *beside(_figures(row, width), _figures(was, width) if was else None)])
    nothing: list[Figure] = [None] * len(wish.measures)
    rows += [[*row[:width], *beside(nothing, _figures(row, width))] for row in past.values()]
    kept = in_order([row for row in rows if holds(row, wish.conditions)], wish.by)
    shown = kept[: wish.top]
    return Compared(columns, shown, total, len(kept) - len(shown), len(rows) - len(kept))


def _figures(row: Sequence[object], width: int) -> list[Figure]:
    return cast("list[Figure]", list(row[width:]))


def _period_of(where: object, layout: LayoutMeta, calendar: Calendar) -> tuple[date, date]:
    objects = cast("list[object]", where) if isinstance(where, list) else [where]
    for each in objects:
        if isinstance(each, Mapping):
            for name, condition in cast("Mapping[str, object]", each).items():
                meta = layout.field_named(name)
                if meta is not None and meta.type in ("date", "timeStamp"):
                    ends = _ends(name, condition, calendar)
                    if ends is not None:
                        return ends
    raise InputError("There is no period to compare with", advice=NEEDS)


def _ends(name: str, condition: object, calendar: Calendar) -> tuple[date, date] | None:
    def days(said: object) -> Span:
        return span_of(str(said), calendar, field=name)

    if isinstance(condition, str):
        span = days(condition)
        return span.first_day, span.last_day
    if not isinstance(condition, Mapping):
        return None
    bounds = cast("Mapping[str, object]", condition)
    if isinstance(between := bounds.get("between"), list) and len(cast("list[object]", between)) == 2:
        low, high = cast("list[object]", between)
        return days(low).first_day, days(high).last_day
    if "is" in bounds:
        return _ends(name, bounds["is"], calendar)
    first = days(bounds["gte"]).first_day if "gte" in bounds else None
    first = days(bounds["gt"]).last_day + timedelta(days=1) if "gt" in bounds else first
    last = days(bounds["lte"]).last_day if "lte" in bounds else None
    last = days(bounds["lt"]).first_day - timedelta(days=1) if "lt" in bounds else last
    return None if first is None or last is None else (first, last)


def _length(ends: tuple[date, date], calendar: Calendar) -> tuple[str, int]:
    """Whole months, quarters and years step back by themselves; a year to date by a year; anything else by its days."""
    first, last = ends
    for unit in ("fiscal_year", "year", "quarter", "month", "week"):
        if calendar.start(unit, first) == first and calendar.end(unit, first) == last:
            return unit, 1
    if last == calendar.today():
        for unit in ("month", "quarter", "year", "fiscal_year"):
            if calendar.start(unit, last) == first:
                return unit, 1
    return "day", (last - first).days + 1
