"""The state in PostgreSQL, which several processes on several machines share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio

from ...errors import InputError, StateAway
from .joint_writing import JointWriting
from .postgres_connection import answers, driver, options
from .postgres_presence import HELD, Presence
from .postgres_schema import check
from .postgres_transaction import FREE, STUCK_SECONDS, PostgresTransaction
from .state import Question, Row, Transaction

if TYPE_CHECKING:
    from psycopg import AsyncConnection
    from psycopg_pool import AsyncConnectionPool

    Pool = AsyncConnectionPool[AsyncConnection[dict[str, Any]]]

CONNECTIONS = 8
"""At most, for each process, beside the one that tells others it is alive."""
PATIENCE_SECONDS = 10.0


class PostgresState:
    """As `SqliteState`; `url` is an address as libpq takes it. A transaction about one database is alone among those about it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.patience = PATIENCE_SECONDS
        """Seconds that a statement waits for a connection."""
        self._pool: Pool | None = None
        self._presence = Presence(url, self._lost)
        self._opening = asyncio.Lock()
        self._owners: set[asyncio.Task[Any] | None] = set()
        self._closing: set[asyncio.Task[None]] = set()
        self._first: list[Callable[[Transaction], Awaitable[None]]] = []
        self.together = JointWriting(self.writing).done

    @property
    def path(self) -> Path | None:
        return None

    @property
    def name(self) -> str:
        return "PostgreSQL"

    @property
    def is_shared(self) -> bool:
        return True

    def mark(self) -> None:
        return None

    @property
    def runner(self) -> str:
        return self._presence.runner

    def first(self, work: Callable[[Transaction], Awaitable[None]]) -> None:
        self._first.append(work)

    async def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close(timeout=1)
        await asyncio.gather(*self._closing, return_exceptions=True)
        await self._presence.close()

    def _lost(self) -> None:
        """Its connections are broken too: who waits for one is told now, and whoever comes next opens new ones at once, where
        the pool itself would wait between its tries."""
        pool, self._pool = self._pool, None
        if pool is not None:
            closing = asyncio.create_task(pool.close(timeout=1))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    async def rows(self, sql: str, *values: object) -> Sequence[Row]:
        return (await self.several((sql, values)))[0]

    async def row(self, sql: str, *values: object) -> Row | None:
        return next(iter(await self.rows(sql, *values)), None)

    async def several(self, *questions: Question) -> list[Sequence[Row]]:
        self._check_outside("inside a transaction, reads go through it")
        async with self._connection(await self._opened()) as connection:
            return await answers(connection, questions)

    @asynccontextmanager
    async def writing(self, database: str = "") -> AsyncGenerator[Transaction]:
        self._check_outside("a transaction inside a transaction would wait for itself")
        with anyio.CancelScope(shield=True):
            async with self._transaction(await self._opened(), database) as transaction:
                yield transaction

    async def copy(self, target: Path) -> None:
        raise InputError(
            "The state is in PostgreSQL, which has its own copies", advice="Use pg_dump, or its archive."
        )

    async def scrub(self) -> bool:
        """What is deleted is in no dump from then on. Dead rows go with the database's own VACUUM, which its owner runs."""
        return True

    async def is_alive(self, runner: str) -> bool:
        if runner == self.runner:
            return self._presence.is_held
        async with self._connection(await self._opened()) as connection:
            return bool(runner and (await answers(connection, [(HELD, (runner,))]))[0])

    def _check_outside(self, why: str) -> None:
        if asyncio.current_task() in self._owners:
            raise AssertionError(why)

    @asynccontextmanager
    async def _transaction(self, pool: Pool, database: str) -> AsyncGenerator[Transaction]:
        owner = asyncio.current_task()
        async with self._connection(pool) as connection:
            transaction = PostgresTransaction(connection, database)
            self._owners.add(owner)
            try:
                yield transaction
                await transaction.commit()
            except BaseException as error:
                await transaction.roll_back()
                if isinstance(error, StateAway) and error.is_locked:
                    await answers(connection, [(FREE, (STUCK_SECONDS,))])
                raise
            finally:
                self._owners.discard(owner)

    @asynccontextmanager
    async def _connection(self, pool: Pool) -> AsyncGenerator[AsyncConnection[dict[str, Any]]]:
        from psycopg_pool import PoolClosed, PoolTimeout

        try:
            connection = await pool.getconn(timeout=self.patience)
        except PoolTimeout as error:
            raise StateAway(f"no connection to PostgreSQL within {self.patience:g} seconds") from error
        except PoolClosed as error:
            raise StateAway("the connections to PostgreSQL were lost") from error
        try:
            yield connection
        finally:
            if connection.broken:
                self._presence.doubt()
            await pool.putconn(connection)

    async def _opened(self) -> Pool:
        if self._pool is None or self._first or not self._presence.is_held:
            with anyio.CancelScope(shield=True):
                async with self._opening:
                    if not self._presence.is_held:
                        await self._presence.take()
                    await self._prepared(self._pool or await self._open())
        if self._pool is None:
            raise AssertionError("opened a moment ago")
        return self._pool

    async def _prepared(self, pool: Pool) -> None:
        while self._first:
            async with self._transaction(pool, "") as transaction:
                await self._first[0](transaction)
            del self._first[0]

    async def _open(self) -> Pool:
        driver()
        from psycopg_pool import AsyncConnectionPool

        pool: Pool = AsyncConnectionPool["AsyncConnection[dict[str, Any]]"](
            self._url,
            kwargs=options(),
            min_size=1,
            max_size=CONNECTIONS,
            open=False,
        )
        await pool.open()
        try:
            async with self._connection(pool) as connection:
                # Beside the transactions of others, and not while the tables are changed.
                look = PostgresTransaction(connection, "opening")
                try:
                    await check(look)
                finally:
                    await look.roll_back()
        except BaseException:
            await pool.close(timeout=1)
            raise
        self._pool = pool
        return pool
