"""Days, months and years that a criterion names."""

from __future__ import annotations

from datetime import date

from .moments import calendar_day


def days_named(text: str, today: date, iso: bool) -> tuple[date, date] | None:
    if text == "//":
        return today, today
    if iso and [len(part) for part in text.split("-")] == [4, 2, 2]:
        parts = text.split("-")
        if all(part.isdecimal() and part.isascii() for part in parts):
            day = calendar_day(*(int(part) for part in parts))
            return None if day is None else (day, day)
    parts = parts_named(text)
    if len(parts) > 3 or not all(part.isdecimal() and part.isascii() and len(part) <= 4 for part in parts):
        return None
    if len(parts) == 3:
        year = year_named(parts[2], today)
        day = None if year is None else calendar_day(year, int(parts[0]), int(parts[1]))
        return None if day is None else (day, day)
    if len(parts[-1]) != 4:
        return None
    year = int(parts[-1])
    month = int(parts[0]) if len(parts) == 2 else None
    inside = [
        day
        for one in ([month] if month is not None else range(1, 13))
        for number in range(1, 32)
        if (day := calendar_day(year, one, number)) is not None
    ]
    return (inside[0], inside[-1]) if inside else None


def parts_named(text: str) -> list[str]:
    """The parts of a date stand apart by `/`, `.`, `-` or a blank."""
    for mark in ".- ":
        text = text.replace(mark, "/")
    return text.split("/")


def day_and_clock(text: str) -> tuple[str, str]:
    """A date may have blanks in it, so it reaches as far as there are numbers, three at most."""
    tokens = text.split(" ")
    for count in (3, 2, 1):
        parts = parts_named(" ".join(tokens[:count]))
        if len(parts) <= 3 and all(each.isdecimal() and each.isascii() and len(each) <= 4 for each in parts):
            return " ".join(tokens[:count]), " ".join(tokens[count:])
    return tokens[0], " ".join(tokens[1:])


def year_named(text: str, today: date) -> int | None:
    """Two digits mean the year within the next 30 years or else the 70 before."""
    if len(text) == 4:
        return int(text)
    if len(text) > 2:
        return None
    return next(year for year in range(today.year - 69, today.year + 31) if year % 100 == int(text))
