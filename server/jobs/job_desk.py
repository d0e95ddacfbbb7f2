"""Work that outlasts a call: begun at most once, bounded, waited for, stopped, and never guessed about."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

import anyio

from ..caller import Caller
from ..errors import FilemakerMcpError, StateAway, Unrecorded
from .job import Carrier, Finished, Job, JobKind, JobState, Order, Report, Task, Work
from .job_end import DIED, ENTERING, broken_off, defect, queue_full, refused
from .job_row import OUTSIDERS
from .job_signals import JobSignals
from .job_store import Docket
from .unwritten_ends import UnwrittenEnds

log = logging.getLogger("filemaker_mcp")

ENDED = "The server was told to end while it ran"
STOPPED = "It was stopped"
GUESSED_SECONDS = 15.0  # what a job is taken to last while none like it has ended yet
TELLING_SECONDS = 0.2
"""Between what other processes are told of how far a job is, and between looks whether they want it to stop."""
LOOK_SECONDS = 1.0  # between looks at a job of another process
GRACE_SECONDS = 1.0  # at the end of input, for what was broken off to write down what it is
RESTING_SECONDS = 5.0  # for work of many pieces that is stopped to finish the piece it is at
IN_PIECES = frozenset({JobKind.CHANGE, JobKind.RUNBOOK})


@dataclass(frozen=True, slots=True)
class _Running:
    job: Job
    work: asyncio.Task[None]
    scope: anyio.CancelScope


class Jobs:
    """The jobs of one database in this process; those of others can be looked at and asked to stop."""

    def __init__(
        self,
        docket: Docket,
        *,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        at_once: int,
        queue: int,
        outsiders: Callable[[], Iterable[str]] = tuple,
        may_run: Callable[[str], bool] = lambda script: True,
        carry: Carrier,
        adopts: Callable[[Job], bool] = lambda job: False,
        of_process: set[str],
    ) -> None:
        """`outsiders` gives the fields of outsiders whose text has been read; `may_run`, whether a script is open; `carry`
        carries out an order; `adopts`, whether this process goes on with an order of one that ended. `of_process`: the ids
        of all jobs under way in this process, which its desks share."""
        self._of_process = of_process
        self._carry = carry
        self._adopts = adopts
        self._outsiders = outsiders
        self._may_run = may_run
        self._docket = docket
        self.now = now
        self._sleep = sleep
        self._at_once = max(1, at_once)
        self._queue = queue
        self._room = asyncio.Semaphore(self._at_once)
        self._running: dict[str, _Running] = {}
        self._signals = JobSignals(sleep)
        self._live: dict[str, Job] = {}
        """Those of this process that are not over, as they are."""
        self._ends = UnwrittenEnds(docket, now)
        self._stopping: dict[str, asyncio.Task[None]] = {}
        """What ends those that are to stop, unless they report before."""
        self._why, self._hands_over = STOPPED, False

    async def start(self, task: Task, *, repeat: bool = False) -> tuple[Job, bool]:
        """The new job; or the earlier one that answers the same question, and True. Raises LimitReached when the queue is full."""
        await self._ends.write_left()
        await self.sweep(task.caller)
        entering = f"{ENTERING}{id(task)}"
        self._of_process.add(entering)
        try:
            job, is_earlier = await self._docket.enter(task, self.now(), repeat=repeat)
        finally:
            self._of_process.discard(entering)
        if is_earlier:
            return job, True
        waiting = len(self._running) - self._at_once  # nothing is awaited from here to its task
        if waiting >= self._queue:
            await self._docket.end(job, broken_off(job, "The queue was full"), self.now())
            usual = await self._docket.usual_seconds(task) or GUESSED_SECONDS
            raise queue_full(waiting, usual * (waiting + 1) / self._at_once)
        self._go(
            job, partial(self._carry, task.work, task.caller) if isinstance(task.work, Order) else task.work
        )
        return job, False

    @property
    def is_at_work(self) -> bool:
        """Whether a job of this process is not over."""
        return bool(self._running)

    async def sweep(self, caller: Caller | None = None) -> None:
        """Jobs of processes that ended without a word: gone on with where that is for this process to do, else ended; those
        with which another may go on, only where `caller` asks. What others asked to stop here is stopped."""
        living, orphans = await self._docket.under_way(self.now())
        enters = any(
            each.startswith(ENTERING) for each in self._of_process
        )  # one of them may be here already
        for job in living:
            if job.stop_asked:
                self._rest(job)
            elif job.runner == self._docket.runner and job.id not in self._of_process and not enters:
                orphans.append(job)  # its call never heard that it was written down
        for job in orphans:
            if job.id in self._of_process:  # cut off before: it ends when it next claims something
                continue
            if job.order is not None and self._goes_on(job):
                await self._adopted(job, job.order)
            elif job.order is None or job.stop_asked or job.caller == caller:
                await self._docket.end(job, broken_off(job, STOPPED if job.stop_asked else DIED), self.now())

    def _goes_on(self, job: Job) -> bool:
        """Whether it is taken up again where it was left: when its process ended, or our own records were away."""
        is_wanted = not job.stop_asked and (self._why is not ENDED or self._hands_over)
        return job.order is not None and is_wanted and self._adopts(job)

    async def _adopted(self, job: Job, order: Order) -> None:
        adopted = await self._docket.adopt(job)
        if adopted is not None and job.id not in self._of_process:
            log.warning("going on with %s, which was left", job.id)
            self._go(adopted, partial(self._carry, order, job.caller))

    def _go(self, job: Job, work: Work) -> None:
        scope = anyio.CancelScope()
        self._signals.open(job.id)
        self._live[job.id] = job
        self._of_process.add(job.id)
        self._running[job.id] = _Running(job, asyncio.create_task(self._run(job, work, scope)), scope)

    def is_queued(self, job: Job) -> bool:
        """Whether it waits for others; one that was begun a moment ago is written down as waiting, too."""
        return job.state is JobState.WAITING and (job.id not in self._running or self._room.locked())

    def under_way(self, caller: Caller, fingerprint: str) -> str | None:
        """The job of this process that is at the same question just now."""
        jobs = [each.job for each in self._running.values()]
        return next((job.id for job in jobs if (job.caller, job.fingerprint) == (caller, fingerprint)), None)

    async def job(self, name: str, caller: Caller) -> Job:
        """Raises NameUnknown."""
        await self._ends.write_left()
        await self.sweep(caller)
        return await self._docket.job(name, caller)

    async def recent(self, caller: Caller, limit: int = 10) -> list[Job]:
        await self._ends.write_left()
        await self.sweep(caller)
        return await self._docket.recent(caller, limit)

    def is_told_whole(self, job: Job) -> bool:
        """Whether what is shown is decided as it was when the job ran, and the script that it ran is still open. Another
        database of this process may have other settings for the same file."""
        is_open = job.kind is not JobKind.SCRIPT or self._may_run(job.subject)
        return is_open and job.seen == self._docket.seen

    async def told(self, job: Job) -> None:
        """The job, as it is, goes out to its caller."""
        if job.state.is_over:
            await self._docket.told(job.id)

    async def wait(self, name: str, seconds: float, report: Report | None = None) -> Job:
        """The job when it is over, or as it is after that many seconds. `report` hears how far it is. Raises NameUnknown."""
        changed = self._signals.next_of(name)  # before the look: what happens in between is not missed
        job = await self._as_it_is(name)
        late = anyio.Event()
        clock = asyncio.create_task(self._signals.ring(late, seconds))
        try:
            text = (job.done, job.message)
            while not job.state.is_over and not late.is_set() and name not in self._ends:
                if changed is None:  # another process runs it
                    await self.sweep(job.caller)
                await self._signals.first(late, changed, LOOK_SECONDS)
                changed = self._signals.next_of(name)
                job = await self._as_it_is(name)
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
        self._rest(job)

    def _rest(self, job: Job) -> None:
        """Ends a job of this process; another process hears of it when it next reports or looks."""
        if job.id not in self._running:
            return
        scope = self._running[job.id].scope
        if job.state is JobState.RUNNING and job.kind in IN_PIECES:
            if job.id not in self._stopping:
                self._stopping[job.id] = asyncio.create_task(self._cancelled_later(scope))
        else:
            scope.cancel()

    async def close(self, *, hands_over: bool = False) -> None:
        """What waits is cancelled, what runs is broken off and written down as what it then is; with `hands_over` another
        process goes on with what may be gone on with."""
        self._why, self._hands_over = ENDED, hands_over
        for late in self._stopping.values():
            late.cancel()
        running = list(self._running.values())
        for each in running:
            each.scope.cancel()
        tasks = [each.work for each in running]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=GRACE_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, job: Job, work: Work, scope: anyio.CancelScope) -> None:
        finished: Finished | None = None
        try:
            with suppress(StateAway), scope:
                async with self._room:
                    begun = self.now()
                    if await self._docket.begin(job, begun):
                        self._live[job.id] = replace(job, state=JobState.RUNNING, begun=begun)
                        self._signals.announce(job.id)
                        finished = await self._worked(job, work, scope)
        finally:
            with anyio.CancelScope(shield=True):
                await self._over(job, finished)

    async def _over(self, job: Job, finished: Finished | None) -> None:
        try:
            if finished is None:
                was = await self._as_it_was(job)
                finished = None if self._goes_on(was) else broken_off(was, self._why)
            if finished is not None:
                await self._ends.write(job, finished)
        finally:
            for each in (self._running, self._live, self._stopping):
                each.pop(job.id, None)
            self._of_process.discard(job.id)
            self._signals.close(job.id)

    async def _as_it_is(self, name: str) -> Job:
        return self._live[name] if name in self._live else await self._docket.job(name)

    async def _as_it_was(self, job: Job) -> Job:
        try:
            return await self._docket.job(job.id)
        except StateAway:  # it may have begun
            return replace(job, state=JobState.RUNNING)

    async def _worked(self, job: Job, work: Work, scope: anyio.CancelScope) -> Finished | None:
        """None for what is gone on with later, in this process or another."""
        written = self.now()

        async def report(done: int, total: int | None, message: str) -> None:
            nonlocal written
            self._live[job.id] = replace(self._live[job.id], done=done, total=total, message=message)
            is_due = not written <= self.now() < written + TELLING_SECONDS
            written = self.now() if is_due else written
            is_told = not is_due or await self._docket.progress(job, done, total, message)
            if job.id in self._stopping or not is_told:
                scope.cancel()  # an exception of our own would come out of the work's task groups as another one
            self._signals.announce(job.id)
            await anyio.lowlevel.checkpoint()

        try:
            finished = await work(report)
        except FilemakerMcpError as error:
            if isinstance(error, StateAway | Unrecorded) and self._goes_on(job):
                return None
            finished = refused(error, job)
        except Exception as error:  # noqa: BLE001 -- a defect of ours must not leave a job that never ends
            finished = defect(error, job)
        read = sorted(self._outsiders())
        return replace(finished, facts={**finished.facts, OUTSIDERS: read})

    async def _cancelled_later(self, scope: anyio.CancelScope) -> None:
        await self._sleep(RESTING_SECONDS)
        scope.cancel()
