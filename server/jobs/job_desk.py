"""Work that outlasts a call: begun at most once, bounded, waited for, stopped, and never guessed about."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

import anyio

from ..caller import Caller
from .job import Carrier, Job, JobKind, Order, Report, Task
from .job_end import ACCESS_ENDED, DIED, ENTERING, broken_off, queue_full
from .job_runs import STOPPED, JobRuns
from .job_store import Docket

log = logging.getLogger("filemaker_mcp")

GUESSED_SECONDS = 15.0  # what a job is taken to last while none like it has ended yet
LOOK_SECONDS = 1.0  # between looks at a job of another process


async def _always(grant: str) -> bool:
    return True


class Jobs:
    """The jobs of one database in this process; those of others can be looked at and asked to stop."""

    def __init__(
        self,
        docket: Docket,
        runs: JobRuns,
        *,
        now: Callable[[], float],
        queue: int,
        may_run: Callable[[str], bool] = lambda script: True,
        carry: Carrier,
        grant: Callable[[], str] = str,
        stands: Callable[[str], Awaitable[bool]] = _always,
    ) -> None:
        """`may_run`: whether a script is open; `carry` carries out an order; `grant` names that by which an order is given, and
        `stands` tells whether it is in force."""
        self._grant = grant
        self._stands = stands
        self._docket = docket
        self.runs = runs
        self.now = now
        self._queue = queue
        self._may_run = may_run
        self._carry = carry

    async def start(self, task: Task, *, repeat: bool = False) -> tuple[Job, bool]:
        """The new job; or the earlier one that answers the same question, and True. Raises LimitReached when the queue is full."""
        await self.runs.ends.write_left()
        await self.sweep(task.caller)
        if isinstance(task.work, Order):
            task = replace(task, work=replace(task.work, grant=self._grant()))
        entering = f"{ENTERING}{id(task)}"
        self.runs.of_process.add(entering)
        # Of what a plan did its own books tell, so that it may count as begun a moment before it is.
        at_once, is_earlier = bool(task.plan) and await self.runs.take_room(), True
        try:
            job, is_earlier = await self._docket.enter(task, self.now(), repeat=repeat, at_once=at_once)
        finally:
            self.runs.of_process.discard(entering)
            if at_once and is_earlier:
                self.runs.leave_room()
        if is_earlier:
            return job, True
        waiting = len(self.runs) - self.runs.at_once  # nothing is awaited from here to its task
        if waiting >= self._queue and not at_once:
            await self._docket.end(job, broken_off(job, "The queue was full"), self.now())
            usual = await self._docket.usual_seconds(task) or GUESSED_SECONDS
            raise queue_full(waiting, usual * (waiting + 1) / self.runs.at_once)
        self.runs.begin(
            job, partial(self._carry, task.work, task.caller) if isinstance(task.work, Order) else task.work
        )
        return job, False

    async def sweep(self, caller: Caller | None = None) -> None:
        """Jobs of processes that ended without a word: gone on with where that is for this process to do, else ended; those
        with which another may go on, only where `caller` asks. What others asked to stop here is stopped."""
        living, orphans = await self._docket.under_way(self.now())
        enters = any(
            each.startswith(ENTERING) for each in self.runs.of_process
        )  # one of them may be here already
        for job in living:
            if job.stop_asked:
                self.runs.rest(job)
            elif job.runner == self._docket.runner and job.id not in self.runs.of_process and not enters:
                orphans.append(job)  # its call never heard that it was written down
        for job in orphans:
            if job.id in self.runs.of_process:  # cut off before: it ends when it next claims something
                continue
            if job.order is not None and self.runs.goes_on(job):
                if await self._stands(job.order.grant):
                    await self._adopted(job, job.order)
                else:
                    await self._docket.end(job, broken_off(job, ACCESS_ENDED), self.now())
            elif job.order is None or job.stop_asked or job.caller == caller:
                await self._docket.end(job, broken_off(job, STOPPED if job.stop_asked else DIED), self.now())

    async def _adopted(self, job: Job, order: Order) -> None:
        adopted = await self._docket.adopt(job)
        if adopted is not None and job.id not in self.runs.of_process:
            log.warning("going on with %s, which was left", job.id)
            self.runs.begin(adopted, partial(self._carry, order, job.caller))

    async def job(self, name: str, caller: Caller) -> Job:
        """Raises NameUnknown."""
        await self.runs.ends.write_left()
        await self.sweep(caller)
        return await self._docket.job(name, caller)

    async def recent(self, caller: Caller, limit: int = 10) -> list[Job]:
        await self.runs.ends.write_left()
        await self.sweep(caller)
        return await self._docket.recent(caller, limit)

    def is_told_whole(self, job: Job) -> bool:
        """Whether what is shown is decided as it was when the job ran, and the script that it ran is still open. Another
        database of this process may have other settings for the same file."""
        is_open = job.kind is not JobKind.SCRIPT or self._may_run(job.subject)
        return is_open and job.seen == self._docket.seen

    async def told(self, job: Job) -> None:
        """The job, as it is, goes out to its caller."""
        if job.state.is_over and not job.plan:
            await self._docket.told(job.id)

    async def wait(self, name: str, seconds: float, report: Report | None = None) -> Job:
        """The job when it is over, or as it is after that many seconds. `report` hears how far it is. Raises NameUnknown."""
        changed = self.runs.signals.next_of(name)  # before the look: what happens in between is not missed
        job = await self.runs.as_it_is(name)
        late = anyio.Event()
        clock = asyncio.create_task(self.runs.signals.ring(late, seconds))
        try:
            text = (job.done, job.message)
            while not job.state.is_over and not late.is_set() and name not in self.runs.ends:
                if changed is None:  # another process runs it
                    await self.sweep(job.caller)
                await self.runs.signals.first(late, changed, LOOK_SECONDS)
                changed = self.runs.signals.next_of(name)
                job = await self.runs.as_it_is(name)
                if report is not None and (job.done, job.message) != text:
                    text = (job.done, job.message)
                    await report(job.done, job.total, job.message)
        finally:
            clock.cancel()
        return job

    async def stop(self, name: str, caller: Caller) -> None:
        """Takes a job out of the queue, or asks a running one to stop: work in pieces finishes the piece it is at if that
        takes seconds. A script that FileMaker already runs goes on there, and its outcome is unknown. Raises NameUnknown."""
        job = await self.job(name, caller)
        if job.state.is_over:
            return
        await self._docket.ask_to_stop(job.id)
        self.runs.rest(job)
