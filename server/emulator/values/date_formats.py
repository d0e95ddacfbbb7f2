"""Dates and times as written: by a pattern such as `dd.MM.yyyy`, with two-digit years expanded."""

from __future__ import annotations

import re
from datetime import date, timedelta

from .readings import make_date

US_FORMAT = "MM/dd/yyyy"
ISO_FORMAT = "yyyy-MM-dd"


def read_date(text: str, pattern: str, today: date | None = None) -> date | None:
    """A date written by a pattern such as `dd.MM.yyyy`; leading zeros may be missing."""
    parts = {"y": "(?P<y>[0-9]{4}|[0-9]{2})", "M": "(?P<M>[0-9]{1,2})", "d": "(?P<d>[0-9]{1,2})"}
    expression = re.sub("y+|M+|d+", lambda found: parts[found[0][0]], re.escape(pattern))
    found = re.fullmatch(expression, text)
    if found is None:
        return None
    year = int(found["y"])
    if len(found["y"]) == 2:
        if today is None:
            return None
        year = full_year(year, today)
    return make_date(year, int(found["M"]), int(found["d"]))


def full_year(two_digits: int, today: date) -> int:
    """FileMaker's sliding rule (section 7.5 names it; within the next 30 years, else before [I])."""
    year = today.year - today.year % 100 + two_digits
    if year > today.year + 30:
        return year - 100
    return year + 100 if year <= today.year - 70 else year


def format_date(day: date, pattern: str) -> str:
    """A date written by a pattern of `yyyy`, `MM` or `M`, `dd` or `d`."""
    numbers = {"y": day.year, "M": day.month, "d": day.day}
    return re.sub("y+|M+|d+", lambda found: f"{numbers[found[0][0]]:0{len(found[0])}d}", pattern)


def format_time(moment: timedelta) -> str:
    """A time as `HH:MM:SS` with the fraction it has; hours may pass 24 and the whole may be negative."""
    sign, length = ("-", -moment) if moment < timedelta(0) else ("", moment)
    minutes, seconds = divmod(length.days * 86400 + length.seconds, 60)
    fraction = f".{length.microseconds:06d}".rstrip("0") if length.microseconds else ""
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}{fraction}"
