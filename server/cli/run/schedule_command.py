"""`filemaker-mcp schedule`: carries the schedules of the configuration until it is told to end."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import ConfigurationError
from ..event_loop import run_async
from ..terminal import say

if TYPE_CHECKING:
    from ...app.background.schedule_service import ScheduleService


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration file (TOML)")
    parser.add_argument(
        "--list", action="store_true", help="say what is scheduled and when it runs next, and end"
    )


def run(arguments: argparse.Namespace) -> int:
    return run_async(_run(arguments), arguments)


async def _run(arguments: argparse.Namespace) -> int:
    from ...app.app import shared_parts
    from ...app.background.schedule_service import ScheduleService
    from ...config.configuration import configured
    from .run_command import cancelled_by_signals

    parts = shared_parts(configured(os.environ, arguments.config))
    service = ScheduleService(parts, say)
    if not service.schedules:
        raise ConfigurationError(
            "There is no schedule in the configuration", advice="[schedule.NAME] is one; docs/schedules.md."
        )
    try:
        if arguments.list:
            await _listed(service)
            return 0
        count = len(service.schedules)
        with cancelled_by_signals(), suppress(asyncio.CancelledError):
            say(f"{count} schedule{'s' if count > 1 else ''} carried; Ctrl-C ends it.")
            await service.run()
    finally:
        await service.close()
        await parts.close()
    return 0


async def _listed(service: ScheduleService) -> None:
    from ...jobs.job_answer import moment
    from ...schedules.schedule_store import AlteredSchedule

    for carried in service.schedules:
        schedule = carried.schedule
        following = schedule.following(time.time())
        try:
            position = await carried.store.position(schedule.name)
        except AlteredSchedule as error:
            say(f"{schedule.name}: {error}", sys.stdout)
            continue
        parts = [
            f"{schedule.name}: {schedule.runbook or schedule.script} in {carried.database}, {schedule.cron}"
        ]
        parts.append("never comes" if following is None else f"next {moment(following)}")
        if position is not None and position.missed and position.missed_last is not None:
            parts.append(f"missed {position.missed}, last {moment(position.missed_last)}")
        stopped = await service.why_stopped(carried)
        if stopped is not None:
            parts.append(f"stopped by the owner{': ' if stopped else ''}{stopped}".rstrip("."))
        say(", ".join(parts), sys.stdout)
