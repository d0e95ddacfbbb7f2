"""The jobs that this process carries out: so many at once, each to an end that is written down."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

import anyio

from ..caller import Caller
from ..errors import FilemakerMcpError, StateAway, Unrecorded
from .job import Finished, Job, JobKind, JobState, Work
from .job_end import broken_off, defect, refused
from .job_row import OUTSIDERS
from .job_signals import JobSignals
from .job_store import Docket
from .told_waits import hear_waits
from .unwritten_ends import UnwrittenEnds

ENDED = "The server was told to end while it ran"
STOPPED = "It was stopped"
TELLING_SECONDS = 0.2
"""Between what other processes are told of how far a job is, and between looks whether they want it to stop."""
GRACE_SECONDS = 1.0  # at the end of input, for what was broken off to write down what it is
RESTING_SECONDS = 5.0  # for work of many pieces that is stopped to finish the piece it is at
IN_PIECES = frozenset({JobKind.CHANGE, JobKind.RUNBOOK})


@dataclass(frozen=True, slots=True)
class _Running:
    job: Job
    work: asyncio.Task[None]
    scope: anyio.CancelScope


class JobRuns:
    """Those of one database."""

    def __init__(
        self,
        docket: Docket,
        *,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        at_once: int,
        outsiders: Callable[[], Iterable[str]] = tuple,
        adopts: Callable[[Job], bool] = lambda job: False,
        of_process: set[str],
    ) -> None:
        """`outsiders` gives the fields of outsiders whose text has been read; `adopts`, whether this process goes on with an
        order of one that ended. `of_process`: the ids of all jobs under way in this process, which its desks share."""
        self._docket = docket
        self._now = now
        self._sleep = sleep
        self._outsiders = outsiders
        self._adopts = adopts
        self.of_process = of_process
        self.at_once = max(1, at_once)
        self._room = asyncio.Semaphore(self.at_once)
        self._running: dict[str, _Running] = {}
        self._live: dict[str, Job] = {}
        """Those that are not over, as they are."""
        self._stopping: dict[str, asyncio.Task[None]] = {}
        """What ends those that are to stop, unless they report before."""
        self._why, self._is_closed, self._hands_over = STOPPED, False, False
        self.signals = JobSignals(sleep)
        self.ends = UnwrittenEnds(docket, now)

    def __len__(self) -> int:
        """How many are not over."""
        return len(self._running)

    async def take_room(self) -> bool:
        """Whether a job may run at once; then `begin` it, or `leave_room`."""
        return not self._room.locked() and await self._room.acquire()

    def leave_room(self) -> None:
        self._room.release()

    def begin(self, job: Job, work: Work) -> None:
        """One that runs already has its room. What comes while this is closed ends as what is under way then."""
        scope = anyio.CancelScope()
        if self._is_closed:
            scope.cancel()
        self.signals.open(job.id)
        self._live[job.id] = job
        self.of_process.add(job.id)
        self._running[job.id] = _Running(job, asyncio.create_task(self._run(job, work, scope)), scope)

    def is_queued(self, job: Job) -> bool:
        """Whether it waits for others; one that was begun a moment ago is written down as waiting, too."""
        return job.state is JobState.WAITING and (job.id not in self._running or self._room.locked())

    def under_way(self, caller: Caller, fingerprint: str) -> str | None:
        """The job of this process that is at the same question just now."""
        jobs = [each.job for each in self._running.values()]
        return next((job.id for job in jobs if (job.caller, job.fingerprint) == (caller, fingerprint)), None)

    def goes_on(self, job: Job) -> bool:
        """Whether it is taken up again where it was left: when its process ended, or our own records were away."""
        is_wanted = not job.stop_asked and (not self._is_closed or self._hands_over)
        return job.order is not None and is_wanted and self._adopts(job)

    def rest(self, job: Job) -> None:
        """Ends a job of this process; another process hears of it when it next reports or looks."""
        if job.id not in self._running:
            return
        scope = self._running[job.id].scope
        if job.state is JobState.RUNNING and job.kind in IN_PIECES:
            if job.id not in self._stopping:
                self._stopping[job.id] = asyncio.create_task(self._cancelled_later(scope))
        else:
            scope.cancel()

    async def close(self, *, hands_over: bool = False, why: str = "") -> None:
        """What waits is cancelled, what runs is broken off and written down as what it then is; with `hands_over` another
        process goes on with what may be gone on with. `why`, in a sentence without its end, where the server itself goes on."""
        self._why, self._is_closed, self._hands_over = why or ENDED, True, hands_over
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
                if job.state is JobState.WAITING:
                    await self._room.acquire()
                try:
                    if job.state is JobState.RUNNING or await self._begun(job):
                        finished = await self._worked(job, work, scope)
                finally:
                    self._room.release()
        finally:
            with anyio.CancelScope(shield=True):
                await self._over(job, finished)

    async def _begun(self, job: Job) -> bool:
        begun = self._now()
        if not await self._docket.begin(job, begun):
            return False
        self._live[job.id] = replace(job, state=JobState.RUNNING, begun=begun)
        self.signals.announce(job.id)
        return True

    async def _over(self, job: Job, finished: Finished | None) -> None:
        try:
            if finished is None:
                was = await self._as_it_was(job)
                finished = None if self.goes_on(was) else broken_off(was, self._why)
            if finished is not None:
                await self.ends.write(job, finished)
        finally:
            for each in (self._running, self._live, self._stopping):
                each.pop(job.id, None)
            self.of_process.discard(job.id)
            self.signals.close(job.id)

    async def as_it_is(self, name: str) -> Job:
        return self._live[name] if name in self._live else await self._docket.job(name)

    async def _as_it_was(self, job: Job) -> Job:
        try:
            return await self._docket.job(job.id)
        except StateAway:  # it may have begun
            return replace(job, state=JobState.RUNNING)

    async def _worked(self, job: Job, work: Work, scope: anyio.CancelScope) -> Finished | None:
        """None for what is gone on with later, in this process or another."""
        written = self._now()

        async def report(done: int, total: int | None, message: str) -> None:
            nonlocal written
            self._live[job.id] = replace(self._live[job.id], done=done, total=total, message=message)
            is_due = not written <= self._now() < written + TELLING_SECONDS
            written = self._now() if is_due else written
            is_told = not is_due or await self._docket.progress(job, done, total, message)
            if job.id in self._stopping or not is_told:
                scope.cancel()  # an exception of our own would come out of the work's task groups as another one
            self.signals.announce(job.id)
            await anyio.lowlevel.checkpoint()

        async def tell_wait(message: str) -> None:
            nonlocal written
            live = self._live[job.id]
            if live.message != message:  # several of its requests wait for the same
                written = 0.0  # other processes are told at once: nothing more is reported for a while
                with suppress(StateAway):
                    await report(live.done, live.total, message)

        hear_waits(tell_wait)
        try:
            finished = await work(report)
        except FilemakerMcpError as error:
            if isinstance(error, StateAway | Unrecorded) and self.goes_on(job):
                return None
            finished = refused(error, job)
        except Exception as error:  # noqa: BLE001 -- a defect of ours must not leave a job that never ends
            finished = defect(error, job)
        read = sorted(self._outsiders())
        return replace(finished, facts={**finished.facts, OUTSIDERS: read})

    async def _cancelled_later(self, scope: anyio.CancelScope) -> None:
        await self._sleep(RESTING_SECONDS)
        scope.cancel()
