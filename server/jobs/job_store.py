"""Jobs in the state file: what was asked, how far it is, how it ended. Shared by processes, and it outlives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import anyio

from ..caller import Caller
from ..errors import NameUnknown
from ..local.state.state import Row, State, Transaction
from ..text.kept_sentences import kept
from ..text.readable_id import random_letters, word_of
from .job import Finished, Job, JobKind, JobState, Order, Task
from .job_row import WITHOUT_FACTS, JobRows, caller_of

KEPT_SECONDS = 24 * 3600.0
"""How long results are kept."""


class Docket:
    """The jobs of one database."""

    def __init__(self, state: State, database: str, rows: JobRows, seen: str = "") -> None:
        """`seen` is what decides now what is shown, as a digest."""
        self.seen = seen
        self._state = state
        self._database = database
        self._rows = rows

    @property
    def runner(self) -> str:
        return self._state.runner

    async def enter(
        self, task: Task, now: float, *, repeat: bool = False, at_once: bool = False
    ) -> tuple[Job, bool]:
        """A new job that waits, or runs `at_once`; or, unless it is to be repeated, the earlier one that answers the same question,
        and True. One transaction: two processes that ask at once get one job. Once work on a plan is over, the plan's own books
        answer: they know what was taken back since."""
        async with self._state.writing(self._database) as transaction:
            name, fingerprint = _new_id(task), self._rows.keyed(task.fingerprint)
            earlier, others = await transaction.several(
                (
                    "SELECT * FROM job WHERE database = ? AND fingerprint = ? AND caller = ? AND account = ? AND (state IN"
                    " ('waiting', 'running', 'unknown') OR (state IN ('done', 'refused') AND (told = 0 AND plan = '' OR ended >= ?)))"
                    " ORDER BY asked DESC, seq DESC LIMIT 1",
                    (self._database, fingerprint, task.caller.id, task.caller.account, now - task.answers_again),
                ),
                ("SELECT 1 FROM job WHERE id = ?", (name,)),
            )  # fmt: skip
            if repeat or not earlier:
                return await self._entered(transaction, task, now, name, others, at_once), False
        return await self._rows.job_beside(earlier[0]), True

    async def _entered(
        self,
        transaction: Transaction,
        task: Task,
        now: float,
        name: str,
        others: Sequence[Row],
        at_once: bool,
    ) -> Job:
        """Under that name, or another one where `others` have it."""
        while others:
            name = _new_id(task)
            others = await transaction.rows("SELECT 1 FROM job WHERE id = ?", name)
        order = task.work if isinstance(task.work, Order) else None
        state, begun = (JobState.RUNNING, now) if at_once else (JobState.WAITING, None)
        job = Job(
            name, self._database, task.caller, task.kind, task.subject, task.heading, self._rows.keyed(task.fingerprint),
            state, self._state.runner, task.changes_things, task.plan, now, begun, None, 0, None, "",
            {}, self.seen, order=order,
        )  # fmt: skip
        transaction.put(
            "INSERT INTO job (id, database, caller, account, kind, subject, heading, fingerprint, state, runner,"
            " changes_things, plan, asked, begun, seen, box, seq) VALUES (?, ?, ?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?, ?, ?,"
            " (SELECT COALESCE(MAX(seq), 0) + 1 FROM job))",
            job.id, job.database, task.caller.id, task.caller.account, task.kind.value, job.subject,
            job.fingerprint, state.value, job.runner, int(job.changes_things), job.plan, now, begun, self.seen,
            self._rows.about(job.id, task.caller.id, job.heading, order),
        )  # fmt: skip
        return job

    async def job(self, name: str, caller: Caller | None = None) -> Job:
        """Raises NameUnknown; another caller's job is none."""
        row = await self._state.row("SELECT * FROM job WHERE id = ? AND database = ?", name, self._database)
        if row is None or (caller is not None and caller_of(row) != caller):
            raise NameUnknown("job", name, advice="check_job without a job lists them.")
        return await self._rows.job_beside(row)

    async def recent(self, caller: Caller, limit: int) -> list[Job]:
        """The latest first, without what they came to."""
        rows = await self._state.rows(
            f"SELECT {WITHOUT_FACTS} FROM job WHERE database = ? AND caller = ? AND account = ? ORDER BY asked DESC, seq DESC LIMIT ?",
            self._database, caller.id, caller.account, limit,
        )  # fmt: skip
        return self._rows.readable(rows)

    async def latest(self, kind: JobKind, subject: str) -> Job | None:
        row = await self._state.row(
            "SELECT * FROM job WHERE database = ? AND kind = ? AND subject = ? ORDER BY asked DESC, seq DESC LIMIT 1",
            self._database, kind.value, subject,
        )  # fmt: skip
        return None if row is None else await self._rows.job_beside(row)

    async def begin(self, job: Job, now: float) -> bool:
        """It leaves the queue, which is written down before anything is sent. False when it was stopped meanwhile, perhaps by
        another process, or taken over by one."""
        async with self._state.writing(self._database) as transaction:
            begun = await transaction.execute(
                "UPDATE job SET state = 'running', begun = ? WHERE id = ? AND runner = ? AND state = 'waiting' AND stop_asked = 0",
                now, job.id, job.runner,
            )  # fmt: skip
        return begun == 1

    async def progress(self, job: Job, done: int, total: int | None, message: str) -> bool:
        """Whether it is to go on: False once somebody, perhaps in another process, asked it to stop or took it over."""
        async with self._state.writing(self._database) as transaction:
            row = await transaction.row(
                "UPDATE job SET done = ?, total = ?, message = ? WHERE id = ? AND runner = ? RETURNING stop_asked",
                done, total, kept(message), job.id, job.runner,
            )  # fmt: skip
        return row is not None and not row["stop_asked"]

    async def ask_to_stop(self, name: str) -> None:
        async with self._state.writing(self._database) as transaction:
            transaction.put("UPDATE job SET stop_asked = 1 WHERE id = ?", name)

    async def end(self, job: Job, finished: Finished, now: float) -> None:
        """Written once, by whoever has it in hand: what ended stays as it ended."""
        fingerprint = "" if finished.nothing_ran else job.fingerprint
        with anyio.CancelScope(shield=True):
            box = await self._rows.facts_beside(
                job.id, job.caller.id, finished.facts
            )  # long ones keep nobody else from writing
            async with self._state.writing(self._database) as transaction:
                transaction.put(
                    "UPDATE job SET state = ?, ended = ?, facts_box = ?, fingerprint = ?"
                    " WHERE id = ? AND runner = ? AND state IN ('waiting', 'running')",
                    finished.state.value, now, box, fingerprint, job.id, job.runner,
                )  # fmt: skip

    async def told(self, name: str) -> None:
        """Its end was answered to the caller."""
        async with self._state.writing(self._database) as transaction:
            transaction.put("UPDATE job SET told = 1 WHERE id = ?", name)

    async def usual_seconds(self, task: Task) -> float | None:
        """How long the last jobs like it took, on average; None where there were none."""
        row = await self._state.row(
            "SELECT AVG(ended - begun) AS took FROM (SELECT ended, begun FROM job WHERE database = ? AND kind = ?"
            " AND subject = ? AND state = 'done' ORDER BY asked DESC LIMIT 5) AS latest",
            self._database, task.kind.value, task.subject,
        )  # fmt: skip
        return None if row is None or row["took"] is None else float(row["took"])

    async def under_way(self, now: float) -> tuple[list[Job], list[Job]]:
        """Those of processes that live, and those whose process ended without a word. Results that are too old go."""
        old = "FROM job WHERE database = ? AND ended < ?"
        values = (self._database, now - KEPT_SECONDS)
        rows, too_old = await self._state.several(
            (
                f"SELECT {WITHOUT_FACTS} FROM job WHERE database = ? AND state IN ('waiting', 'running')",
                (self._database,),
            ),
            (f"SELECT 1 {old} LIMIT 1", values),
        )
        alive: dict[str, bool] = {}
        for runner in {str(row["runner"]) for row in rows}:
            alive[runner] = await self._state.is_alive(runner)
        if too_old:
            async with self._state.writing(self._database) as transaction:
                transaction.put(f"DELETE {old}", *values)
        jobs = self._rows.readable(rows)
        return [job for job in jobs if alive[job.runner]], [job for job in jobs if not alive[job.runner]]

    async def adopt(self, job: Job) -> Job | None:
        """The job, in the queue of this process from now on. None where another process was first, or it ended."""
        async with self._state.writing(self._database) as transaction:
            adopted = await transaction.execute(
                "UPDATE job SET runner = ?, state = 'waiting', begun = NULL"
                " WHERE id = ? AND runner = ? AND state IN ('waiting', 'running') AND stop_asked = 0",
                self._state.runner, job.id, job.runner,
            )  # fmt: skip
        waiting = replace(job, runner=self._state.runner, state=JobState.WAITING, begun=None)
        return waiting if adopted == 1 else None


def _new_id(task: Task) -> str:
    """Readable, since a person may have to name it: `script-Month-report-k7f3`."""
    return f"{task.kind.value}-{word_of(task.subject, task.kind.value)}-{random_letters(4)}"
