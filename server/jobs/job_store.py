"""Jobs in the state file: what was asked, how far it is, how it ended. Shared by processes, and it outlives them."""

from __future__ import annotations

from ..caller import Caller
from ..errors import NameUnknown
from ..local.state.state import State
from ..text.readable_id import random_letters, word_of
from .job import Finished, Job, JobKind, JobState, Task
from .job_end import broken_off
from .job_row import SEEN, facts_written, job_of

KEPT_SECONDS = 24 * 3600.0
"""How long results are kept."""
DIED = "The server ended while it ran"


class Docket:
    """The jobs of one database."""

    def __init__(self, state: State, database: str, seen: str = "") -> None:
        """`seen` is what decides now what is shown, as a digest."""
        self.seen = seen
        self._state = state
        self._database = database

    @property
    def runner(self) -> str:
        return self._state.runner

    async def enter(self, task: Task, now: float, *, repeat: bool = False) -> tuple[Job, bool]:
        """A new job that waits; or, unless it is to be repeated, the earlier one that answers the same question, and True.
        One transaction: two processes that ask at once get one job."""
        await self.sweep(now)
        async with self._state.writing(self._database) as transaction:
            name = _new_id(task)
            earlier, others = await transaction.several(
                (
                    "SELECT * FROM job WHERE database = ? AND fingerprint = ? AND caller = ? AND account = ? AND (state IN"
                    " ('waiting', 'running', 'unknown') OR (state IN ('done', 'refused') AND (told = 0 OR ended >= ?)))"
                    " ORDER BY asked DESC, seq DESC LIMIT 1",
                    (self._database, task.fingerprint, task.caller.id, task.caller.account, now - task.answers_again),
                ),
                ("SELECT 1 FROM job WHERE id = ?", (name,)),
            )  # fmt: skip
            for row in earlier:
                if not repeat:
                    return job_of(row), True
            while others:
                name = _new_id(task)
                others = await transaction.rows("SELECT 1 FROM job WHERE id = ?", name)
            job = Job(
                name, self._database, task.caller, task.kind, task.subject, task.heading, task.fingerprint,
                JobState.WAITING, self._state.runner, task.changes_things, task.plan, now, None, None, 0, None, "",
                {}, self.seen,
            )  # fmt: skip
            transaction.put(
                "INSERT INTO job (id, database, caller, account, kind, subject, heading, fingerprint, state, runner,"
                " changes_things, plan, asked, facts, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?, ?, ?,"
                " (SELECT COALESCE(MAX(seq), 0) + 1 FROM job))",
                job.id, job.database, task.caller.id, task.caller.account, task.kind.value, job.subject, job.heading,
                job.fingerprint, job.runner, int(job.changes_things), job.plan, now, facts_written({SEEN: self.seen}),
            )  # fmt: skip
            return job, False

    async def job(self, name: str, caller: Caller | None = None) -> Job:
        """Raises NameUnknown; another caller's job is none."""
        row = await self._state.row("SELECT * FROM job WHERE id = ? AND database = ?", name, self._database)
        if row is None or (caller is not None and job_of(row).caller != caller):
            raise NameUnknown("job", name, advice="check_job without a job lists them.")
        return job_of(row)

    async def recent(self, caller: Caller, limit: int) -> list[Job]:
        """The latest first."""
        rows = await self._state.rows(
            "SELECT * FROM job WHERE database = ? AND caller = ? AND account = ? ORDER BY asked DESC, seq DESC LIMIT ?",
            self._database, caller.id, caller.account, limit,
        )  # fmt: skip
        return [job_of(row) for row in rows]

    async def latest(self, kind: JobKind, subject: str) -> Job | None:
        row = await self._state.row(
            "SELECT * FROM job WHERE database = ? AND kind = ? AND subject = ? ORDER BY asked DESC, seq DESC LIMIT 1",
            self._database, kind.value, subject,
        )  # fmt: skip
        return None if row is None else job_of(row)

    async def begin(self, name: str, now: float) -> bool:
        """It leaves the queue, which is written down before anything is sent. False when it was stopped meanwhile, perhaps by
        another process."""
        async with self._state.writing(self._database) as transaction:
            begun = await transaction.execute(
                "UPDATE job SET state = 'running', begun = ? WHERE id = ? AND state = 'waiting' AND stop_asked = 0",
                now, name,
            )  # fmt: skip
        return begun == 1

    async def progress(self, name: str, done: int, total: int | None, message: str) -> bool:
        """Whether it is to go on: False once somebody, perhaps in another process, asked it to stop."""
        async with self._state.writing(self._database) as transaction:
            row = await transaction.row(
                "UPDATE job SET done = ?, total = ?, message = ? WHERE id = ? RETURNING stop_asked",
                done, total, message, name,
            )  # fmt: skip
        return row is None or not row["stop_asked"]

    async def ask_to_stop(self, name: str) -> None:
        async with self._state.writing(self._database) as transaction:
            transaction.put("UPDATE job SET stop_asked = 1 WHERE id = ?", name)

    async def end(self, job: Job, finished: Finished, now: float) -> None:
        """Written once: what ended stays as it ended."""
        fingerprint = "" if finished.nothing_ran else job.fingerprint
        async with self._state.writing(self._database) as transaction:
            transaction.put(
                "UPDATE job SET state = ?, ended = ?, facts = ?, fingerprint = ?"
                " WHERE id = ? AND state IN ('waiting', 'running')",
                finished.state.value, now, facts_written({**finished.facts, SEEN: job.seen}), fingerprint, job.id,
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

    async def sweep(self, now: float) -> None:
        """Jobs whose process ended without a word, and results that are too old."""
        old = "FROM job WHERE database = ? AND ended < ?"
        values = (self._database, now - KEPT_SECONDS)
        rows, too_old = await self._state.several(
            ("SELECT * FROM job WHERE database = ? AND state IN ('waiting', 'running')", (self._database,)),
            (f"SELECT 1 {old} LIMIT 1", values),
        )
        alive: dict[str, bool] = {}
        for row in rows:
            runner = str(row["runner"])
            if runner not in alive:
                alive[runner] = await self._state.is_alive(runner)
            if not alive[runner]:
                job = job_of(row)
                await self.end(job, broken_off(job, DIED), now)
        if too_old:
            async with self._state.writing(self._database) as transaction:
                transaction.put(f"DELETE {old}", *values)


def _new_id(task: Task) -> str:
    """Readable, since a person may have to name it: `script-Month-report-k7f3`."""
    return f"{task.kind.value}-{word_of(task.subject, task.kind.value)}-{random_letters(4)}"
