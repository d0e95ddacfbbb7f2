"""Work that outlasts a call: begun at most once, bounded, waited for, stopped, and never guessed about."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace

import anyio

from ..caller import Caller
from ..errors import FilemakerMcpError, LimitReached, OutcomeUnknown, StateAway
from .job import Finished, Job, JobKind, JobState, Report, Task
from .job_end import broken_off, defect
from .job_row import OUTSIDERS
from .job_store import Docket

log = logging.getLogger("filemaker_mcp")

ENDED = "The server was told to end while it ran"
STOPPED = "It was stopped"
GUESSED_SECONDS = 15.0
"""What a job is taken to last while none like it has ended yet."""
TELLING_SECONDS = 0.2
"""Between what other processes are told of how far a job is, and between looks whether they want it to stop."""
LOOK_SECONDS = 1.0
"""Between looks at a job of another process."""
GRACE_SECONDS = 1.0
"""At the end of input: how long what was broken off may take to write down what it is."""
RESTING_SECONDS = 5.0
"""How long work of many pieces that is stopped may take to finish the piece it is at, so that its outcome is known."""
IN_PIECES = frozenset({JobKind.CHANGE, JobKind.RUNBOOK})


@dataclass(frozen=True, slots=True)
class _Running:
    task: Task
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
    ) -> None:
        """`outsiders` gives the fields whose text, written by outsiders, has been read by now; `may_run`, whether a script is
        open."""
        self._outsiders = outsiders
        self._may_run = may_run
        self._docket = docket
        self.now = now
        self._sleep = sleep
        self._at_once = max(1, at_once)
        self._queue = queue
        self._room = asyncio.Semaphore(self._at_once)
        self._running: dict[str, _Running] = {}
        self._changed: dict[str, anyio.Event] = {}
        self._live: dict[str, Job] = {}
        """Those of this process that are not over, as they are."""
        self._unwritten: dict[str, tuple[Job, Finished]] = {}
        self._stopping: set[asyncio.Task[None]] = set()
        self._why = STOPPED

    async def start(self, task: Task, *, repeat: bool = False) -> tuple[Job, bool]:
        """The new job; or the earlier one that answers the same question, and True. Raises LimitReached when the queue is full."""
        await self._write_ends()
        job, is_earlier = await self._docket.enter(task, self.now(), repeat=repeat)
        if is_earlier:
            return job, True
        # From here to its task nothing is awaited: what is written down as begun is begun, also when the call was cancelled.
        waiting = len(self._running) - self._at_once
        if waiting >= self._queue:
            await self._docket.end(job, broken_off(job, "The queue was full"), self.now())
            usual = await self._docket.usual_seconds(task) or GUESSED_SECONDS
            raise LimitReached(
                f"Busy: {waiting} jobs wait already",
                retry_after=usual * (waiting + 1) / self._at_once,
                advice="check_job lists them.",
            )
        scope = anyio.CancelScope()
        self._changed[job.id] = anyio.Event()
        self._live[job.id] = job
        self._running[job.id] = _Running(task, asyncio.create_task(self._run(job, task, scope)), scope)
        return job, False

    @property
    def is_at_work(self) -> bool:
        """Whether a job of this process is not over."""
        return bool(self._running)

    def is_queued(self, job: Job) -> bool:
        """Whether it waits for others; one that was begun a moment ago is written down as waiting, too."""
        return job.state is JobState.WAITING and (job.id not in self._running or self._room.locked())

    def under_way(self, caller: Caller, fingerprint: str) -> str | None:
        """The job of this process that is at the same question just now."""
        running = ((name, each.task) for name, each in self._running.items())
        wanted = (caller, fingerprint)
        return next((name for name, task in running if (task.caller, task.fingerprint) == wanted), None)

    async def job(self, name: str, caller: Caller) -> Job:
        """Raises NameUnknown."""
        await self._write_ends()
        await self._docket.sweep(self.now())
        return await self._docket.job(name, caller)

    async def recent(self, caller: Caller, limit: int = 10) -> list[Job]:
        await self._write_ends()
        await self._docket.sweep(self.now())
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
        changed = self._changed.get(name)  # before the look: what happens in between is not missed
        job = await self._as_it_is(name)
        late = anyio.Event()
        clock = asyncio.create_task(self._ring(late, seconds))
        try:
            text = (job.done, job.message)
            while not job.state.is_over and not late.is_set() and name not in self._unwritten:
                await self._until_something_happens(changed, late)
                changed = self._changed.get(name)
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
        if job.id not in self._running:  # another process has it, and hears of it when it next reports
            return
        scope = self._running[job.id].scope
        if job.state is JobState.RUNNING and job.kind in IN_PIECES:
            late = asyncio.create_task(self._cancelled_later(scope))
            self._stopping.add(late)
            late.add_done_callback(self._stopping.discard)
        else:
            scope.cancel()

    async def close(self) -> None:
        """End of input: what waits is cancelled, what runs is broken off and written down as what it then is."""
        self._why = ENDED
        for late in self._stopping:
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

    async def _run(self, job: Job, task: Task, scope: anyio.CancelScope) -> None:
        finished: Finished | None = None
        try:
            with scope:
                async with self._room:
                    begun = self.now()
                    if await self._docket.begin(job.id, begun):
                        self._live[job.id] = replace(job, state=JobState.RUNNING, begun=begun)
                        self._announce(job.id)
                        finished = await self._worked(job, task, scope)
        finally:
            with anyio.CancelScope(shield=True):
                await self._over(job, finished)

    async def _over(self, job: Job, finished: Finished | None) -> None:
        try:
            finished = finished or broken_off(await self._as_it_was(job), self._why)
            try:
                await self._docket.end(job, finished, self.now())
            except StateAway as error:
                log.error("the end of %s could not be written down yet: %s", job.id, error.what)
                self._unwritten[job.id] = (job, finished)
        finally:
            self._running.pop(job.id, None)
            self._live.pop(job.id, None)
            self._announce(job.id)
            self._changed.pop(job.id, None)

    async def _as_it_is(self, name: str) -> Job:
        return self._live[name] if name in self._live else await self._docket.job(name)

    async def _as_it_was(self, job: Job) -> Job:
        try:
            return await self._docket.job(job.id)
        except StateAway:  # it may have begun
            return replace(job, state=JobState.RUNNING)

    async def _worked(self, job: Job, task: Task, scope: anyio.CancelScope) -> Finished:
        written = self.now()

        async def report(done: int, total: int | None, message: str) -> None:
            nonlocal written
            self._live[job.id] = replace(self._live[job.id], done=done, total=total, message=message)
            if not written <= self.now() < written + TELLING_SECONDS:
                written = self.now()
                if not await self._docket.progress(job.id, done, total, message):
                    scope.cancel()  # an exception of our own would come out of the work's task groups as another one
            self._announce(job.id)
            await anyio.lowlevel.checkpoint()

        try:
            finished = await task.work(report)
        except OutcomeUnknown as error:
            # What a plan did is in its own books: asked again, it is looked at there.
            finished = Finished(JobState.UNKNOWN, {"said": str(error)}, nothing_ran=bool(task.plan))
        except FilemakerMcpError as error:
            finished = Finished(JobState.REFUSED, {"said": str(error)}, nothing_ran=True)
        except Exception as error:  # noqa: BLE001 -- a defect of ours must not leave a job that never ends
            finished = defect(error, task)
        read = sorted(self._outsiders())
        return replace(finished, facts={**finished.facts, OUTSIDERS: read})

    async def _write_ends(self) -> None:
        """What has ended is written down; later, while our own records cannot be reached."""
        for name, (job, finished) in list(self._unwritten.items()):
            try:
                await self._docket.end(job, finished, self.now())
            except StateAway:
                return
            self._unwritten.pop(name, None)

    def _announce(self, name: str) -> None:
        event = self._changed.get(name)
        if event is not None:
            self._changed[name] = anyio.Event()
            event.set()

    async def _until_something_happens(self, event: anyio.Event | None, late: anyio.Event) -> None:
        if event is None:  # another process runs it
            await self._docket.sweep(self.now())
            event = anyio.Event()
            signs = [late.wait(), self._ring(event, LOOK_SECONDS)]
        else:
            signs = [late.wait(), event.wait()]
        tasks = [asyncio.ensure_future(sign) for sign in signs]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

    async def _ring(self, event: anyio.Event, seconds: float) -> None:
        await self._sleep(seconds)
        event.set()

    async def _cancelled_later(self, scope: anyio.CancelScope) -> None:
        await self._sleep(RESTING_SECONDS)
        scope.cancel()
