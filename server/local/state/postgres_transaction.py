"""A transaction on PostgreSQL: begun with its first statement, ended with its last."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ...errors import ConfigurationError, StateAway
from .postgres_connection import answers, spelled, told
from .postgres_rows import in_rows
from .state import Question, Row

if TYPE_CHECKING:
    import psycopg

ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('filemaker-mcp/alone', 0))"
ALONE_IN = (
    "SELECT pg_advisory_xact_lock_shared(hashtextextended('filemaker-mcp/alone', 0)),"
    " pg_advisory_xact_lock(hashtextextended('filemaker-mcp/alone in ' || ?, 0))"
)
"""Beside those about another database; in this order."""

STUCK_SECONDS = 10
"""A transaction in which nothing has happened for so long belongs to a process that was stopped in the middle of it."""
FREE = (
    "SELECT pg_terminate_backend(held.pid) AS ended FROM pg_locks AS held JOIN pg_stat_activity AS activity USING (pid)"
    " WHERE held.locktype = 'advisory' AND held.granted AND activity.datname = current_database()"
    " AND activity.application_name = 'filemaker-mcp' AND activity.state = 'idle in transaction'"
    " AND activity.state_change < clock_timestamp() - make_interval(secs => ?)"
)
"""Ends such connections. PostgreSQL's own time for this (idle_in_transaction_session_timeout) does not count after a pipeline:
its last message is a flush, which stops that clock."""


class PostgresTransaction:
    def __init__(self, connection: psycopg.AsyncConnection[dict[str, Any]], database: str) -> None:
        """Alone among those that write about the same `database`; without one, alone among all."""
        self._connection = connection
        self._opening: list[Question] = [
            ("BEGIN", ()),
            (ALONE_IN, (database,)) if database else (ALONE, ()),
        ]
        self._put: list[Question] = []
        self._last: dict[str, Question] = {}
        self.ends: dict[str, tuple[int, str, int]] = {}

    async def rows(self, sql: str, *values: object) -> Sequence[Row]:
        return (await self.several((sql, values)))[0]

    async def row(self, sql: str, *values: object) -> Row | None:
        return next(iter(await self.rows(sql, *values)), None)

    async def several(self, *questions: Question) -> list[Sequence[Row]]:
        return await answers(self._connection, questions, self._before())

    async def execute(self, sql: str, *values: object) -> int:
        await answers(self._connection, (), self._before())
        with told():
            return (await self._connection.execute(spelled(sql), values)).rowcount

    def put(self, sql: str, *values: object) -> None:
        self._put.append((sql, values))

    def put_last(self, name: str, sql: str, *values: object) -> None:
        self._last[name] = (sql, values)

    def put_many(self, sql: str, values: Iterable[Sequence[object]]) -> None:
        self._put.extend((sql, each) for each in values)

    async def commit(self) -> None:
        """To its end, whatever happens to the task meanwhile: the cancellation is raised when it is known how it ended."""
        ending = asyncio.ensure_future(answers(self._connection, [("COMMIT", ())], self._before()))
        cancelled: asyncio.CancelledError | None = None
        while not ending.done():
            try:
                await asyncio.wait({ending})
            except asyncio.CancelledError as error:
                cancelled = error
        try:
            ending.result()
        except StateAway as error:
            raise StateAway(error.why, unsure=self._connection.closed) from error
        if cancelled is not None:
            raise cancelled

    async def roll_back(self) -> None:
        """Nothing where it is over already; a connection that is broken takes it along."""
        import psycopg

        self._put.clear()
        self._last.clear()
        with suppress(StateAway, ConfigurationError, psycopg.Error):
            await self._connection.rollback()

    def _before(self) -> list[Question]:
        before = [*self._opening, *in_rows(self._put), *self._last.values()]
        self._opening, self._put, self._last = [], [], {}
        return before
