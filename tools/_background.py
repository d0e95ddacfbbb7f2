"""Questions that only read: answered in their call where that takes seconds, else by a job that goes on with what was begun."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import anyio

from ..server.errors import FilemakerMcpError
from ..server.text.plain_parts import Name
from ..server.text.sentence import marked, say
from . import jobs
from ._call import Answer, Call

if TYPE_CHECKING:
    from ..server.jobs.job import Finished, JobKind, Report

DOING = {
    "summary": marked("Summarizing records of %(layout)s"),
    "export": marked("Exporting records of %(layout)s"),
    "plan": marked("Planning a change of %(layout)s"),
}


@dataclass(frozen=True)
class BackgroundQuestion:
    """What is asked; the same question asked again while it is worked on is the same job."""

    kind: JobKind
    layout: str
    said: tuple[object, ...]
    """The arguments that make it this question."""

    @property
    def heading(self) -> str:
        return say(DOING[self.kind], layout=Name(self.layout))

    @cached_property
    def fingerprint(self) -> str:
        asked = json.dumps([self.kind, self.layout, self.said], sort_keys=True, default=str)
        return hashlib.sha256(asked.encode()).hexdigest()


@dataclass
class _Ear:
    """Hears how far the work is, first for the call and later for the job."""

    report: Report | None

    async def hear(self, done: int, total: int | None, message: str) -> None:
        if self.report is not None:
            await self.report(done, total, message)


async def answered(
    call: Call,
    question: BackgroundQuestion,
    work: Callable[[Report], Awaitable[Answer]],
    *,
    kept: Callable[[Answer], Answer] = lambda answer: answer,
) -> Answer:
    """What `work` answers, if that comes within seconds; else the job, which keeps what `kept` makes of it. A client that
    cancels the call stops the work."""
    from ..server.changes.unhurried import Pace
    from ..server.jobs.job import Finished, JobState, Task

    pace = Pace()
    earlier = call.jobs.runs.under_way(call.caller, question.fingerprint)
    await pace.turn()
    if earlier is not None:
        return await jobs.told(call, await call.jobs.wait(earlier, jobs.PATIENCE_SECONDS, call.progress))
    ear = _Ear(call.progress)
    running = asyncio.ensure_future(work(ear.hear))
    try:
        await asyncio.wait({running}, timeout=jobs.PATIENCE_SECONDS)
    except asyncio.CancelledError:
        await _ended(running)
        raise
    if running.done():
        return running.result()
    ear.report = None

    async def rest(report: Report) -> Finished:
        ear.report = report
        try:
            await asyncio.wait({running})
        except asyncio.CancelledError:
            await _ended(running)
            raise
        return Finished(JobState.DONE, kept(running.result()))

    task = Task(
        question.kind, question.layout, question.heading, call.caller, question.fingerprint, rest, False
    )
    try:
        job, is_earlier = await call.jobs.start(task)
    except FilemakerMcpError:  # too many of them already
        await _ended(running)
        raise
    if is_earlier:  # another process, or one that ended unheard a moment ago
        await _ended(running)
    return await jobs.told(call, job)


async def _ended(running: asyncio.Future[Answer]) -> None:
    """Stops it, and waits until it has let go of its sessions and files."""
    running.cancel()
    with anyio.CancelScope(shield=True):
        await asyncio.wait({running})
