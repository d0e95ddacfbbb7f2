"""Reads a criterion on a date, time or timestamp field (sections 7.3 and 7.5). Criteria are in US order."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model import FieldType
from ..values.readings import LAST_YEAR
from .components import DateParts, Parts, Span, TimeParts
from .criterion import BadCriterion, Between, Criterion
from .criterion_characters import Sign, bounds, comparison, operand, text_of
from .periods import Periods

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPAN = re.compile(r"\{\s*([0-9]{1,4})\s*(?:\.\.\.?|…)\s*([0-9]{1,4})\s*\}")
_OUTSIDE_BRACES = r"(?![^{]*\})"
_LONGEST = 200
"""No date or time takes as many characters, so what is longer need not be read."""


@dataclass(frozen=True)
class Calendar:
    """Reads criteria for one field. The periods know its type and today."""

    periods: Periods

    def parse(self, signs: list[Sign]) -> Criterion:
        """The criterion that the signs stand for. Raises BadCriterion (500 dates and timestamps, 501 times)."""
        if len(signs) > _LONGEST:
            raise self._malformed()
        if (compared := comparison(signs)) is not None:
            return self._compared(*compared)
        if (both := bounds(signs)) is not None:
            return self._range(text_of(both[0]), text_of(both[1]))
        text = text_of(operand(signs))
        period = self.periods.period(text)
        return self._parts(text) if period is None else Between(*period)

    def _compared(self, operator: str, rest: list[Sign]) -> Between:
        period = self.periods.period(text_of(rest))
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

    def _range(self, first: str, last: str) -> Criterion:
        from_day, to_day = _weekday(first), _weekday(last)
        if not self._is_time and from_day is not None and to_day is not None:
            return Parts(
                DateParts(weekdays=frozenset((from_day + i) % 7 for i in range((to_day - from_day) % 7 + 1)))
            )
        low, high = self.periods.period(first), self.periods.period(last)
        if low is None or high is None:
            raise self._malformed()
        return Between(low[0], high[1])

    @property
    def _is_time(self) -> bool:
        return self.periods.field_type is FieldType.TIME

    def _malformed(self) -> BadCriterion:
        return BadCriterion(501 if self._is_time else 500)

    def _parts(self, text: str) -> Parts:
        weekday = _weekday(text)
        if weekday is not None and not self._is_time:
            return Parts(DateParts(weekdays=frozenset([weekday])))
        if "*" not in text and "{" not in text:
            raise self._malformed()
        if self._is_time:
            return Parts(time=self._time_parts(text))
        day_text, *time_text = re.split(rf"\s+{_OUTSIDE_BRACES}", text, maxsplit=1)
        if time_text and self.periods.field_type is FieldType.DATE:
            raise self._malformed()
        return Parts(self._date_parts(day_text), self._time_parts(time_text[0]) if time_text else TimeParts())

    def _date_parts(self, text: str) -> DateParts:
        parts = re.split(f"[-/.]{_OUTSIDE_BRACES}", text)
        if len(parts) > 3:
            raise self._malformed()
        month, day, year = {1: ["*", "*"], 2: [parts[0], "*"], 3: parts[:2]}[len(parts)] + parts[-1:]
        if year.isdecimal():
            year = str(self.periods.year(year))
        return DateParts(self._span(year, LAST_YEAR), self._span(month, 12), self._span(day, 31))

    def _time_parts(self, text: str) -> TimeParts:
        parts = text.strip().split(":")
        if len(parts) > 3:
            raise self._malformed()
        # What is not given may be anything.
        hour, minute, second = [*parts, "*", "*"][:3]
        return TimeParts(self._span(hour, 9999), self._span(minute, 59), self._span(second, 59))

    def _span(self, text: str, greatest: int) -> Span:
        text = text.strip()
        if text == "*":
            return None
        found = _SPAN.fullmatch(text)
        ends = found.groups() if found else (text, text)
        if not all(re.fullmatch("[0-9]{1,4}", end) and int(end) <= greatest for end in ends):
            raise self._malformed()
        return int(ends[0]), int(ends[1])


def _weekday(text: str) -> int | None:
    """A weekday by its name or its first three letters."""
    name = text.casefold()
    return next((i for i, full in enumerate(_WEEKDAYS) if name in (full, full[:3])), None)
