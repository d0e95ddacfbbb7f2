"""The one SQLite file: plans, journal, jobs, usage. Several processes may have it open; each commit survives a crash.

What a process was doing when it died is told by *presence*: every process holds a lock on a small file of its own
beside the state, by a transaction of SQLite's that the operating system ends with the process, on every system alike.
"""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
import time
from collections.abc import Generator
from pathlib import Path

from ..errors import ConfigurationError

MIGRATIONS: tuple[str, ...] = (
    # 1: plans, what they would do, what was done, and the images that may expire
    """
    CREATE TABLE plan (
        id TEXT PRIMARY KEY, database TEXT NOT NULL, caller TEXT NOT NULL, client TEXT NOT NULL,
        made REAL NOT NULL, expires REAL NOT NULL, heading TEXT NOT NULL, digest TEXT NOT NULL,
        fingerprint TEXT NOT NULL, state TEXT NOT NULL, runner TEXT NOT NULL DEFAULT '',
        approved_by TEXT NOT NULL DEFAULT '', approved_digest TEXT NOT NULL DEFAULT '', undoes TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX plan_by_caller ON plan (database, caller, made);
    CREATE INDEX plan_by_fingerprint ON plan (fingerprint, made);
    CREATE TABLE step (
        plan TEXT NOT NULL REFERENCES plan (id), number INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (plan, number)
    );
    CREATE TABLE item (
        plan TEXT NOT NULL REFERENCES plan (id), step INTEGER NOT NULL, number INTEGER NOT NULL,
        body TEXT NOT NULL, state TEXT NOT NULL, outcome TEXT NOT NULL DEFAULT '{}',
        PRIMARY KEY (plan, step, number)
    );
    CREATE TABLE journal (
        number INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, database TEXT NOT NULL, caller TEXT NOT NULL,
        client TEXT NOT NULL, plan TEXT NOT NULL, step INTEGER NOT NULL, item INTEGER NOT NULL, event TEXT NOT NULL,
        facts TEXT NOT NULL, image TEXT NOT NULL, previous TEXT NOT NULL, digest TEXT NOT NULL, runner TEXT NOT NULL
    );
    CREATE INDEX journal_by_plan ON journal (plan, step, item);
    CREATE INDEX journal_by_time ON journal (database, at);
    CREATE TABLE image (number INTEGER PRIMARY KEY REFERENCES journal (number), content TEXT NOT NULL);
    CREATE TABLE kept_file (digest TEXT PRIMARY KEY, kept REAL NOT NULL, name TEXT NOT NULL, content BLOB NOT NULL);
    """,
    # 2: jobs, what was used of an allowance, records that a runbook leaves to a person
    """
    CREATE TABLE job (
        id TEXT PRIMARY KEY, database TEXT NOT NULL, caller TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
        heading TEXT NOT NULL, fingerprint TEXT NOT NULL, state TEXT NOT NULL, runner TEXT NOT NULL,
        changes_things INTEGER NOT NULL, plan TEXT NOT NULL, asked REAL NOT NULL, begun REAL, ended REAL,
        done INTEGER NOT NULL DEFAULT 0, total INTEGER, message TEXT NOT NULL DEFAULT '',
        stop_asked INTEGER NOT NULL DEFAULT 0, told INTEGER NOT NULL DEFAULT 0, facts TEXT NOT NULL DEFAULT '{}'
    );
    CREATE INDEX job_by_fingerprint ON job (fingerprint, asked);
    CREATE INDEX job_by_caller ON job (database, caller, asked);
    CREATE TABLE used (
        database TEXT NOT NULL, what TEXT NOT NULL, span TEXT NOT NULL, start INTEGER NOT NULL, amount INTEGER NOT NULL,
        PRIMARY KEY (database, what, span)
    );
    CREATE TABLE review (
        database TEXT NOT NULL, runbook TEXT NOT NULL, record TEXT NOT NULL, label TEXT NOT NULL, reason TEXT NOT NULL,
        since REAL NOT NULL, plan TEXT NOT NULL, PRIMARY KEY (database, runbook, record)
    );
    """,
    # 3: what a person has released of one run stays released when that run is looked at again
    """
    CREATE TABLE held (
        database TEXT NOT NULL, runbook TEXT NOT NULL, plan TEXT NOT NULL, record TEXT NOT NULL, label TEXT NOT NULL,
        reason TEXT NOT NULL, since REAL NOT NULL, released REAL, PRIMARY KEY (database, runbook, plan, record)
    );
    INSERT INTO held (database, runbook, plan, record, label, reason, since)
        SELECT database, runbook, plan, record, label, reason, since FROM review;
    DROP TABLE review
    """,
    # 4: what was used of FileMaker, by tool and day
    """
    CREATE TABLE usage (
        database TEXT NOT NULL, day TEXT NOT NULL, tool TEXT NOT NULL, calls INTEGER NOT NULL, requests INTEGER NOT NULL,
        received INTEGER NOT NULL, PRIMARY KEY (database, day, tool)
    );
    """,
    # 5: which scripts ran with which parameter and for which record, as digests that outlast plans and journal
    """
    CREATE TABLE script_run (
        database TEXT NOT NULL, run TEXT NOT NULL, record TEXT NOT NULL, marks TEXT NOT NULL, at REAL NOT NULL,
        caller TEXT NOT NULL, plan TEXT NOT NULL, step INTEGER NOT NULL, item INTEGER NOT NULL, effect TEXT NOT NULL,
        state TEXT NOT NULL, PRIMARY KEY (plan, step, item)
    );
    CREATE INDEX script_run_by_digest ON script_run (database, run, at);
    """,
    # 6: keyed digests over a plan and over the agreement to it; none on what an earlier version kept
    """
    ALTER TABLE plan ADD COLUMN seal TEXT NOT NULL DEFAULT '';
    ALTER TABLE plan ADD COLUMN approved_at REAL NOT NULL DEFAULT 0;
    ALTER TABLE plan ADD COLUMN approved_seal TEXT NOT NULL DEFAULT ''
    """,
)
"""One script for each `user_version`; a new table is a new script at the end, never a changed one."""

BUSY_SECONDS = 10
OLD_SECONDS = 3600


def default_state_file() -> Path:
    import platformdirs

    return platformdirs.user_data_path("filemaker-mcp", appauthor=False) / "state.db"


class State:
    """Plans, journal, jobs and usage. One connection, used from the event loop: every statement is small.

    `path` None keeps everything in memory: nothing survives the process, and no other process shares it.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.runner = secrets.token_hex(8)
        """Names this process (more exactly, this opening of the file) among those that write to it."""
        if path is not None:
            prepare(path)
        self._connection = _connect(path)
        self._migrate()
        self._presence = None if path is None else _hold(_presence_file(path, self.runner))
        self._sweep()

    def close(self) -> None:
        self._connection.close()
        if self._presence is not None and self.path is not None:
            self._presence.close()
            _presence_file(self.path, self.runner).unlink(missing_ok=True)

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> sqlite3.Row | None:
        return self._connection.execute(sql, values).fetchone()

    @contextlib.contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """One transaction, alone among all processes; committed at the end, rolled back by any exception."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def is_alive(self, runner: str) -> bool:
        """Whether the process that wrote under that name still runs."""
        if runner == self.runner:
            return True
        if self.path is None:
            return False
        file = _presence_file(self.path, runner)
        if not file.exists():
            return False
        try:
            _hold(file).close()
        except sqlite3.OperationalError:
            return True
        file.unlink(missing_ok=True)
        return False

    def _sweep(self) -> None:
        """What killed processes left; only old files, since a new one may belong to a process that is about to lock it."""
        if self.path is None:
            return
        for file in self.path.parent.glob(f"{self.path.name}.*.alive"):
            with contextlib.suppress(OSError):
                if file.stat().st_mtime < time.time() - OLD_SECONDS:
                    self.is_alive(file.name.removesuffix(".alive").rpartition(".")[2])

    def _migrate(self) -> None:
        with self.writing() as connection:
            (done,) = connection.execute("PRAGMA user_version").fetchone()
            if done > len(MIGRATIONS):
                raise ConfigurationError(
                    f"{self.path} was written by a newer version of filemaker-mcp",
                    advice="Update filemaker-mcp, or name another file with the setting `state`.",
                )
            for script in MIGRATIONS[done:]:
                for statement in script.split(";"):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _connect(path: Path | None) -> sqlite3.Connection:
    name = ":memory:" if path is None else str(path)
    try:
        connection = sqlite3.connect(name, timeout=BUSY_SECONDS, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a journal that a power cut takes back would lie
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error as failed:
        raise ConfigurationError(
            f"The state file {name} cannot be opened: {failed}",
            advice="Name another file with the setting `state`, or make its folder writable.",
        ) from failed
    return connection


def prepare(path: Path) -> None:
    """The folder, and the file readable by its owner alone where the system knows such rights: it holds record contents.
    Raises ConfigurationError where it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600, exist_ok=True)
        with path.open("ab"):  # one that is there may still not be writable
            pass
    except OSError as failed:
        raise ConfigurationError(
            f"The state file {path} cannot be written: {failed.strerror}",
            advice="Name another file with the setting `state`, or make its folder writable.",
        ) from failed


def _presence_file(path: Path, runner: str) -> Path:
    return path.with_name(f"{path.name}.{runner}.alive")


def _hold(file: Path) -> sqlite3.Connection:
    """A lock that ends with the process; OperationalError when another process has it."""
    holder = sqlite3.connect(str(file), timeout=0, isolation_level=None)
    try:
        holder.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        holder.close()
        raise
    return holder
