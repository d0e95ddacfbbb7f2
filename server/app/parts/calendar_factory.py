"""The owner's calendar, by the settings."""

from __future__ import annotations

from datetime import UTC, datetime

from ...auth.clock import Clock
from ...config.settings import Settings
from ...criteria.calendar import Calendar, zone_named


def calendar_of(settings: Settings, clock: Clock) -> Calendar:
    return Calendar(
        week_starts={"monday": 0, "saturday": 5, "sunday": 6}[settings.week_start],
        fiscal_month=settings.fiscal_year_start,
        zone=zone_named(settings.time_zone),
        clock=lambda: datetime.fromtimestamp(clock.wall(), UTC),
    )
