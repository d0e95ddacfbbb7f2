"""Reads a criterion on a date, time or timestamp field (sections 7.3 and 7.5); criteria are in US order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from .criterion import BadCriterion, Between, Criterion, DateParts, Parts, TimeParts
from .model import FieldType
from .readings import LAST_YEAR, as_time, at_time, make_date, microseconds, stamp_measure
from .signs import Sign, begins, bounds, comparison, stripped, text_of
from .values import full_year

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBER = re.compile(r"[0-9]{1,4}")
_SPAN = re.compile(r"\{\s*([0-9]{1,4})\s*(?:\.\.\.?|…)\s*([0-9]{1,4})\s*\}")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """What reading a date needs to know: the type of the field, today, and whether ISO dates are understood."""

    field_type: FieldType
    today: date
    iso_dates: bool = False

    def parse(self, signs: list[Sign]) -> Criterion:
        """The criterion that the signs stand for; raises BadCriterion (500 dates, 501 times)."""
        if (compared := comparison(signs)) is not None:
            return self._compared(*compared)
        if (both := bounds(signs)) is not None:
            return self._range(*both)
        while begins(signs, "="):
            signs = stripped(signs[1:])
        text = text_of(signs)
        period = self._period(text)
        return self._parts(text) if period is None else Between(*period)

    def _compared(self, operator: str, rest: list[Sign]) -> Between:
        period = self._period(text_of(rest))
        if period is None:
            raise self._malformed()
        low, high = period
        match operator:
            case "<":
                return Between(high=low, high_open=True)
            case "<=":
                return Between(high=high)
            case ">":
                return Between(low=high, low_open=True)
            case _:
                return Between(low=low)

    def _range(self, first: list[Sign], last: list[Sign]) -> Criterion:
        start, end = text_of(first), text_of(last)
        if self.field_type is not FieldType.TIME:
            days = _weekday(start), _weekday(end)
            if days[0] is not None and days[1] is not None:
                return Parts(DateParts(weekdays=_week_from(days[0], days[1])))
        low, high = self._period(start), self._period(end)
        if low is None or high is None:
            raise self._malformed()
        return Between(low[0], high[1])

    def _malformed(self) -> BadCriterion:
        return BadCriterion(501 if self.field_type is FieldType.TIME else 500)

    def _period(self, text: str) -> tuple[int, int] | None:
        """The first and last measure of what the text names; None when it is no single stretch of time."""
        if self.field_type is FieldType.TIME:
            moment = as_time(text)
            return None if moment is None else _moment(microseconds(moment))
        day_text, _, time_text = text.partition(" ")
        days = self._days(day_text)
        if days is None:
            return None
        if self.field_type is FieldType.DATE:
            return None if time_text else (days[0].toordinal(), days[1].toordinal())
        if time_text.strip():
            stamp = at_time(days[0], time_text) if days[0] == days[1] else None
            return None if stamp is None else _moment(stamp_measure(stamp))
        # A date alone in a timestamp field means the whole day (section 7.5 [I]).
        first = stamp_measure(datetime.combine(days[0], time()))
        return first, stamp_measure(datetime.combine(days[1], time())) + microseconds(_DAY) - 1

    def _days(self, text: str) -> tuple[date, date] | None:
        if text == "//":
            return self.today, self.today
        if self.iso_dates and (iso := _ISO.fullmatch(text)):
            return _one_day(make_date(int(iso[1]), int(iso[2]), int(iso[3])))
        parts = text.split("/")
        if not all(_NUMBER.fullmatch(part) for part in parts):
            return None
        numbers = [int(part) for part in parts]
        match numbers:
            case [year] if len(parts[0]) == 4:
                return _days_between(make_date(year, 1, 1), make_date(year, 12, 31))
            case [month, year] if len(parts[1]) == 4:
                return _month(year, month)
            case [month, day, _]:
                return _one_day(make_date(self._year(parts[2]), month, day))
            case _:
                return None

    def _year(self, text: str) -> int:
        return full_year(int(text), self.today) if len(text) <= 2 else int(text)

    def _parts(self, text: str) -> Parts:
        if self.field_type is FieldType.TIME:
            return Parts(time=self._time_parts(text))
        weekday = _weekday(text)
        if weekday is not None:
            return Parts(DateParts(weekdays=frozenset([weekday])))
        # A space may stand inside braces, so only one outside them separates the day from the time.
        day_text, *time_text = re.split(r"\s+(?![^{]*\})", text, maxsplit=1)
        if time_text and self.field_type is FieldType.DATE:
            raise BadCriterion(500)
        times = self._time_parts(time_text[0]) if time_text else TimeParts()
        return Parts(self._date_parts(day_text), times)

    def _date_parts(self, text: str) -> DateParts:
        parts = re.split(r"/(?![^{]*\})", text)
        match parts:
            case [year]:
                month, day = "*", "*"
            case [month, year]:
                day = "*"
            case [month, day, year]:
                pass
            case _:
                raise BadCriterion(500)
        if _NUMBER.fullmatch(year):
            year = str(self._year(year))
        return DateParts(self._span(year, LAST_YEAR), self._span(month, 12), self._span(day, 31))

    def _time_parts(self, text: str) -> TimeParts:
        parts = text.strip().split(":")
        if not 1 <= len(parts) <= 3:
            raise self._malformed()
        hour, minute, second = [*parts, "*", "*"][:3]
        return TimeParts(self._span(hour, 9999), self._span(minute, 59), self._span(second, 59))

    def _span(self, text: str, greatest: int) -> tuple[int, int] | None:
        text = text.strip()
        if text == "*":
            return None
        if found := _SPAN.fullmatch(text):
            low, high = int(found[1]), int(found[2])
        elif _NUMBER.fullmatch(text):
            low = high = int(text)
        else:
            raise self._malformed()
        if max(low, high) > greatest:
            raise self._malformed()
        return low, high


def _moment(size: int) -> tuple[int, int]:
    return size, size


def _weekday(text: str) -> int | None:
    """A weekday by its name or its first three letters."""
    name = text.casefold()
    return next((i for i, full in enumerate(_WEEKDAYS) if name in (full, full[:3])), None)


def _week_from(first: int, last: int) -> frozenset[int]:
    return frozenset((first + i) % 7 for i in range((last - first) % 7 + 1))


def _month(year: int, month: int) -> tuple[date, date] | None:
    first = make_date(year, month, 1)
    if first is None:
        return None
    following = date(year + month // 12, month % 12 + 1, 1)
    return first, following - _DAY


def _one_day(day: date | None) -> tuple[date, date] | None:
    return _days_between(day, day)


def _days_between(first: date | None, last: date | None) -> tuple[date, date] | None:
    return None if first is None or last is None else (first, last)
