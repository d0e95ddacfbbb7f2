"""The one SQLite file: plans, journal, jobs, usage. Several processes may have it open; each commit survives a crash.

Nothing opens the state file by hand. By the rules of POSIX, closing a file drops every lock that the process has on it,
those of an open connection too; another process then takes the file for unused and deletes the write-ahead log.
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread

from ...errors import InputError
from ..unfinished_file import sweep_unfinished
from .backup import copied, keep_before
from .joint_writing import JointWriting
from .presence import hold, is_held, presence_file, remove, sweep
from .schema import migrate
from .scrub import scrubbed
from .sqlite_connection import answers, connect
from .sqlite_transaction import SqliteTransaction
from .sqlite_watcher import Watcher
from .state import Question, Row, Transaction
from .state_file import prepare

if TYPE_CHECKING:
    import aiosqlite

BUSY_SECONDS = 10.0
"""How long a transaction waits for another process to end its own."""


class SqliteState:
    """Plans, journal, jobs and usage. Opened when something is first asked of it. What waits for the disk or for another process
    runs in a thread, so that the event loop never does; what is read in a moment is read at once.

    `path` None keeps everything in memory: nothing survives the process, and no other process shares it.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.runner = secrets.token_hex(8)
        """Names this process (more exactly, this opening of the file) among those that write to it."""
        self.patience = BUSY_SECONDS
        """Seconds that a transaction waits for those of others."""
        self._writer: aiosqlite.Connection | None = None
        self._reader: aiosqlite.Connection | None = None
        self._presence: sqlite3.Connection | None = None
        self._watcher: Watcher | None = None
        self._opening = asyncio.Lock()
        self._turn = asyncio.Lock()
        self._owner: asyncio.Task[Any] | None = None
        """The task whose transaction is under way."""
        self._is_taken_over = False
        """From an earlier version, just now."""
        self._first: list[Callable[[Transaction], Awaitable[None]]] = []
        self.together = JointWriting(self.writing).done

    @property
    def name(self) -> str:
        return "" if self.path is None else str(self.path)

    @property
    def is_shared(self) -> bool:
        return False

    def first(self, work: Callable[[Transaction], Awaitable[None]]) -> None:
        """Done once, before the next thing that is asked of the state."""
        self._first.append(work)

    async def close(self) -> None:
        """What is under way is rolled back."""
        for connection in (self._reader, self._writer):
            if connection is not None:
                await connection.close()
        self._reader = self._writer = None
        if self._watcher is not None:
            self._watcher.close()
            self._watcher = None
        if self._presence is not None and self.path is not None:
            self._presence.close()
            remove(presence_file(self.path, self.runner))
            self._presence = None

    def mark(self) -> int | None:
        return None if self._watcher is None else self._watcher.mark()

    async def rows(self, sql: str, *values: object) -> Sequence[Row]:
        """Raises StateAway, as everything here does."""
        return (await self.several((sql, values)))[0]

    async def row(self, sql: str, *values: object) -> Row | None:
        return next(iter(await self.rows(sql, *values)), None)

    async def several(self, *questions: Question) -> list[Sequence[Row]]:
        if self._owner is not None and self._owner is asyncio.current_task():
            raise AssertionError("inside a transaction, reads go through it")
        writer = await self._opened()
        if self._watcher is not None and (known := self._watcher.answers(questions)) is not None:
            return known
        if self._reader is not None:
            return await answers(self._reader, questions)
        async with self._turn:  # in memory there is one connection, which must not show what is not committed
            return await answers(writer, questions)

    @asynccontextmanager
    async def writing(self, database: str = "") -> AsyncGenerator[Transaction]:
        """One transaction, alone among all processes; committed at the end, rolled back by any exception. It goes on to its
        end when its caller is cancelled, and does so before the caller hears of it. Raises StateAway."""
        if self._owner is not None and self._owner is asyncio.current_task():
            raise AssertionError("a transaction inside a transaction would wait for itself")
        with anyio.CancelScope(shield=True):
            async with self._transaction(await self._opened()) as transaction:
                yield transaction

    async def copy(self, target: Path) -> None:
        """By SQLite itself, while others write. Raises InputError for a file that is there."""
        writer = await self._opened()
        try:
            await copied(self._reader or writer, target)
        except FileExistsError as error:
            raise InputError(f"{target} is there already", advice="Name a new file.") from error

    async def scrub(self) -> bool:
        """Nothing of what was deleted is left in the file or its log; False while another program reads what was there before."""
        writer = await self._opened()
        if self.path is None:
            return True
        is_done = False
        with anyio.CancelScope(shield=True):
            async with self._turn:
                is_done = await scrubbed(writer, self.patience)
        return is_done

    async def is_alive(self, runner: str) -> bool:
        """Whether the process that wrote under that name still runs."""
        if runner == self.runner:
            return True
        if self.path is None or not runner:
            return False
        return await anyio.to_thread.run_sync(is_held, presence_file(self.path, runner))

    @asynccontextmanager
    async def _transaction(self, writer: aiosqlite.Connection) -> AsyncGenerator[Transaction]:
        async with self._turn:
            self._owner = asyncio.current_task()
            transaction = SqliteTransaction(writer, self.patience)
            try:
                yield transaction
                await transaction.commit()
            except BaseException:
                await transaction.roll_back()
                raise
            finally:
                self._owner = None

    async def _opened(self) -> aiosqlite.Connection:
        """The connection that writes."""
        if self._writer is None or self._first:
            with anyio.CancelScope(shield=True):
                async with self._opening:
                    await self._prepared(self._writer or await self._open())
        if self._writer is None:
            raise AssertionError("opened a moment ago")
        return self._writer

    async def _prepared(self, writer: aiosqlite.Connection) -> None:
        while self._first:
            async with self._transaction(writer) as transaction:
                await self._first[0](transaction)
            del self._first[0]
        if self._is_taken_over:
            await writer.execute_fetchall("VACUUM")  # plain text of before lies in free pages
            self._is_taken_over = False

    async def _open(self) -> aiosqlite.Connection:
        if self.path is not None:
            prepare(self.path)
        writer = await connect(self.path, busy=0)
        try:
            if self.path is not None:
                self._is_taken_over = await keep_before(writer, self.path)
            async with self._transaction(writer) as transaction:
                await migrate(transaction, self.path)
            if self.path is not None:
                self._presence = await anyio.to_thread.run_sync(hold, presence_file(self.path, self.runner))
                await anyio.to_thread.run_sync(sweep, self.path)
                await anyio.to_thread.run_sync(sweep_unfinished, self.path.parent)
                self._reader = await connect(self.path, busy=BUSY_SECONDS)
                self._watcher = await anyio.to_thread.run_sync(Watcher, self.path)
        except BaseException:
            self._writer = writer
            await self.close()
            raise
        self._writer = writer
        return writer
