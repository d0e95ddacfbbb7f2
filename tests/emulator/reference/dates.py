"""Criteria on dates, times and timestamps (sections 7.3 and 7.5)."""

from __future__ import annotations

from datetime import date, datetime, time

from .chars import Char, Refused, Test, comparison, range_of, trim, written
from .components import component_test
from .moments import amount, clock_of, moment_on, parts_of, size, stamp_size
from .named import day_and_clock, days_named
from .numbers import Fraction, amounts, between

WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def weekday(text: str) -> int | None:
    for number, name in enumerate(WEEKDAYS):
        if text.casefold() in (name, name[:3]):
            return number
    return None


def on_weekdays(kind: str, allowed: list[int]) -> Test:
    def test(value: str) -> bool:
        parts = parts_of(kind, value)
        return parts is not None and parts[0] is not None and parts[0].weekday() in allowed

    return test


def date_test(chars: list[Char], kind: str, today: date, iso: bool) -> Test:
    wrong = Refused(501 if kind == "time" else 500)

    def meaning(value: str) -> Fraction | None:
        return amount(kind, value)

    def stretch(part: list[Char]) -> tuple[Fraction, Fraction]:
        found = period(written(part), kind, today, iso)
        if found is None:
            raise wrong
        return found

    if (found := comparison(chars)) is not None:
        sign, rest = found
        first, last = stretch(rest)
        return amounts(meaning, sign, first if sign in ("<", ">=") else last)
    if (both := range_of(chars)) is not None:
        start, end = weekday(written(both[0])), weekday(written(both[1]))
        if kind != "time" and start is not None and end is not None:
            return on_weekdays(kind, [day % 7 for day in range(start, end + 1 if start <= end else end + 8)])
        return between(meaning, stretch(both[0])[0], stretch(both[1])[1])
    text = written(trim(chars, equals=True))
    if (named := period(text, kind, today, iso)) is not None:
        return between(meaning, *named)
    day = weekday(text)
    if kind != "time" and day is not None:
        return on_weekdays(kind, [day])
    if "*" not in text and "{" not in text:
        raise wrong
    return component_test(text, kind, today, wrong)


def period(text: str, kind: str, today: date, iso: bool) -> tuple[Fraction, Fraction] | None:
    """The first and last moment of a date, month or year, or of a time; a date alone is all of its day."""
    if kind == "time":
        clock = clock_of(text)
        return None if clock is None else (size(clock), size(clock))
    day_text, clock_text = day_and_clock(text)
    days = days_named(day_text, today, iso)
    if days is None:
        return None
    if kind == "date":
        return None if clock_text else (Fraction(days[0].toordinal()), Fraction(days[1].toordinal()))
    if clock_text.strip():
        moment = moment_on(days[0], clock_text) if days[0] == days[1] else None
        return None if moment is None else (stamp_size(moment), stamp_size(moment))
    return stamp_size(datetime.combine(days[0], time.min)), stamp_size(datetime.combine(days[1], time.max))
