"""Dates and times given by their components: `7/{1..15}/2014`, `Mon..Fri`, `{7...9}:15` (section 7.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

Span = tuple[int, int] | None
"""Inclusive bounds of one component of a date or time. None for any."""


@dataclass(frozen=True)
class DateParts:
    """A date given by components: `7/{1..15}/2014`, `3/*/2014`, `Mon..Fri`."""

    year: Span = None
    month: Span = None
    day: Span = None
    weekdays: frozenset[int] | None = None
    """Monday is 0."""

    def holds(self, value: date) -> bool:
        """Whether a day agrees in every component."""
        return (
            _within(value.year, self.year)
            and _within(value.month, self.month)
            and _within(value.day, self.day)
            and (self.weekdays is None or value.weekday() in self.weekdays)
        )


@dataclass(frozen=True)
class TimeParts:
    """A time given by components: `{7...9}:15`."""

    hour: Span = None
    minute: Span = None
    second: Span = None

    def holds(self, value: timedelta) -> bool:
        """Whether a time agrees in every component. A negative time agrees in none."""
        minutes, seconds = divmod(value.days * 86400 + value.seconds, 60)
        return (
            value >= timedelta(0)
            and _within(minutes // 60, self.hour)
            and _within(minutes % 60, self.minute)
            and _within(seconds, self.second)
        )


@dataclass(frozen=True)
class Parts:
    """Components of a date, a time or both."""

    date: DateParts = field(default_factory=DateParts)
    time: TimeParts = field(default_factory=TimeParts)


def _within(value: int, span: Span) -> bool:
    return span is None or span[0] <= value <= span[1]
