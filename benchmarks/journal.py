"""Chained entries a second on PostgreSQL a millisecond away with 8 writers, and how long the loop stands still while it is away.

`python benchmarks/journal.py postgresql://...` (a database that `filemaker-mcp state migrate` made). The delay is a proxy's.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from filemaker_mcp.server.caller import Caller
from filemaker_mcp.server.changes.applying.wave import AT_ONCE
from filemaker_mcp.server.changes.journal.journal import Journal
from filemaker_mcp.server.changes.plans.plan import Who
from filemaker_mcp.server.changes.plans.plan_seal import Seal
from filemaker_mcp.server.errors import StateAway
from filemaker_mcp.server.local.state.postgres_connection import connect
from filemaker_mcp.server.local.state.postgres_state import PostgresState
from filemaker_mcp.server.local.state.postgres_transaction import ALONE
from filemaker_mcp.server.local.state.sqlite_state import SqliteState
from filemaker_mcp.server.local.state.state import State

WRITERS, SECONDS, DELAY = 8, 3.0, 0.0005
BENCH = Who(Caller("bench", ""))


async def forwarded(
    target: int, is_cut: asyncio.Event, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    there, onward = await asyncio.open_connection("127.0.0.1", target)

    async def passed(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while not is_cut.is_set() and (data := await source.read(65536)):
            await asyncio.sleep(DELAY)
            sink.write(data)

    await asyncio.gather(passed(reader, onward), passed(there, writer), return_exceptions=True)


async def rate(state: PostgresState, databases: int, together: int) -> tuple[float, float]:
    """Entries a second, and milliseconds of processor time for each, the proxy's included. So many are written `together`, as
    records are claimed and settled in waves."""
    journal = Journal(state, now=time.time, seal=Seal.of_file(None))
    count = 0

    async def write(number: int) -> None:
        nonlocal count
        while time.monotonic() < late:
            database = f"{number % databases}"
            if together == 1:
                await journal.note(database=database, who=BENCH, plan="", event="refused", facts={"n": count})
            else:
                async with state.writing(database) as transaction:
                    await journal.append_all(
                        transaction, database=database, who=BENCH, plan="", event="refused",
                        entries=[((0, n), {"n": count + n}, None) for n in range(together)],
                    )  # fmt: skip
            count += together

    await state.rows("SELECT 1 AS here")
    began, spent = time.monotonic(), time.process_time()
    late = began + SECONDS
    await asyncio.gather(*(write(number) for number in range(WRITERS)))
    return count / (time.monotonic() - began), (time.process_time() - spent) / count * 1000


@asynccontextmanager
async def quiet() -> AsyncGenerator[None]:
    """Nothing is the matter: what this machine's other work does to the loop."""
    yield


@asynccontextmanager
async def away(is_cut: asyncio.Event) -> AsyncGenerator[None]:
    is_cut.set()
    try:
        yield
    finally:
        is_cut.clear()


@asynccontextmanager
async def restarting(is_cut: asyncio.Event) -> AsyncGenerator[None]:
    async def turn() -> None:
        while True:
            is_cut.set()
            await asyncio.sleep(0.3)
            is_cut.clear()
            await asyncio.sleep(0.3)

    turning = asyncio.create_task(turn())
    try:
        yield
    finally:
        turning.cancel()
        is_cut.clear()


@asynccontextmanager
async def locked(url: str) -> AsyncGenerator[None]:
    """Another process is in the middle of a transaction about everything."""
    async with await connect(url) as other:
        await other.execute("BEGIN")
        await other.execute(ALONE.encode())
        yield


@asynccontextmanager
async def locked_file(path: Path) -> AsyncGenerator[None]:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


async def lag(state: State, trouble: AbstractAsyncContextManager[None]) -> float:
    """The longest time in which nothing else ran while the state was asked in vain, milliseconds."""
    state.patience = 1
    async with trouble:
        return await _lag(state)


async def _lag(state: State) -> float:
    worst, late = 0.0, time.monotonic() + SECONDS

    async def ask() -> None:
        while time.monotonic() < late:
            try:
                await state.rows("SELECT id FROM plan")
                async with state.writing("x") as transaction:
                    await transaction.rows("SELECT 1 AS here")
            except StateAway:
                await asyncio.sleep(0)

    asking = asyncio.gather(*(ask() for _ in range(WRITERS)))
    while time.monotonic() < late:
        began = time.monotonic()
        await asyncio.sleep(0.001)
        worst = max(worst, time.monotonic() - began - 0.001)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    return worst * 1000


async def run(url: str) -> None:
    is_cut = asyncio.Event()
    parts = urlsplit(url)
    proxy = await asyncio.start_server(partial(forwarded, parts.port or 5432, is_cut), "127.0.0.1", 0)
    port = proxy.sockets[0].getsockname()[1]
    state = PostgresState(url.replace(f":{parts.port}/", f":{port}/"))
    for databases, together in ((1, 1), (WRITERS, 1), (1, AT_ONCE)):
        entries, spent = await rate(state, databases, together)
        print(
            f"8 writers on {databases} databases, {together} together: {entries:.0f} chained entries a second,"
            f" {spent:.2f} ms each"
        )
    troubles = {"nothing is the matter": quiet(), "away": away(is_cut), "restarting": restarting(is_cut)}
    for name, trouble in (troubles | {"locked": locked(url)}).items():
        print(f"longest stand of the loop, PostgreSQL {name}: {await lag(state, trouble):.0f} ms")
    await state.close()
    proxy.close()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        file = SqliteState(path)
        await file.row("SELECT 1 AS here")
        print(f"longest stand of the loop, a file locked: {await lag(file, locked_file(path)):.0f} ms")
        await file.close()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))
