"""What stored dates, times and timestamps mean."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

from .numbers import number_of


def amount(kind: str, text: str) -> Fraction | None:
    """What a stored value is compared by: days, or microseconds; None if it means nothing."""
    if kind == "number":
        return number_of(text)
    if kind == "date":
        day = day_of(text)
        return None if day is None else Fraction(day.toordinal())
    if kind == "time":
        clock = clock_of(text)
        return None if clock is None else size(clock)
    moment = moment_of(text)
    return None if moment is None else stamp_size(moment)


def size(clock: timedelta) -> Fraction:
    return Fraction(clock // timedelta(microseconds=1))


def stamp_size(moment: datetime) -> Fraction:
    day = datetime.combine(moment.date(), time())
    return Fraction(moment.toordinal() * 86_400_000_000) + size(moment - day)


def parts_of(kind: str, text: str) -> tuple[date | None, timedelta] | None:
    """The day, where there is one, and the time of day."""
    if kind == "time":
        clock = clock_of(text)
        return None if clock is None else (None, clock)
    if kind == "date":
        day = day_of(text)
        return None if day is None else (day, timedelta(0))
    moment = moment_of(text)
    return None if moment is None else (moment.date(), moment - datetime.combine(moment.date(), time()))


def day_of(text: str) -> date | None:
    parts = text.strip().split("/")
    if len(parts) != 3 or not all(part.isdecimal() and part.isascii() for part in parts):
        return None
    if len(parts[0]) > 2 or len(parts[1]) > 2 or len(parts[2]) != 4:
        return None
    return calendar_day(int(parts[2]), int(parts[0]), int(parts[1]))


def calendar_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year <= 4000 else None
    except ValueError:
        return None


def clock_of(text: str) -> timedelta | None:
    """Hours, perhaps minutes, perhaps seconds with a fraction; a minus before, or AM or PM after."""
    text = text.strip()
    half = ""
    for ending in ("am", "pm", "a.m.", "p.m.", "a.m", "p.m", "am.", "pm."):
        if text.casefold().endswith(ending):
            half = ending[0]
            text = text[: -len(ending)].rstrip()
            break
    sign = -1 if text.startswith("-") else 1
    parts = text.removeprefix("-").split(":")
    fraction = "0"
    if len(parts) == 3 and "." in parts[2]:
        parts[2], fraction = parts[2].split(".", 1)
        fraction = fraction or "0"
    if len(parts) > 3 or not all(part.isdecimal() and part.isascii() for part in [*parts, fraction]):
        return None
    if len(parts[0]) > 6 or any(len(part) > 2 or int(part) > 59 for part in parts[1:]):
        return None
    hour = int(parts[0])
    if half:
        if hour > 12 or sign < 0:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    minute, second = [*(int(part) for part in parts[1:]), 0, 0][:2]
    micro = int(Decimal("0." + fraction) * 1_000_000)
    return sign * timedelta(hours=hour, minutes=minute, seconds=second, microseconds=micro)


def moment_of(text: str) -> datetime | None:
    day_text, _, clock_text = text.strip().partition(" ")
    day = day_of(day_text)
    return None if day is None else moment_on(day, clock_text)


def moment_on(day: date, clock_text: str) -> datetime | None:
    clock = clock_of(clock_text) if clock_text.strip() else timedelta(0)
    if clock is None or not timedelta(0) <= clock < timedelta(1):
        return None
    return datetime.combine(day, time()) + clock
