"""Carries the owner's schedules: looks at the clock, and goes on with what a process that ended had begun."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from ...authorization.grants.revocations import Revocations, Revoked
from ...callers.halts import Halts
from ...errors import FilemakerMcpError
from ...jobs.job import Job
from ...schedules.schedule import Schedule
from ...schedules.schedule_store import ScheduleStore
from ...schedules.scheduler import Scheduler
from ...text.near_names import folded
from ...text.unexpected_errors import said_of
from ..app import application_for
from ..open_workspaces import OpenWorkspaces
from ..seat import Seat
from ..shared_parts import SharedParts
from .owner_schedules import schedules_of
from .takeover import Takeover

log = logging.getLogger("filemaker_mcp")

LOOK_SECONDS = 4.0
"""At most, between looks at the clock: a machine that slept is noticed by them, and within five seconds what the owner has stopped."""


@dataclass
class CarriedSchedule:
    schedule: Schedule
    database: str
    """As the settings call it."""
    workspaces: OpenWorkspaces
    """Of the schedule itself: no person shares its plans, jobs and marks."""
    scheduler: Scheduler
    store: ScheduleStore
    following: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])


class ScheduleService:
    def __init__(self, parts: SharedParts, tell: Callable[[str], None], *, tells_words: bool = True) -> None:
        """`tell` hears in one line what is begun, how it ended and what was missed; without `tells_words` nothing of what a script
        or a host said, which may be contents. Raises ConfigurationError."""
        self._parts = parts
        self._tell = tell
        self._tells_words = tells_words
        self._halts = Halts(lambda: parts.state, parts.clock.monotonic)
        self._revocations = Revocations(lambda: parts.state, parts.clock.wall)
        self._away: set[str] = set()
        self._stopped: set[str] = set()
        """Names of those that the owner has stopped, as was seen last."""
        self.schedules = [
            self._carried(schedule, database)
            for database, schedules in schedules_of(parts.settings).items()
            for schedule in schedules.values()
        ]

    async def run(self) -> None:
        """Until it is cancelled."""
        if not self.schedules:
            return
        takeover = Takeover(self._parts.state, self._workspaces)
        await self.look()  # what was stopped is not gone on with
        async with asyncio.TaskGroup() as group:
            group.create_task(takeover.run())
            while True:
                await self._parts.clock.sleep(self._pause())
                await self.look()

    async def look(self) -> None:
        """Orders what is due. What cannot be looked at is told once, until it can be again."""
        with suppress(FilemakerMcpError):  # each is told of it below
            await self._halts.look()
        async with asyncio.TaskGroup() as group:  # one that is slow to end keeps no other from being stopped
            for place in range(len(self.schedules)):
                group.create_task(self._look_at(place))

    async def _look_at(self, place: int) -> None:
        name = self.schedules[place].schedule.name
        try:
            await self._stop(place)
            carried = self.schedules[place]
            job = await carried.scheduler.look(is_stopped=name in self._stopped)
        except FilemakerMcpError as error:
            self._keep_away(name, str(error))
            return
        except Exception as error:  # noqa: BLE001 -- a defect in one keeps no other from being carried
            self._keep_away(name, said_of(error))
            return
        self._away.discard(name)
        if job is not None:
            carried.following = [task for task in carried.following if not task.done()]
            carried.following.append(asyncio.create_task(self._followed(carried, job)))

    def _keep_away(self, name: str, why: str) -> None:
        """Until it can be looked at again: it is told once."""
        if name not in self._away:
            self._tell(f"{name}: {why}")
        self._away.add(name)

    async def close(self) -> None:
        """What runs is handed over where several share the state, else broken off."""
        for carried in self.schedules:
            for task in carried.following:
                task.cancel()
            await carried.workspaces.close(hands_over=True)

    async def _stop(self, place: int) -> None:
        """Where the owner has stopped it nothing of it runs any more: what did ends with the record at hand, which is told by who
        followed it, and nobody goes on with it. It is opened anew when it may run again. Raises FilemakerMcpError."""
        carried = self.schedules[place]
        name = carried.schedule.name
        why = await self.why_stopped(carried)
        if why is None and name in self._stopped:
            anew = self._carried(carried.schedule, carried.database)
            self.schedules[place] = replace(anew, following=carried.following)
            self._stopped.discard(name)
        elif why is not None and name not in self._stopped:
            self._stopped.add(name)
            self._tell(f"{name}: the owner has stopped it. {why}".rstrip())
            await carried.workspaces.close(why="The owner stopped it while it ran")

    async def why_stopped(self, carried: CarriedSchedule) -> str | None:
        """In the owner's words, which may be none; None for one that is not stopped. Raises FilemakerMcpError."""
        halt = await self._halts.of(carried.schedule.caller)
        if halt is not None:
            return halt.reason
        accounts = self._parts.settings.database[carried.database].accounts
        are_ended = await self._revocations.are_any([(Revoked.ACCOUNT, folded(each)) for each in accounts])
        return "The FileMaker account by which it works was ended." if are_ended else None

    def _workspaces(self) -> Sequence[OpenWorkspaces]:
        return [each.workspaces for each in self.schedules if each.schedule.name not in self._stopped]

    def _pause(self) -> float:
        now = self._parts.clock.wall()
        times = [carried.schedule.following(now) for carried in self.schedules]
        return max(0.05, min([LOOK_SECONDS, *(at - now for at in times if at is not None)]))

    def _carried(self, schedule: Schedule, database: str) -> CarriedSchedule:
        settings = self._parts.settings
        seat = replace(Seat.of_owner(settings), caller=schedule.caller, is_unattended=True)
        workspaces = application_for(seat, self._parts).workspaces
        workspace = workspaces[database]
        changes = workspace.changes
        store = ScheduleStore(self._parts.state, changes.journal, changes.ledger.identity)
        scheduler = Scheduler(
            schedule, store, workspace.jobs, workspace.account, now=self._parts.clock.wall, tell=self._tell
        )
        return CarriedSchedule(schedule, database, workspaces, scheduler, store)

    async def _followed(self, carried: CarriedSchedule, job: Job) -> None:
        """Until it has ended, which is told."""
        jobs = carried.workspaces[carried.database].jobs
        try:
            while not (job := await jobs.wait(job.id, 60.0)).state.is_over:
                if job.id in jobs.runs.ends:  # its end waits for our own records
                    await self._parts.clock.sleep(LOOK_SECONDS)
                    await jobs.runs.ends.write_left()
        except FilemakerMcpError as error:
            log.warning("what became of %s is not known here: %s", job.id, error.what)
            return
        said = job.facts.get("summary") or job.facts.get("said") or ""
        state = job.facts.get("state", job.state.value)
        self._tell(f"{carried.schedule.name}: {state}. {said if self._tells_words else job.id}".rstrip())
