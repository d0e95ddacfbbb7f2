"""Dates and times moved: by days and months in the calendar, by hours and minutes on the clock."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ...dataapi.contents import Value
from ...dataapi.layout_meta import FieldMeta
from ...errors import InputError
from ...text.lengths_of_time import seconds_of, time_text
from ...text.numbers import EXACT

CALENDAR, CLOCK = ("days", "weeks", "months", "years"), ("hours", "minutes")
UNITS = {"date": CALENDAR, "time": CLOCK, "timeStamp": (*CALENDAR, *CLOCK)}
"""Type of a field -> what it can be shifted by."""
DAY = 86_400
"""Seconds."""


@dataclass(frozen=True)
class Shift:
    """How far a field is moved. Raises InputError for units that its type does not have."""

    meta: FieldMeta
    name: str
    units: Mapping[str, int]

    def __post_init__(self) -> None:
        takes = UNITS.get(self.meta.type)
        if takes is None:
            raise InputError(
                f"'shift' works on date, time and timeStamp fields, and {self.name!r} is a {self.meta.type} field",
                advice="Nothing was changed.",
            )
        unknown = sorted(set(self.units) - set(takes))
        if unknown:
            raise InputError(
                f"{self.name!r} cannot be shifted by {', '.join(unknown)}",
                advice=f"Nothing was changed. Use {', '.join(takes[:-1])} or {takes[-1]}.",
            )

    def __call__(self, before: Mapping[str, Value]) -> Value:
        text = str(before.get(self.name, ""))
        if not text:
            raise InputError(
                f"{self.name!r} is empty: there is nothing to shift",
                advice="Nothing was changed. Leave such records out.",
            )
        try:
            if self.meta.type == "date":
                return self._day(date.fromisoformat(text)).isoformat()
            if self.meta.type == "time":
                return self._time(text)
            moment = datetime.fromisoformat(text)
            return (datetime.combine(self._day(moment.date()), moment.time()) + self._clock()).isoformat()
        except (ValueError, OverflowError) as error:
            raise InputError(
                f"{self.name!r} holds {text!r}, which cannot be shifted so far", advice="Nothing was changed."
            ) from error

    def _of(self, unit: str) -> int:
        return self.units.get(unit, 0)

    def _day(self, day: date) -> date:
        later = _months_later(day, self._of("months") + 12 * self._of("years"))
        return later + timedelta(days=self._of("days"), weeks=self._of("weeks"))

    def _clock(self) -> timedelta:
        return timedelta(hours=self._of("hours"), minutes=self._of("minutes"))

    def _time(self, text: str) -> str:
        """A time field holds a length of time as well, which may be longer than a day or below zero; it never goes round."""
        seconds = seconds_of(text)
        if seconds is None:
            raise ValueError(text)
        total = EXACT.add(seconds, int(self._clock().total_seconds()))
        if 0 <= seconds < DAY and not 0 <= total < DAY:
            raise InputError(
                f"{self.name!r} holds {text}, and would leave its day",
                advice="Nothing was changed. Shift the date as well, or give the time itself.",
            )
        return time_text(total)


def _months_later(day: date, months: int) -> date:
    """The same day of the month, or the month's last where it has no such day: 31 January -> 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
