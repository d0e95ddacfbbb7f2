"""Carrying a runbook out from a terminal or a schedule: as a job, with its progress, to its report or to Ctrl-C."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from enum import IntEnum
from typing import TYPE_CHECKING

from ...text.facts import Facts
from ...text.plain_parts import Name
from ...text.sentence import marked, say
from ..terminal_text import beside
from .run_progress import Teller, report_lines

if TYPE_CHECKING:
    from ....tools._call import Workspace
    from ...changes.plans.plan import Plan, Who
    from ...changes.plans.progress import Progress
    from ...jobs.job import Finished, Job, Report, Task
    from ...runbooks.runbook import Runbook

STOPPING_SECONDS = 10.0
"""How long what is on its way may take to come to its end after Ctrl-C."""
AT_A_TIME_SECONDS = 3600.0
AWAY_SECONDS = 30.0
"""How long a host that is away is left in peace."""
FOR_A_PERSON = ("review", "before_review", "left_out")
"""Parts of a report that list records which need somebody."""

HEADING = marked("Running the runbook %(runbook)s")


class Status(IntEnum):
    """The command's exit status."""

    DONE = 0
    FOR_A_PERSON = 1
    BROKEN_OFF = 3
    BUSY = 4
    AWAY = 5


class BookRun:
    """One run, by whoever started it, who has agreed to it thereby."""

    def __init__(
        self, workspace: Workspace, book: Runbook, who: Who, *, as_json: bool, patience: float
    ) -> None:
        self._workspace = workspace
        self._book = book
        self._who = who
        self._as_json = as_json
        self._patience = patience
        self._teller = Teller(sys.stderr, silent=as_json)
        self._progress: Progress | None = None

    async def run(self) -> Status:
        """A host that is away is waited for as long as the patience lasts; what was done stays done, and the rest goes on."""
        end = time.monotonic() + self._patience
        while True:
            status, facts = await self._once()
            if status is not Status.AWAY or time.monotonic() + AWAY_SECONDS > end:
                return self._told(status, facts)
            await asyncio.sleep(AWAY_SECONDS)
            self._progress = None

    async def _once(self) -> tuple[Status, Facts]:
        job, is_earlier = await self._workspace.jobs.start(self._task())
        if is_earlier:
            return Status.BUSY, {"said": f"{self._book.name!r} is running already, as {job.id}."}
        job, facts = await self._followed(job)
        await self._workspace.jobs.told(job)
        if "running_already" in facts:
            return Status.BUSY, facts
        facts = {"job": job.id, **facts}
        if facts.get("host_away"):
            return Status.AWAY, facts
        if "stopped" in facts or job.state == "cancelled":
            return Status.BROKEN_OFF, facts
        person = facts["state"] != "done" or any(name in facts for name in FOR_A_PERSON)
        return (Status.FOR_A_PERSON if person else Status.DONE), facts

    def _told(self, status: Status, facts: Facts) -> Status:
        """The report, for a person or for a program."""
        if self._as_json:
            print(
                json.dumps(
                    {"runbook": self._book.name, "exit": int(status), **facts},
                    ensure_ascii=False,
                    default=str,
                )
            )
        elif status is Status.BUSY:
            sys.stderr.write(f"filemaker-mcp: {facts['said']}\n")
        else:
            for line in report_lines(facts):
                text = line.lstrip()
                print(beside(line[: len(line) - len(text)], text, sys.stdout))
        return status

    def _task(self) -> Task:
        from ...jobs.job import Finished, JobKind, JobState, Task
        from ...runbooks.batch import AWAY
        from ...runbooks.runbook_desk import RunningAlready

        async def work(report: Report) -> Finished:
            try:
                return Finished(JobState.DONE, await self._carried_out(report), nothing_ran=True)
            except RunningAlready as error:
                facts = {"said": str(error), "running_already": True}
                return Finished(JobState.REFUSED, facts, nothing_ran=True)
            except AWAY as error:
                return Finished(JobState.REFUSED, {"said": str(error), "host_away": True}, nothing_ran=True)

        return Task(
            kind=JobKind.RUNBOOK,
            subject=self._book.name,
            heading=say(HEADING, runbook=Name(self._book.name)),
            caller=self._who.caller,
            fingerprint=f"runbook {self._book.name}",
            work=work,
            changes_things=True,
        )

    async def _carried_out(self, report: Report) -> Facts:
        """The rest of a run that was broken off, else a new one."""
        books, book, who = self._workspace.runbooks, self._book, self._who
        await report(0, None, f"looking at the records of {book.layout!r}")
        self._progress = await books.unfinished(book, who)
        draft = None
        if self._progress is None:
            draft = await books.draft(book, who)
            if not draft.records:
                return {"state": "done", "runbook": book.name, "records": {}, **draft.facts}
            self._progress = await books.keep(book, draft, who)
        if not self._progress.approved_by:
            self._progress = await self._agreed(self._progress.plan)
        facts = await books.carry_out(self._progress, who, report)
        if draft is None:
            return facts | {"continued": True}
        return facts | {f"before_{n}": each for n, each in draft.facts.items() if n != "left_out"}

    async def _agreed(self, plan: Plan) -> Progress:
        from ...changes.consent.person_consent import ConsentMethod, PersonConsent

        by = "whoever started filemaker-mcp run"
        changes = self._workspace.changes
        await changes.agreements.agreed(plan, self._who, PersonConsent(by, ConsentMethod.START, 0, 0, ()))
        return await changes.known.find(self._who, plan.id)

    async def _followed(self, job: Job) -> tuple[Job, Facts]:
        """The job when it is over, and its report. Ctrl-C ends it at its next resting place; what is reported then is what
        the journal says."""
        try:
            while not job.state.is_over:
                job = await self._workspace.jobs.wait(job.id, AT_A_TIME_SECONDS, self._teller.tell)
            self._teller.end()
        except asyncio.CancelledError:
            self._teller.end()
            job, stopped = await self._stopped(job), "It was told to end"
        else:
            if "state" in job.facts or self._progress is None:
                return job, {"state": job.state.value, "runbook": self._book.name, **job.facts}
            stopped = str(job.facts.get("said", ""))
        if self._progress is None:
            return job, {"state": job.state.value, "runbook": self._book.name, **job.facts}
        books = self._workspace.runbooks
        progress = await books.settled(self._book, self._progress.plan.id, self._who)
        return job, await books.report(self._book, progress, stopped=stopped)

    async def _stopped(self, job: Job) -> Job:
        this = asyncio.current_task()
        if this is not None:
            this.uncancel()
        await self._workspace.jobs.stop(job.id, self._who.caller)
        return await self._workspace.jobs.wait(job.id, STOPPING_SECONDS)
