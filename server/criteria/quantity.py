"""Reads contents of fields as dates, timestamps and times. What a number is, `numbers` says."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from ..dataapi.contents import Value
from ..text.lengths_of_time import seconds_of
from ..text.numbers import content_number

SIGNIFICANT = re.compile(r"[^0-9.-]")
NEARLY_ALL = 9
"""Numbers for each other text that a text field needs to be read as one of numbers."""


def digits_in(value: Value) -> Decimal | None:
    """The number that a find sees in a number field: letters are overlooked, so `5 Stk` is 5 (section 7.5 [D]); None without a digit."""
    number = content_number(value)
    if number is not None or not isinstance(value, str):
        return number
    kept = SIGNIFICANT.sub("", value)
    whole, point, places = kept.lstrip("-").replace("-", "").partition(".")
    text = f"{whole}{point}{places.replace('.', '')}"
    if not any(c.isdigit() for c in text):
        return None
    return Decimal(f"-{text}" if kept.startswith("-") else text)


def moment_in(value: Value) -> datetime | None:
    """A date (its first moment) or timestamp as the client reads them, ISO; None for anything else, such as text in a date field."""
    if not isinstance(value, str) or len(value) < 10:
        return None
    try:
        if len(value) == 10:
            day = date.fromisoformat(value)
            return datetime(day.year, day.month, day.day)  # noqa: DTZ001  (FileMaker keeps wall time, section 8.1)
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def seconds_in(value: Value) -> Decimal | None:
    """A time as seconds; it may pass 24 hours and be negative (section 8.1)."""
    return seconds_of(value) if isinstance(value, str) else None
