"""The owner's schedules, by database."""

from __future__ import annotations

from collections.abc import Mapping

from ...config.schedule_settings import ScheduleSettings
from ...config.settings import Settings
from ...criteria.calendar import zone_named
from ...errors import ConfigurationError
from ...schedules.schedule import Schedule
from ...text.near_names import folded
from ..declared_scripts import runbooks_of


def schedules_of(settings: Settings) -> Mapping[str, Mapping[str, Schedule]]:
    """By database and name. Raises ConfigurationError for one that names what is not there."""
    found: dict[str, dict[str, Schedule]] = {name: {} for name in settings.database}
    for name, each in settings.schedule.items():
        database = (
            _runbooks_place(name, each, settings) if each.runbook else _scripts_place(name, each, settings)
        )
        found[database][name] = Schedule(
            name,
            each.cron,
            zone_named(each.time_zone or settings.time_zone),
            each.runbook or "",
            each.script or "",
            each.parameter,
            each.layout,
        )
    return found


def _runbooks_place(name: str, schedule: ScheduleSettings, settings: Settings) -> str:
    books = runbooks_of(settings)
    places = [place for place, names in books.items() if schedule.runbook in names]
    if not places:
        known = sorted(book for names in books.values() for book in names)
        raise ConfigurationError(
            f"The schedule {name!r} names the runbook {schedule.runbook!r}, which is not there",
            advice=f"There is {', '.join(known)}." if known else "`runbooks` names the folder of runbooks.",
        )
    return places[0]


def _scripts_place(name: str, schedule: ScheduleSettings, settings: Settings) -> str:
    places = list(settings.database)
    if schedule.database is None and len(places) > 1:
        raise ConfigurationError(
            f"The schedule {name!r} names no database, and several are configured",
            advice=f"Add database = one of {', '.join(places)}.",
        )
    place = schedule.database or places[0]
    if place not in settings.database:
        raise ConfigurationError(
            f"The schedule {name!r} names the database {place!r}, which is not configured",
            advice=f"There is {', '.join(places)}.",
        )
    scripts = settings.database[place].scripts
    if folded(schedule.script or "") not in map(folded, scripts):
        raise ConfigurationError(
            f"The schedule {name!r} names the script {schedule.script!r}, which is not among the scripts of {place!r}",
            advice="List it there, with its effect; a schedule runs nothing else.",
        )
    return place
