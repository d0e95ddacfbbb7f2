"""Jobs in the state file: what was asked, how far it is, how it ended. Shared by processes, and it outlives them."""

from __future__ import annotations

import secrets
import sqlite3

from ..errors import NameUnknown
from ..local.state import State
from .job import Finished, Job, JobKind, Task
from .job_end import broken_off
from .job_row import facts_written, job_of

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
KEPT_SECONDS = 24 * 3600.0
"""How long results are kept."""
DIED = "The server ended while it ran"


class Docket:
    """The jobs of one database."""

    def __init__(self, state: State, database: str) -> None:
        self._state = state
        self._database = database

    @property
    def runner(self) -> str:
        return self._state.runner

    def enter(self, task: Task, now: float, *, repeat: bool = False) -> tuple[Job, bool]:
        """A new job that waits; or, unless it is to be repeated, the earlier one that answers the same question, and True.
        One transaction: two processes that ask at once get one job."""
        self.sweep(now)
        with self._state.writing() as connection:
            row = connection.execute(
                "SELECT * FROM job WHERE database = ? AND fingerprint = ? AND caller = ? AND (state IN ('waiting', 'running',"
                " 'unknown') OR (state IN ('done', 'refused') AND (told = 0 OR ended >= ?)))"
                " ORDER BY asked DESC, rowid DESC LIMIT 1",
                (self._database, task.fingerprint, task.caller, now - task.answers_again),
            ).fetchone()
            if row is not None and not repeat:
                return job_of(row), True
            name = self._new_id(connection, task)
            connection.execute(
                "INSERT INTO job (id, database, caller, kind, subject, heading, fingerprint, state, runner, changes_things,"
                " plan, asked) VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?, ?)",
                (
                    name, self._database, task.caller, task.kind.value, task.subject, task.heading, task.fingerprint,
                    self._state.runner, int(task.changes_things), task.plan, now,
                ),
            )  # fmt: skip
        return self.job(name), False

    def job(self, name: str, caller: str | None = None) -> Job:
        """Raises NameUnknown; another caller's job is none."""
        row = self._state.row("SELECT * FROM job WHERE id = ? AND database = ?", name, self._database)
        if row is None or (caller is not None and row["caller"] != caller):
            close = [job.id for job in self.recent(caller, 3)]
            raise NameUnknown("job", name, near=tuple(close), advice="check_job without a job lists them.")
        return job_of(row)

    def recent(self, caller: str | None, limit: int) -> list[Job]:
        """The latest first."""
        rows = self._state.rows(
            "SELECT * FROM job WHERE database = ? AND (? IS NULL OR caller = ?) ORDER BY asked DESC, rowid DESC LIMIT ?",
            self._database, caller, caller, limit,
        )  # fmt: skip
        return [job_of(row) for row in rows]

    def latest(self, kind: JobKind, subject: str) -> Job | None:
        row = self._state.row(
            "SELECT * FROM job WHERE database = ? AND kind = ? AND subject = ? ORDER BY asked DESC, rowid DESC LIMIT 1",
            self._database, kind.value, subject,
        )  # fmt: skip
        return None if row is None else job_of(row)

    def begin(self, name: str, now: float) -> bool:
        """It leaves the queue, which is written down before anything is sent. False when it was stopped meanwhile, perhaps by
        another process."""
        with self._state.writing() as connection:
            cursor = connection.execute(
                "UPDATE job SET state = 'running', begun = ? WHERE id = ? AND state = 'waiting' AND stop_asked = 0",
                (now, name),
            )
        return cursor.rowcount == 1

    def progress(self, name: str, done: int, total: int | None, message: str) -> bool:
        """Whether it is to go on: False once somebody, perhaps in another process, asked it to stop."""
        with self._state.writing() as connection:
            connection.execute(
                "UPDATE job SET done = ?, total = ?, message = ? WHERE id = ?", (done, total, message, name)
            )
        row = self._state.row("SELECT stop_asked FROM job WHERE id = ?", name)
        return row is None or not row["stop_asked"]

    def ask_to_stop(self, name: str) -> None:
        with self._state.writing() as connection:
            connection.execute("UPDATE job SET stop_asked = 1 WHERE id = ?", (name,))

    def end(self, name: str, finished: Finished, now: float) -> None:
        """Written once: what ended stays as it ended."""
        with self._state.writing() as connection:
            connection.execute(
                "UPDATE job SET state = ?, ended = ?, facts = ?, fingerprint = CASE WHEN ? THEN '' ELSE fingerprint END"
                " WHERE id = ? AND state IN ('waiting', 'running')",
                (finished.state.value, now, facts_written(finished.facts), finished.nothing_ran, name),
            )

    def told(self, name: str) -> None:
        """Its end was answered to the caller."""
        with self._state.writing() as connection:
            connection.execute("UPDATE job SET told = 1 WHERE id = ?", (name,))

    def usual_seconds(self, task: Task) -> float | None:
        """How long the last jobs like it took, on average; None where there were none."""
        row = self._state.row(
            "SELECT AVG(ended - begun) AS took FROM (SELECT ended, begun FROM job WHERE database = ? AND kind = ?"
            " AND subject = ? AND state = 'done' ORDER BY asked DESC LIMIT 5)",
            self._database, task.kind.value, task.subject,
        )  # fmt: skip
        return None if row is None or row["took"] is None else float(row["took"])

    def sweep(self, now: float) -> None:
        """Jobs whose process ended without a word, and results that are too old."""
        rows = self._state.rows(
            "SELECT * FROM job WHERE database = ? AND state IN ('waiting', 'running')", self._database
        )
        alive: dict[str, bool] = {}
        for row in rows:
            runner = str(row["runner"])
            if runner not in alive:
                alive[runner] = self._state.is_alive(runner)
            if not alive[runner]:
                self.end(row["id"], broken_off(job_of(row), DIED), now)
        with self._state.writing() as connection:
            connection.execute(
                "DELETE FROM job WHERE database = ? AND ended < ?", (self._database, now - KEPT_SECONDS)
            )

    def _new_id(self, connection: sqlite3.Connection, task: Task) -> str:
        """Readable, since a person may have to name it: `script-Month-report-k7f3`."""
        word = "".join(c if c.isalnum() else "-" for c in task.subject).strip("-")[:24] or task.kind.value
        while True:
            name = f"{task.kind.value}-{word}-{''.join(secrets.choice(LETTERS) for _ in range(4))}"
            if connection.execute("SELECT 1 FROM job WHERE id = ?", (name,)).fetchone() is None:
                return name
