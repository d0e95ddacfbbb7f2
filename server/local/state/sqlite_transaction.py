"""A transaction on the state file: begun with its first statement, ended with its last."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from ...errors import StateAway
from .sqlite_connection import NotBegunError, is_busy, run, state_away, to_its_end
from .state import Question, Row

if TYPE_CHECKING:
    import aiosqlite

PAUSES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
"""Seconds between tries to begin one; the last is repeated."""
T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]


class SqliteTransaction:
    def __init__(self, connection: aiosqlite.Connection, patience: float) -> None:
        """`patience`: seconds that its beginning waits for other processes."""
        self._connection = connection
        self._patience = patience
        self._is_begun = False
        self._put: list[Work[object]] = []
        self._last: dict[str, Work[object]] = {}
        self.ends: dict[str, tuple[int, str, int]] = {}

    async def rows(self, sql: str, *values: object) -> Sequence[Row]:
        return await self._done(lambda thread: thread.execute(sql, values).fetchall())

    async def row(self, sql: str, *values: object) -> Row | None:
        return next(iter(await self.rows(sql, *values)), None)

    async def several(self, *questions: Question) -> list[Sequence[Row]]:
        return await self._done(
            lambda thread: [thread.execute(sql, values).fetchall() for sql, values in questions]
        )

    async def execute(self, sql: str, *values: object) -> int:
        return await self._done(lambda thread: thread.execute(sql, values).rowcount)

    def put(self, sql: str, *values: object) -> None:
        self._put.append(lambda thread: thread.execute(sql, values))

    def put_last(self, name: str, sql: str, *values: object) -> None:
        self._last[name] = lambda thread: thread.execute(sql, values)

    def put_many(self, sql: str, values: Iterable[Sequence[object]]) -> None:
        rows = list(values)
        self._put.append(lambda thread: thread.executemany(sql, rows))

    async def commit(self) -> None:
        """To its end. Raises StateAway where it could not be; nothing of it is there then."""
        await self._done(_commit, to_the_end=True)

    async def roll_back(self) -> None:
        """Nothing where it is over already, or was never begun."""
        self._put.clear()
        self._last.clear()
        with suppress(StateAway, ValueError):  # a connection that is closed has nothing under way
            await to_its_end(self._connection, _roll_back)

    async def _done(self, work: Work[T], *, to_the_end: bool = False) -> T:
        put = [*self._put, *self._last.values()]
        self._put, self._last = [], {}

        def everything(thread: sqlite3.Connection) -> T:
            if not self._is_begun:
                _begin(thread)
                self._is_begun = True
            for each in put:
                each(thread)
            return work(thread)

        late = time.monotonic() + self._patience
        pauses = iter(PAUSES)
        while True:
            try:
                if to_the_end:
                    return await to_its_end(self._connection, everything)
                return await run(self._connection, everything)
            except NotBegunError as locked:
                if time.monotonic() >= late:
                    raise state_away(locked.error) from locked.error
                await asyncio.sleep(next(pauses, PAUSES[-1]))


def _begin(thread: sqlite3.Connection) -> None:
    try:
        thread.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if is_busy(error):
            raise NotBegunError(error) from error
        raise


def _commit(thread: sqlite3.Connection) -> None:
    thread.execute("COMMIT")


def _roll_back(thread: sqlite3.Connection) -> None:
    if thread.in_transaction:
        thread.execute("ROLLBACK")
