"""Contents that can be reckoned with: a number, a day, a moment, a time; and None where a text says no such thing."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from ..dataapi.models import Value

PLAIN = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?\s*")
TIME = re.compile(r"\s*(-?)(\d+):([0-5]?\d)(?::([0-5]?\d(?:\.\d+)?))?\s*")


def number_in(value: Value) -> Decimal | None:
    """The number a content is, exactly; None for text that is no plain number and for empty."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if PLAIN.fullmatch(value) is None:
        return None
    try:
        return Decimal(value.strip())
    except InvalidOperation:
        return None


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
    found = TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    sign, hours, minutes, seconds = found.groups()
    total = Decimal(hours) * 3600 + Decimal(minutes) * 60 + Decimal(seconds or 0)
    return -total if sign else total
