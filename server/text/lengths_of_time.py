"""Times as FileMaker writes them, `HH:MM:SS.fff`: a time of day, or a length of time that may pass 24 hours and be negative
(sections 8.1 and 8.2 [O])."""

from __future__ import annotations

import re
from decimal import Decimal

from .numbers import EXACT

_TIME = re.compile(r"\s*(-?)(\d{1,18}):([0-5]?\d)(?::([0-5]?\d(?:\.\d{1,400})?))?\s*", re.ASCII)


def seconds_of(text: str) -> Decimal | None:
    """None for text that is no time."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    sign, hours, minutes, seconds = found.groups()
    total = EXACT.add(int(hours) * 3600 + int(minutes) * 60, Decimal(seconds or 0))
    return total.copy_negate() if sign else total


def time_text(seconds: Decimal | int) -> str:
    """With two digits of hours at least, and parts of seconds where there are some."""
    total = Decimal(seconds)
    whole, rest = int(total.copy_abs()), EXACT.remainder(total.copy_abs(), Decimal(1))
    fraction = f"{rest:f}"[1:].rstrip("0").rstrip(".")
    sign = "-" if total < 0 else ""
    return f"{sign}{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{fraction}"
