"""The owner's calendar: where a week and a fiscal year begin, the time zone, and what day it is."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..errors import ConfigurationError

UNITS = ("day", "week", "month", "quarter", "year", "fiscal_year")
"""Periods, from the shortest to the longest."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Calendar:
    """How days are counted. `clock` answers with an aware moment."""

    week_starts: int = 0
    """0 Monday ... 6 Sunday"""
    fiscal_month: int = 1
    """The month (1 to 12) in which a fiscal year begins."""
    zone: tzinfo = UTC
    clock: Callable[[], datetime] = utc_now
    shift: tuple[str, int] = ("day", 0)
    """(unit, count): every date that is named is moved by it, to ask the same of another period."""

    def now(self) -> datetime:
        """The wall time in the zone, without the zone, as FileMaker keeps timestamps (section 8.1)."""
        return self.clock().astimezone(self.zone).replace(tzinfo=None, microsecond=0)

    def today(self) -> date:
        return self.now().date()

    @property
    def zone_name(self) -> str:
        return getattr(self.zone, "key", None) or str(self.zone.tzname(None) or self.zone)

    def start(self, unit: str, day: date) -> date:
        """The first day of the period that holds `day`."""
        if unit == "day":
            return day
        if unit == "week":
            return day - timedelta(days=(day.weekday() - self.week_starts) % 7)
        if unit == "month":
            return day.replace(day=1)
        if unit == "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        if unit == "year":
            return day.replace(month=1, day=1)
        before = day.month < self.fiscal_month
        return date(day.year - before, self.fiscal_month, 1)

    def end(self, unit: str, day: date) -> date:
        """The last day of the period that holds `day`."""
        return moved(self.start(unit, day), unit, 1) - timedelta(days=1)

    def label(self, unit: str, day: date) -> str:
        """The period that holds `day`, as an answer shows it: `2026-03`, `2026-Q1`, `FY2026` by the year in which it begins."""
        first = self.start(unit, day)
        if unit in ("day", "week"):
            return first.isoformat()
        if unit == "month":
            return f"{first:%Y-%m}"
        if unit == "quarter":
            return f"{first.year:04}-Q{(first.month + 2) // 3}"
        if unit == "year" or self.fiscal_month == 1:
            return f"{first.year:04}"
        return f"FY{first.year:04}/{(first.year + 1) % 100:02}"


def zone_named(name: str | None) -> tzinfo:
    """A zone such as `Europe/Berlin`; None is this machine's. Raises ConfigurationError for a name nobody knows."""
    if name is None:
        return _Local()
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigurationError(
            f"time_zone: there is no time zone {name!r}",
            advice="Write it as Europe/Berlin or America/New_York.",
        ) from error


class _Local(tzinfo):
    """This machine's time zone, whatever its rules are at each moment."""

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        return self._at(dt).utcoffset()

    def dst(self, dt: datetime | None) -> timedelta | None:
        return self._at(dt).dst()

    def tzname(self, dt: datetime | None) -> str | None:
        return self._at(dt).tzname() or "local time"

    def fromutc(self, dt: datetime) -> datetime:
        return dt.replace(tzinfo=UTC).astimezone().replace(tzinfo=self)

    @staticmethod
    def _at(dt: datetime | None) -> datetime:
        return (dt.replace(tzinfo=None) if dt is not None else datetime.now()).astimezone()  # noqa: DTZ005  (the machine's own wall time is what is asked for)


def moved(day: date, unit: str, count: int) -> date:
    """`day` moved by `count` periods; a day that its month does not have becomes the last one. Raises OverflowError beyond the calendar."""
    if unit == "day":
        return day + timedelta(days=count)
    if unit == "week":
        return day + timedelta(weeks=count)
    months = count * {"month": 1, "quarter": 3, "year": 12, "fiscal_year": 12}[unit]
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError(year)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
