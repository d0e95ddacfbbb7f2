"""Which earlier period a question is compared with, and the question about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

from ...criteria.calendar import Calendar
from ...criteria.dates import DateSpan, span_of
from ...dataapi.layout_meta import LayoutMeta
from ...errors import InputError
from ..found_sets.found_set import FoundSet

if TYPE_CHECKING:
    from ...database.database import Database

NEEDS = 'compare needs a date with both ends in where, such as {"Date": "this_year"} or {"Date": {"between": [...]}}'


@dataclass(frozen=True)
class Earlier:
    """The found set of an earlier period, and by how much its dates have to be moved to lie beside this one's."""

    now: FoundSet
    """This period's records: up to today where it goes on after that."""
    found_set: FoundSet
    shift: tuple[str, int]
    in_words: str = ""
    """Which days stand beside which, where the period is not over."""


async def earlier(database: Database, found_set: FoundSet, how: str) -> Earlier:
    """Like stands beside like: a period that is not over is compared up to today, with the other one up to the same day.
    A month's last day meets the other month's last day, 28 February so 28 or 29.

    Raises InputError where the criteria name no period that could be moved.
    """
    if found_set.is_group:
        raise InputError(
            "compare cannot look at one group alone", advice="Ask with layout and where instead."
        )
    calendar = database.calendar
    layout, question, today = found_set.layout, found_set.question, calendar.today()
    name, span = _period_of(question.where, layout, calendar)
    now, in_words = found_set, ""
    if span[0] <= today < span[1]:
        so_far, later = (span[0], today), (today + timedelta(days=1), span[1])
        rest = replace(question, where=_with_days(question.where, name, span, later, layout, calendar))
        question = replace(question, where=_with_days(question.where, name, span, so_far, layout, calendar))
        now = FoundSet(layout, question, question.criteria(layout, calendar), notes=found_set.notes)
        in_words = await _in_words(database, FoundSet(layout, rest, rest.criteria(layout, calendar)), so_far)
        span = so_far
    unit, count = ("year", 1) if how == "previous_year" else _length(span, calendar)
    before = replace(calendar, shift=(unit, -count))
    other = FoundSet(layout, question, question.criteria(layout, before))
    return Earlier(now, other, (unit, count), in_words)


async def _in_words(database: Database, later: FoundSet, so_far: tuple[date, date]) -> str:
    """Says that the period is compared as far as it went, and how many records of it lie in the future."""
    text = (
        f"{so_far[0].isoformat()} to {so_far[1].isoformat()} (today) with the other period up to the same day"
    )
    if not later.criteria.is_one_find:
        return text
    count = await database.count(later.layout.name, later.criteria.requests)
    return f"{text}; {count:,} records after today are not in it" if count else text


def _with_days(
    where: object,
    name: str,
    span: tuple[date, date],
    days: tuple[date, date],
    layout: LayoutMeta,
    calendar: Calendar,
) -> object:
    """The same criteria with other days for the period."""
    if isinstance(where, list):
        return [_with_days(each, name, span, days, layout, calendar) for each in cast("list[object]", where)]
    if not isinstance(where, Mapping):
        return where
    conditions = cast("Mapping[str, object]", where)
    bounds = {"between": [day.isoformat() for day in days]}
    return {
        key: bounds if key == name and _ends(key, condition, calendar) == span else condition
        for key, condition in conditions.items()
    }


def _period_of(where: object, layout: LayoutMeta, calendar: Calendar) -> tuple[str, tuple[date, date]]:
    objects = cast("list[object]", where) if isinstance(where, list) else [where]
    for each in objects:
        if isinstance(each, Mapping):
            for name, condition in cast("Mapping[str, object]", each).items():
                meta = layout.field_named(name)
                if meta is not None and meta.type in ("date", "timeStamp"):
                    ends = _ends(name, condition, calendar)
                    if ends is not None:
                        return name, ends
    raise InputError("There is no period to compare with", advice=NEEDS)


def _ends(name: str, condition: object, calendar: Calendar) -> tuple[date, date] | None:
    def days(given: object) -> DateSpan:
        return span_of(str(given), calendar, field=name)

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
        for unit in ("week", "month", "quarter", "year", "fiscal_year"):
            if calendar.start(unit, last) == first:
                return unit, 1
    return "day", (last - first).days + 1
