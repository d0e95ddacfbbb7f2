"""Periods and relative dates against a calendar that stands still on Monday, 23 November 2026."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filemaker_mcp.server.criteria.calendar import moved
from filemaker_mcp.server.criteria.dates import span_of

from .invoice_layout import CALENDAR

FISCAL = replace(CALENDAR, fiscal_month=10, week_starts=6)


@pytest.mark.parametrize(
    ("said", "covers"),
    [
        ("2026-03-09", "2026-03-09"),
        ("2026-02", "2026-02-01 to 2026-02-28"),
        ("2024-02", "2024-02-01 to 2024-02-29"),
        ("2026-Q3", "2026-07-01 to 2026-09-30"),
        ("2026", "2026-01-01 to 2026-12-31"),
        ("today", "2026-11-23"),
        ("yesterday", "2026-11-22"),
        ("last_friday", "2026-11-20"),
        ("last Monday", "2026-11-16"),
        ("next_friday", "2026-11-27"),
        ("this_friday", "2026-11-27"),
        ("monday", "2026-11-23"),
        ("today-30d", "2026-10-24"),
        ("today + 2 weeks", "2026-12-07"),
        ("today-9m", "2026-02-23"),
        ("today-1y", "2025-11-23"),
        ("this_week", "2026-11-23 to 2026-11-29"),
        ("last week", "2026-11-16 to 2026-11-22"),
        ("next_month", "2026-12-01 to 2026-12-31"),
        ("last_quarter", "2026-07-01 to 2026-09-30"),
        ("this_year", "2026-01-01 to 2026-12-31"),
        ("month_to_date", "2026-11-01 to 2026-11-23"),
        ("last_year_to_date", "2025-01-01 to 2025-11-23"),
        ("last_7_days", "2026-11-17 to 2026-11-23"),
        ("next_7_days", "2026-11-24 to 2026-11-30"),
        ("last_3_months", "2026-08-24 to 2026-11-23"),
        ("2026-03-09T17:05", "2026-03-09T17:05:00"),
        ("2026-03-09T17:05:00Z", "2026-03-09T18:05:00"),
        ("now-90min", "2026-11-22T23:00:00"),
    ],
)
def test_a_period_covers_its_days(said: str, covers: str) -> None:
    assert str(span_of(said, CALENDAR, field="Date")) == covers


@pytest.mark.parametrize(
    ("said", "covers"),
    [
        ("this_week", "2026-11-22 to 2026-11-28"),
        ("this_fiscal_year", "2026-10-01 to 2027-09-30"),
        ("last_fiscal_year", "2025-10-01 to 2026-09-30"),
        ("fiscal_year_to_date", "2026-10-01 to 2026-11-23"),
    ],
)
def test_the_owner_says_when_weeks_and_fiscal_years_begin(said: str, covers: str) -> None:
    assert str(span_of(said, FISCAL, field="Date")) == covers


UNITS = st.sampled_from(["day", "week", "month", "quarter", "year", "fiscal_year"])


@given(st.dates(min_value=CALENDAR.today().replace(year=1000)), UNITS, st.integers(1, 12), st.integers(0, 6))
def test_periods_hold_their_day_and_touch_one_another(day: date, unit: str, month: int, week: int) -> None:
    calendar = replace(CALENDAR, fiscal_month=month, week_starts=week)
    if day.year > 9900:
        return
    start, end = calendar.start(unit, day), calendar.end(unit, day)
    assert start <= day <= end
    assert calendar.start(unit, moved(end, "day", 1)) == moved(end, "day", 1)
    assert calendar.label(unit, start) == calendar.label(unit, end)
