"""Work that outlasts a call: begun at most once, bounded, waited for, stopped, and never guessed about."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import anyio

from ..defect import place_of, said_of
from ..errors import FilemakerMcpError, LimitReached, OutcomeUnknown
from .docket import Docket, broken_off
from .job import Finished, Job, JobState, Report, Task

Facts = dict[str, object]

log = logging.getLogger("filemaker_mcp")

ENDED = "The server was told to end while it ran"
STOPPED = "It was stopped"
GUESSED_SECONDS = 15.0
"""What a job is taken to last while none like it has ended yet."""
LOOK_SECONDS = 1.0
"""Between looks at a job of another process."""
GRACE_SECONDS = 1.0
"""At the end of input: how long what is under way may take to come to its next resting place."""


class Stopped(Exception):
    """Raised inside a piece of work that somebody asked to stop."""


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
    ) -> None:
        self._docket = docket
        self._now = now
        self._sleep = sleep
        self._at_once = max(1, at_once)
        self._queue = queue
        self._room = asyncio.Semaphore(self._at_once)
        self._running: dict[str, tuple[asyncio.Task[None], anyio.CancelScope]] = {}
        self._changed: dict[str, anyio.Event] = {}
        self._why = STOPPED

    def start(self, task: Task, *, repeat: bool = False) -> tuple[Job, bool]:
        """The new job; or the earlier one that answers the same question, and True. Raises LimitReached when the queue is full."""
        job, is_earlier = self._docket.enter(task, self._now(), repeat=repeat)
        if is_earlier:
            return job, True
        waiting = len(self._running) - self._at_once
        if waiting >= self._queue:
            self._docket.end(job.id, broken_off(job, "The queue was full"), self._now())
            usual = self._docket.usual_seconds(task) or GUESSED_SECONDS
            raise LimitReached(
                f"Busy: {waiting} jobs wait already",
                retry_after=usual * (waiting + 1) / self._at_once,
                advice="check_job lists them.",
            )
        scope = anyio.CancelScope()
        self._changed[job.id] = anyio.Event()
        self._running[job.id] = (asyncio.create_task(self._run(job, task, scope)), scope)
        return job, False

    def job(self, name: str, caller: str | None) -> Job:
        """Raises NameUnknown."""
        self._docket.sweep(self._now())
        return self._docket.job(name, caller)

    def recent(self, caller: str | None, limit: int = 10) -> list[Job]:
        self._docket.sweep(self._now())
        return self._docket.recent(caller, limit)

    def line(self, job: Job) -> Facts:
        """A job in a list."""
        facts: Facts = {
            "job": job.id,
            "state": job.state.value,
            "summary": job.heading,
            "asked": moment(job.asked),
        }
        if job.total:
            facts["progress"] = f"{job.done} of {job.total}"
        if job.plan:
            facts["change_id"] = job.plan
        return facts

    def running(self, job: Job) -> Facts:
        """A job that is not over, as an answer."""
        facts: Facts = {"state": "running", "job": job.id, "summary": job.heading}
        if job.state is JobState.WAITING:
            facts["waiting"] = "others come first"
        if job.total:
            facts["progress"] = f"{job.done} of {job.total}"
        facts["for_seconds"] = round(self._now() - (job.begun or job.asked))
        facts["next"] = f"check_job {job.id} waits for it. Asking again does not start it twice."
        return facts

    def ago(self, job: Job) -> str:
        seconds = round(self._now() - (job.ended or job.asked))
        since = f"{seconds} seconds" if seconds < 120 else f"{round(seconds / 60)} minutes"
        return f"This is what came of the same question {since} ago"

    def told(self, job: Job) -> None:
        """The job, as it is, goes out to its caller."""
        if job.state.is_over:
            self._docket.told(job.id)

    async def wait(self, name: str, seconds: float, report: Report | None = None) -> Job:
        """The job when it is over, or as it is after that many seconds. `report` hears how far it is."""
        job = self._docket.job(name)
        async with anyio.create_task_group() as group:
            late = anyio.Event()

            async def clock() -> None:
                await self._sleep(seconds)
                late.set()

            group.start_soon(clock)
            said = (job.done, job.message)
            while not job.state.is_over and not late.is_set():
                await self._until_something_happens(name, late)
                job = self._docket.job(name)
                if report is not None and (job.done, job.message) != said:
                    said = (job.done, job.message)
                    await report(job.done, job.total, job.message)
            group.cancel_scope.cancel()
        return job

    def stop(self, name: str, caller: str | None) -> None:
        """Takes a job out of the queue, or asks a running one to stop after what it is doing now; a script that FileMaker
        already runs goes on there, and its outcome is unknown."""
        job = self.job(name, caller)
        if job.state.is_over:
            return
        self._docket.ask_to_stop(job.id)
        if job.id in self._running:
            self._running[job.id][1].cancel()

    async def close(self) -> None:
        """End of input: what waits is cancelled, what runs is broken off and written down as what it then is."""
        self._why = ENDED
        running = list(self._running.values())
        for _, scope in running:
            scope.cancel()
        tasks = [task for task, _ in running]
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
                    if self._docket.begin(job.id, self._now()):
                        self._announce(job.id)
                        finished = await self._worked(job, task)
        finally:
            finished = finished or broken_off(self._docket.job(job.id), self._why)
            self._docket.end(job.id, finished, self._now())
            self._running.pop(job.id, None)
            self._announce(job.id)
            self._changed.pop(job.id, None)

    async def _worked(self, job: Job, task: Task) -> Finished:
        async def report(done: int, total: int | None, message: str) -> None:
            if not self._docket.progress(job.id, done, total, message):
                raise Stopped
            self._announce(job.id)

        try:
            return await task.work(report)
        except Stopped:
            return broken_off(self._docket.job(job.id), STOPPED)
        except OutcomeUnknown as error:
            return Finished(JobState.UNKNOWN, {"said": str(error)})
        except FilemakerMcpError as error:
            return Finished(JobState.REFUSED, {"said": str(error)}, nothing_ran=True)
        except Exception as error:  # noqa: BLE001 -- a defect of ours must not leave a job that never ends
            return _defect(error, task)

    def _announce(self, name: str) -> None:
        event = self._changed.get(name)
        if event is not None:
            self._changed[name] = anyio.Event()
            event.set()

    async def _until_something_happens(self, name: str, late: anyio.Event) -> None:
        event = self._changed.get(name)
        waits: list[Callable[[], Awaitable[object]]] = [late.wait]
        if event is not None:
            waits.append(event.wait)
        else:  # another process runs it
            self._docket.sweep(self._now())
            waits.append(lambda: self._sleep(LOOK_SECONDS))
        async with anyio.create_task_group() as group:

            async def first(wait: Callable[[], Awaitable[object]]) -> None:
                await wait()
                group.cancel_scope.cancel()

            for wait in waits:
                group.start_soon(first, wait)


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _defect(error: Exception, task: Task) -> Finished:
    """Says where, never what: the text of an unforeseen exception may hold anything."""
    log.error("defect in a job: %s at %s", type(error).__name__, place_of(error))
    state = JobState.UNKNOWN if task.changes_things else JobState.REFUSED
    return Finished(state, {"said": said_of(error)})
