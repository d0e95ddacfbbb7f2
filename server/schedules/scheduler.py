"""Looks at the clock and orders what is due: once over all processes, never twice, and never made up for later."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..caller import Caller
from ..changes.plans.plan import Who
from ..jobs.job import Job, JobKind, Order, OrderKind, Task
from ..jobs.job_answer import moment
from ..jobs.job_desk import Jobs
from ..text.plain_parts import Name
from ..text.sentence import say
from .schedule import Schedule
from .schedule_store import ScheduleStore

LATE_SECONDS = 600.0
"""A time that is longer ago was missed."""
CORRECTED_SECONDS = 3 * 3600.0
"""A clock that is put back by more than this was wrong before, as Debian's cron takes it: times up to what it said are not waited for."""
KEPT_SECONDS = 24 * 3600.0
NOBODY = "nobody carried the schedule at that time"
STILL = "the run before was not over"
STOPPED = "the owner had stopped it"


class Scheduler:
    """The schedules of one database, in one process."""

    def __init__(
        self,
        schedule: Schedule,
        store: ScheduleStore,
        jobs: Jobs,
        account: str,
        *,
        now: Callable[[], float],
        tell: Callable[[str], None],
    ) -> None:
        """`tell` hears in one line what is begun and what was missed."""
        self._schedule = schedule
        self._store = store
        self._jobs = jobs
        self._who = Who(Caller(schedule.caller, account), "filemaker-mcp schedule")
        self._now = now
        self._tell = tell

    async def look(self, *, is_stopped: bool = False) -> Job | None:
        """Orders what is due; the job, unless another process was first. Nothing is ordered and nothing gone on with while it is
        stopped. Raises FilemakerMcpError."""
        now, name = self._now(), self._schedule.name
        position = await self._store.position(name)
        if position is None:
            await self._store.begin(name, now)
            return None
        if position.handled > now + CORRECTED_SECONDS:
            if await self._store.begin_anew(name, position.handled, now):
                self._tell(
                    f"{name}: the clock was put back from {moment(position.handled)}; it counts from now on"
                )
            return None
        times = self._schedule.due(position.handled, now)
        if is_stopped:
            await self._miss(times, STOPPED)
            return None
        late = [at for at in times if at < now - LATE_SECONDS]
        await self._miss(late, NOBODY)
        times = times[len(late) :]
        if not times:
            return None
        if await self._is_under_way(times[-1]):
            await self._miss(times, STILL)
            return None
        await self._miss(times[:-1], NOBODY)
        job, is_earlier = await self._jobs.start(self._task(times[-1]))
        await self._store.handled(name, times[-1])
        if is_earlier:
            return None
        self._tell(f"{name}: begun for {moment(times[-1])}, as {job.id}")
        return job

    async def _is_under_way(self, due: float) -> bool:
        """A job of an earlier time; one of the time that is due now is not counted, since it is the same."""
        recent = await self._jobs.recent(self._who.caller)
        under_way = [job for job in recent if not job.state.is_over]
        return any(job.order is None or job.order.due != due for job in under_way)

    async def _miss(self, times: Sequence[float], why: str) -> None:
        if times and await self._store.miss(self._schedule.name, times, self._who, why):
            which = (
                f"{len(times)} times up to {moment(times[-1])} were"
                if len(times) > 1
                else f"{moment(times[0])} was"
            )
            self._tell(f"{self._schedule.name}: {which} missed, since {why}; it is not made up for")

    def _task(self, due: float) -> Task:
        name = self._schedule.name
        what = self._schedule.runbook or self._schedule.script
        return Task(
            kind=JobKind.RUNBOOK if self._schedule.runbook else JobKind.SCRIPT,
            subject=what,
            heading=say(
                "%(what)s, as the schedule %(schedule)s has it for %(moment)s",
                what=Name(what),
                schedule=Name(name),
                moment=moment(due),
            ),
            caller=self._who.caller,
            fingerprint=f"schedule {name} {due}",
            work=Order(OrderKind.SCHEDULE, name, self._who.client, due=due),
            changes_things=True,
            answers_again=KEPT_SECONDS,
        )
