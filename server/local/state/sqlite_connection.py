"""One connection to the state file, whose statements run in a thread of its own."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from ...errors import ConfigurationError, StateAway
from .state import Question, Row

if TYPE_CHECKING:
    import aiosqlite

OPENING_SECONDS = 10.0
"""How long the first statements wait for other processes that are opening the file too."""
T = TypeVar("T")


class NotBegunError(Exception):
    """Another process has the lock."""

    def __init__(self, error: sqlite3.OperationalError) -> None:
        super().__init__()
        self.error = error


async def run(connection: aiosqlite.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    """What `work` gives, done in the connection's thread: a way there and back costs more than most statements."""
    inner: Any = connection
    with told():
        return await inner._execute(lambda: work(inner._conn))


async def answers(connection: aiosqlite.Connection, questions: Sequence[Question]) -> list[Sequence[Row]]:
    return await run(
        connection, lambda thread: [thread.execute(sql, values).fetchall() for sql, values in questions]
    )


async def to_its_end(connection: aiosqlite.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    """Whatever happens to the task meanwhile: the cancellation is raised when it is known how the work ended."""
    ending = asyncio.ensure_future(run(connection, work))
    cancelled: asyncio.CancelledError | None = None
    while not ending.done():
        try:
            await asyncio.wait({ending})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None and (
        ending.exception() is None or isinstance(ending.exception(), NotBegunError)
    ):
        raise cancelled
    return ending.result()


async def connect(path: Path | None, *, busy: float) -> aiosqlite.Connection:
    import aiosqlite  # when the state is first used: starting the server does without

    name = ":memory:" if path is None else str(path)
    opening = aiosqlite.connect(name, timeout=OPENING_SECONDS, isolation_level=None)
    # A process that ends must not wait for the thread, nor show a traceback of it when the loop ended before its answer.
    inner: Any = opening
    inner._thread = threading.Thread(target=_worker, args=(inner._tx,), daemon=True)
    try:
        connection = await opening
        connection.row_factory = sqlite3.Row
        await _write_ahead(connection)
        # A journal that a power cut takes back would lie.
        await connection.execute_fetchall("PRAGMA synchronous = FULL")
        await connection.execute_fetchall("PRAGMA foreign_keys = ON")
        # What is deleted is overwritten: a key that was destroyed must not lie about in free pages.
        await connection.execute_fetchall("PRAGMA secure_delete = ON")
        await connection.execute_fetchall(f"PRAGMA busy_timeout = {int(busy * 1000)}")
    except sqlite3.Error as failed:
        await opening.close()
        raise ConfigurationError(
            f"The state file {name} cannot be opened: {failed}",
            advice="Name another file with the setting `state`, or make its folder writable.",
        ) from failed
    return connection


async def _write_ahead(connection: aiosqlite.Connection) -> None:
    """SQLite waits for nobody here: while another process opens a new file it answers at once that the file is locked."""
    until = monotonic() + OPENING_SECONDS
    while True:
        try:
            await connection.execute_fetchall("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not is_busy(error) or monotonic() > until:
                raise
            await asyncio.sleep(0.01)
        else:
            return


def _worker(queue: Any) -> None:
    """The library's own loop. An answer that nobody can take any more ends it without a word."""
    import aiosqlite.core

    library: Any = aiosqlite.core
    with suppress(RuntimeError):
        library._connection_worker_thread(queue)


@contextmanager
def told() -> Generator[None]:
    """A file that is locked, full, gone or damaged is told in words; what breaks a rule of the schema stays a defect."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise
    except sqlite3.DatabaseError as error:
        raise state_away(error) from error


def state_away(error: BaseException) -> StateAway:
    busy = isinstance(error, sqlite3.OperationalError) and is_busy(error)
    return StateAway("another program keeps them locked" if busy else str(error))


def is_busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
