"""Stretches of time that a criterion names: a day, a month, a year, or one moment (section 7.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ..model import FieldType
from ..values.date_formats import SEPARATORS, full_year
from ..values.readings import DAY, as_time, at_time, make_date, microseconds, stamp_measure

_NUMBERS = re.compile(rf"[0-9]{{1,4}}(?:{SEPARATORS}[0-9]{{1,4}}){{0,2}}")
_DAY = re.compile(rf"[0-9]{{1,4}}(?:{SEPARATORS}[0-9]{{1,4}}(?![:0-9])){{0,2}}(?= |\Z)")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")

Days = tuple[date, date]
"""The first and the last day."""


@dataclass(frozen=True)
class Periods:
    """What reading a date needs to know: the type of the field, today, and whether ISO dates are understood."""

    field_type: FieldType
    today: date
    iso_dates: bool = False

    def period(self, text: str) -> tuple[int, int] | None:
        """The first and last measure of what the text names. None when it is no single stretch of time."""
        if self.field_type is FieldType.TIME:
            moment = as_time(text)
            return None if moment is None else _only(microseconds(moment))
        day_text, time_text = _split(text)
        days = self.days(day_text)
        if days is None:
            return None
        first, last = days
        if self.field_type is FieldType.DATE:
            return None if time_text else (first.toordinal(), last.toordinal())
        if time_text.strip():
            stamp = at_time(first, time_text) if first == last else None
            return None if stamp is None else _only(stamp_measure(stamp))
        # A date alone in a timestamp field means the whole day (section 7.5 [I]).
        return _midnight(first), _midnight(last) + DAY - 1

    def days(self, text: str) -> Days | None:
        """The days of `//`, `2014`, `3/2014`, `3/9/2014`, or of an ISO date where those are understood."""
        if text == "//":
            return self.today, self.today
        if self.iso_dates and (iso := _ISO.fullmatch(text)):
            return _one_day(make_date(int(iso[1]), int(iso[2]), int(iso[3])))
        if not _NUMBERS.fullmatch(text):
            return None
        match re.split(SEPARATORS, text):
            case [year] if len(year) == 4:
                return _months(int(year), 1, 12)
            case [month, year] if len(year) == 4:
                return _months(int(year), int(month), int(month))
            case [month, day, year]:
                full = self.year(year)
                return None if full is None else _one_day(make_date(full, int(month), int(day)))
            case _:
                return None

    def year(self, text: str) -> int | None:
        """A year of four digits, or of one or two that are expanded. None for three."""
        return {1: full_year(int(text), self.today), 2: full_year(int(text), self.today), 4: int(text)}.get(
            len(text)
        )


def _split(text: str) -> tuple[str, str]:
    """A date and the time after it. Blanks may stand between the parts of the date as well."""
    found = _DAY.match(text)
    end = found.end() if found else len(text.partition(" ")[0])
    return text[:end], text[end:]


def _only(measure: int) -> tuple[int, int]:
    return measure, measure


def _midnight(day: date) -> int:
    return stamp_measure(datetime.combine(day, time()))


def _one_day(day: date | None) -> Days | None:
    return None if day is None else (day, day)


def _months(year: int, first_month: int, last_month: int) -> Days | None:
    first, last = make_date(year, first_month, 1), make_date(year, last_month, 28)
    if first is None or last is None:
        return None
    following = last + timedelta(days=4)
    return first, following - timedelta(days=following.day)
