"""One time for the emulated host and for the server in front of it, which stands still until a test moves it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import aiosqlite
import anyio
import anyio.lowlevel
import anyio.to_thread
import psycopg
import psycopg_pool

from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.local.state.sqlite_transaction import SqliteTransaction

T = TypeVar("T")
TURNS = 2000
"""Turns of the event loop within a second of the clock: enough for a request through the whole stack."""


class ServerClock:
    """The host's clock as the server knows clocks."""

    def __init__(self, host: ManualClock) -> None:
        self.host = host

    def monotonic(self) -> float:
        return self.host.now().timestamp()

    def wall(self) -> float:
        return self.host.now().timestamp()

    async def sleep(self, seconds: float) -> None:
        await self.host.sleep(seconds)


class Threads:
    """How much of what was asked of other threads, or of a store of records, is not answered yet: the clock must not go on
    meanwhile."""

    def __init__(self) -> None:
        self.at_work = 0

    def counted(
        self, function: Callable[..., Coroutine[Any, Any, Any]]
    ) -> Callable[..., Coroutine[Any, Any, Any]]:
        async def counting(*arguments: Any, **named: Any) -> Any:
            self.at_work += 1
            try:
                return await function(*arguments, **named)
            finally:
                self.at_work -= 1

        return counting


THREADS = Threads()
anyio.to_thread.run_sync = THREADS.counted(anyio.to_thread.run_sync)
for kind, name in (
    (aiosqlite.Connection, "_execute"),
    (aiosqlite.Connection, "_connect"),
    (SqliteTransaction, "_done"),  # waits by its own clock while another connection has the lock
    (psycopg.AsyncConnection, "wait"),
    (psycopg_pool.AsyncConnectionPool, "getconn"),
):
    setattr(kind, name, THREADS.counted(getattr(kind, name)))


async def timed(clock: ManualClock, work: Awaitable[T]) -> tuple[T, float]:
    """What a piece of work comes to, and how many seconds of the clock passed meanwhile."""
    begun = clock.now()
    results: list[T] = []

    async def done() -> None:
        results.append(await work)

    async with anyio.create_task_group() as group:
        group.start_soon(done)
        while not results:
            for _ in range(TURNS):
                await anyio.lowlevel.checkpoint()
                if results:
                    break
            else:
                if THREADS.at_work:
                    await asyncio.sleep(0.001)
                else:
                    clock.advance(1)
    return results[0], (clock.now() - begun).total_seconds()
