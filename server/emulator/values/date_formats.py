"""Dates and times as written: by a pattern such as `dd.MM.yyyy`, with two-digit years expanded."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from .readings import make_date

US_FORMAT = "MM/dd/yyyy"
ISO_FORMAT = "yyyy-MM-dd"


SEPARATORS = r"[-/. ]"
"""What may stand between the parts of a date, whatever the format has there (section 8.2 [O])."""

_PARTS = {"y": "(?P<y>[0-9]{4}|[0-9]{2})", "M": "(?P<M>[0-9]{1,2})", "d": "(?P<d>[0-9]{1,2})"}


def read_date(text: str, pattern: str, today: date | None = None) -> tuple[date, str] | None:
    """The date that the text begins with, and what follows it; None when it does not begin with one.

    The pattern, such as `dd.MM.yyyy`, gives the order of the parts. Leading zeros may be missing, and between the parts may
    stand what the pattern has there or any of SEPARATORS. What follows is empty or begins with a space.
    """
    found = _expression(pattern).match(text)
    if found is None:
        return None
    year = int(found["y"])
    if len(found["y"]) == 2:
        if today is None:
            return None
        year = full_year(year, today)
    day = make_date(year, int(found["M"]), int(found["d"]))
    return None if day is None else (day, text[found.end() :])


@lru_cache(maxsize=64)
def _expression(pattern: str) -> re.Pattern[str]:
    pieces = re.split("(y+|M+|d+)", pattern)
    return re.compile(
        "".join(
            _PARTS[piece[0]] if index % 2 else f"(?:{SEPARATORS}|{re.escape(piece)})" if piece else ""
            for index, piece in enumerate(pieces)
        )
        + r"(?= |\Z)"
    )


def full_year(two_digits: int, today: date) -> int:
    """FileMaker's sliding rule, which section 7.5 names: within the next 30 years, else before [I]."""
    year = today.year - today.year % 100 + two_digits
    if year > today.year + 30:
        return year - 100
    return year + 100 if year <= today.year - 70 else year


def format_date(day: date, pattern: str) -> str:
    """A date written by a pattern of `yyyy`, `MM` or `M`, `dd` or `d`."""
    numbers = {"y": day.year, "M": day.month, "d": day.day}
    return re.sub("y+|M+|d+", lambda found: f"{numbers[found[0][0]]:0{len(found[0])}d}", pattern)


def format_time(moment: timedelta) -> str:
    """A time as `HH:MM:SS` with the fraction it has. Hours may pass 24 and the whole may be negative."""
    sign, length = ("-", -moment) if moment < timedelta(0) else ("", moment)
    minutes, seconds = divmod(length.days * 86400 + length.seconds, 60)
    fraction = f".{length.microseconds:06d}".rstrip("0") if length.microseconds else ""
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}{fraction}"
