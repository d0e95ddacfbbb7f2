"""Dates and times by component: `7/{1..15}/2014`, `{7...9}:15`."""

from __future__ import annotations

from datetime import date, timedelta

from .chars import Refused, Test
from .moments import parts_of
from .named import year_named


def component_test(text: str, kind: str, today: date, wrong: Refused) -> Test:
    day_text, clock_text = ("*/*/*", text) if kind == "time" else split_outside_braces(text)
    if clock_text and kind == "date":
        raise wrong
    dates = outside(day_text, "/.-")
    clocks = outside(clock_text.strip(), ":") if clock_text else []
    if len(dates) > 3 or len(clocks) > 3:
        raise wrong
    month, day, year = {1: ["*", "*", *dates], 2: [dates[0], "*", dates[-1]], 3: dates}[len(dates)]
    if year.isdecimal():
        year = str(year_named(year, today))
    hour, minute, second = [*clocks, "*", "*", "*"][:3]
    wanted_day = [component(year, 4000, wrong), component(month, 12, wrong), component(day, 31, wrong)]
    wanted_clock = [component(hour, 9999, wrong), component(minute, 59, wrong), component(second, 59, wrong)]

    def test(value: str) -> bool:
        parts = parts_of(kind, value)
        if parts is None or parts[1] < timedelta(0):
            return False
        seconds = int(parts[1].total_seconds())
        clock = [seconds // 3600, seconds // 60 % 60, seconds % 60]
        days = [] if parts[0] is None else [parts[0].year, parts[0].month, parts[0].day]
        return agree(wanted_clock, clock) and agree(wanted_day, days)

    return test


def agree(wanted: list[tuple[int, int] | None], numbers: list[int]) -> bool:
    return all(
        span is None or span[0] <= number <= span[1] for span, number in zip(wanted, numbers, strict=False)
    )


def split_outside_braces(text: str) -> tuple[str, str]:
    depth = 0
    for at, char in enumerate(text):
        depth += {"{": 1, "}": -1}.get(char, 0)
        if char.isspace() and "}" not in text[at:].split("{")[0]:
            return text[:at], text[at:].strip()
    return text, ""


def outside(text: str, marks: str) -> list[str]:
    parts = [""]
    for at, char in enumerate(text):
        if char in marks and "}" not in text[at:].split("{")[0]:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def component(text: str, most: int, wrong: Refused) -> tuple[int, int] | None:
    text = text.strip()
    if text == "*":
        return None
    ends = [text, text]
    if text.startswith("{") and text.endswith("}"):
        for mark in ("...", "..", "…"):
            if mark in text:
                ends = [end.strip() for end in text[1:-1].split(mark, 1)]
                break
    if not all(end.isdecimal() and end.isascii() and len(end) <= 4 and int(end) <= most for end in ends):
        raise wrong
    return int(ends[0]), int(ends[1])
