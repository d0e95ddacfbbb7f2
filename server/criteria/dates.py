"""Days as people name them: ISO, `today-30d`, `last_quarter`, `year_to_date`, `last_7_days` -> the days they cover."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ..dataapi.wire import LAST_YEAR, past_the_last_year
from ..errors import InputError
from .calendar import Calendar, moved

WAYS = "an ISO date (2026-03-09), today-30d, or a period such as this_month, last_quarter, year_to_date, last_7_days"

RELATIVE = re.compile(r"(today|now)\s*([+-])\s*(\d{1,6})\s*([a-z]+)")
NAMED = re.compile(r"(this|last|next)_(day|week|month|quarter|year|fiscal_year)(_to_date)?")
TO_DATE = re.compile(r"(week|month|quarter|year|fiscal_year)_to_date")
ROLLING = re.compile(r"(last|next)_(\d{1,5})_(day|week|month|quarter|year)s?")
PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})|-?[Qq]([1-4]))?")
SHORT = {"d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year"}
HOURS = {"h": 3600, "min": 60, "s": 1}
DAY_END = time(23, 59, 59, 999_999)
"""Timestamps have fractions of a second (section 8.1)."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAY = re.compile(rf"(?:(this|last|next)_)?({'|'.join(WEEKDAYS)})")


@dataclass(frozen=True, slots=True)
class DateSpan:
    """From `start` to `end`, both included."""

    start: datetime
    end: datetime
    is_moment: bool = False
    """A time of day was given: start and end are that second."""
    is_relative: bool = False
    """It depends on what day it is."""

    @property
    def first_day(self) -> date:
        return self.start.date()

    @property
    def last_day(self) -> date:
        return self.end.date()

    def __str__(self) -> str:
        if self.is_moment:
            return self.start.isoformat()
        first, last = self.first_day.isoformat(), self.last_day.isoformat()
        return first if first == last else f"{first} to {last}"


def span_of(given: str, calendar: Calendar, *, field: str) -> DateSpan:
    """What `said` covers. Raises InputError with the ways to say a date."""
    words = given.strip()
    key = words.lower().replace(" ", "_") if words[:1].isalpha() else words
    try:
        found = _relative(key, calendar) or _period(key, calendar) or _literal(words, calendar)
    except (ValueError, OverflowError) as impossible:
        raise InputError(
            f"{given!r} for {field!r} is no possible date or time ({impossible})", advice=f"Write {WAYS}."
        ) from None
    if found is None:
        raise InputError(f"{given!r} for {field!r} is not a date", advice=f"Write {WAYS}.")
    if found.end.year > LAST_YEAR:
        raise past_the_last_year(given, field)
    return _shifted(found, *calendar.shift) if calendar.shift[1] else found


def _shifted(span: DateSpan, unit: str, count: int) -> DateSpan:
    """A month's last day becomes the other month's last day: the day after the end is what moves. 28 February of a leap year is
    not its last, and stays the 28th."""
    first = moved(span.first_day, unit, count)
    if span.is_moment:
        moment = datetime.combine(first, span.start.time())
        return DateSpan(moment, moment, is_moment=True, is_relative=span.is_relative)
    after = span.last_day + timedelta(days=1)
    ends_month = after.day == 1
    last = moved(after, unit, count) - timedelta(days=1) if ends_month else moved(span.last_day, unit, count)
    return _days(first, last, relative=span.is_relative)


def _days(first: date, last: date, *, relative: bool = False) -> DateSpan:
    return DateSpan(datetime.combine(first, time()), datetime.combine(last, DAY_END), is_relative=relative)


def _moment(moment: datetime, *, relative: bool = False) -> DateSpan:
    return DateSpan(moment, moment, is_moment=True, is_relative=relative)


def _relative(key: str, calendar: Calendar) -> DateSpan | None:
    today = calendar.today()
    days = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if key in days:
        day = today + timedelta(days=days[key])
        return _days(day, day, relative=True)
    if key == "now":
        return _moment(calendar.now(), relative=True)
    found = RELATIVE.fullmatch(key.replace("_", ""))
    if found is None:
        return None
    word, sign, digits, letters = found.groups()
    count = int(sign + digits)
    if letters in HOURS or letters.rstrip("s") in ("hour", "minute"):
        seconds = HOURS.get(letters) or (3600 if letters.startswith("h") else 60)
        return _moment(calendar.now() + timedelta(seconds=count * seconds), relative=True)
    unit = SHORT.get(letters) or letters.removesuffix("s")
    if unit not in SHORT.values():
        return None
    day = moved(today, unit, count)
    if word == "now":
        return _moment(datetime.combine(day, calendar.now().time()), relative=True)
    return _days(day, day, relative=True)


def _period(key: str, calendar: Calendar) -> DateSpan | None:
    today = calendar.today()
    if found := ROLLING.fullmatch(key):
        which, digits, unit = found.groups()
        if which == "last":
            return _days(moved(today, unit, -int(digits)) + timedelta(days=1), today, relative=True)
        return _days(today + timedelta(days=1), moved(today, unit, int(digits)), relative=True)
    if found := TO_DATE.fullmatch(key):
        return _days(calendar.start(found.group(1), today), today, relative=True)
    if found := NAMED.fullmatch(key):
        which, unit, to_date = found.groups()
        anchor = moved(today, unit, {"last": -1, "this": 0, "next": 1}[which])
        return _days(
            calendar.start(unit, anchor), anchor if to_date else calendar.end(unit, anchor), relative=True
        )
    if found := WEEKDAY.fullmatch(key):
        which, name = found.groups()
        day = _weekday(which or "this", WEEKDAYS.index(name), today, calendar)
        return _days(day, day, relative=True)
    return None


def _weekday(which: str, number: int, today: date, calendar: Calendar) -> date:
    """`last_friday` is the latest Friday before today, `next_friday` the first after it, `this_friday` that of this week."""
    if which == "this":
        first = calendar.start("week", today)
        return first + timedelta(days=(number - first.weekday()) % 7)
    ahead = (number - today.weekday()) % 7
    return today + timedelta(days=ahead - 7 if which == "last" else ahead or 7)


def _literal(words: str, calendar: Calendar) -> DateSpan | None:
    if found := PARTIAL.fullmatch(words):
        year, month, quarter = found.groups()
        unit = "month" if month else "quarter" if quarter else "year"
        first = date(int(year), int(month or 3 * int(quarter or 1) - 2), 1)
        return _days(first, calendar.end(unit, first))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", words):
        day = date.fromisoformat(words)
        return _days(day, day)
    if re.match(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", words):
        moment = datetime.fromisoformat(words)
        if moment.tzinfo is not None:
            moment = moment.astimezone(calendar.zone).replace(tzinfo=None)
        return _moment(moment)
    return None
