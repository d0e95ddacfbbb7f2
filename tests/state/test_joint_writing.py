"""What tasks write about one database at the same time goes out together, and each stands or falls by itself."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from pathlib import Path

import anyio
import pytest

from filemaker_mcp.server.caller import Caller
from filemaker_mcp.server.changes.audit.journal_check import journal_faults
from filemaker_mcp.server.changes.journal.journal import Journal
from filemaker_mcp.server.changes.plans.plan import Who
from filemaker_mcp.server.changes.plans.plan_seal import Seal
from filemaker_mcp.server.errors import Forbidden
from filemaker_mcp.server.local.state.postgres_state import PostgresState
from filemaker_mcp.server.local.state.sqlite_state import SqliteState
from filemaker_mcp.server.local.state.state import Row, State, Transaction

from ..postgres import on_postgres, postgres

pytestmark = pytest.mark.anyio
WHO = Who(Caller("somebody", ""))


@pytest.mark.parametrize("store", ["file", pytest.param("postgres", marks=on_postgres)])
async def test_entries_of_many_tasks_make_one_chain_and_who_fails_or_goes_takes_nobody_along(
    store: str, tmp_path: Path
) -> None:
    server = postgres() if store == "postgres" else None
    state = SqliteState(tmp_path / "state.db") if server is None else PostgresState(server.database())
    seal = Seal.of_file(tmp_path / "seal.key")
    journal = Journal(state, now=time.time, seal=seal)

    async def enter(number: int) -> int:
        return await journal.note(database="d", who=WHO, plan="", event="refused", facts={"n": number})

    async def refused(transaction: Transaction, answers: list[Sequence[Row]]) -> None:
        transaction.put("INSERT INTO halt (caller, whole, reason, at) VALUES ('x', 1, '', 0)")
        raise Forbidden("not this one")

    await enter(0)
    places = [asyncio.create_task(enter(number)) for number in range(1, 9)]
    failing = asyncio.create_task(state.together("d", [("SELECT 1 AS n", ())], refused))
    gone = [asyncio.create_task(enter(number)) for number in (100, 101)]
    places += [asyncio.create_task(enter(number)) for number in range(9, 20)]
    await anyio.lowlevel.checkpoint()
    for task in gone:
        task.cancel()
    with pytest.raises(Forbidden):
        await failing
    assert sorted(await asyncio.gather(*places)) == list(range(2, 21))
    assert all(task.cancelled() for task in gone)
    assert await state.rows("SELECT 1 AS n FROM halt") == []
    assert await journal_faults(state, seal, counts=False) == []
    await state.close()


async def entered(state: State, folder: Path, number: int) -> int:
    journal = Journal(state, now=time.time, seal=Seal.of_file(folder / "seal.key"))
    return await journal.note(database="d", who=WHO, plan="", event="refused", facts={"n": number})


async def written(state: State) -> list[int]:
    rows = await state.rows("SELECT facts FROM journal ORDER BY number")
    return [json.loads(row["facts"])["n"] for row in rows]


@pytest.mark.parametrize("store", ["file", pytest.param("postgres", marks=on_postgres)])
async def test_whoever_is_cancelled_while_others_write_for_it_hears_of_it_once_that_is_written(
    store: str, tmp_path: Path
) -> None:
    server = postgres() if store == "postgres" else None
    state = SqliteState(tmp_path / "state.db") if server is None else PostgresState(server.database())
    others: list[asyncio.Task[int]] = []

    async def cancelling(transaction: Transaction, answers: list[Sequence[Row]]) -> None:
        others[0].cancel()

    await entered(state, tmp_path, 0)
    first = asyncio.create_task(entered(state, tmp_path, 1))
    cancels = asyncio.create_task(state.together("d", [("SELECT 1 AS n", ())], cancelling))
    others += [asyncio.create_task(entered(state, tmp_path, number)) for number in (2, 3)]
    with pytest.raises(asyncio.CancelledError):
        await others[0]
    assert await written(state) == [0, 1, 2, 3]
    await asyncio.gather(first, cancels, others[1])
    await state.close()


def test_a_process_that_ends_while_entries_are_committed_has_written_each_once(tmp_path: Path) -> None:
    states: list[SqliteState] = []

    async def ended() -> None:
        state, is_at_it = SqliteState(tmp_path / "state.db"), asyncio.Event()
        states.append(state)

        async def telling(transaction: Transaction, answers: list[Sequence[Row]]) -> None:
            is_at_it.set()

        await entered(state, tmp_path, 0)
        work = [asyncio.create_task(entered(state, tmp_path, 1))]
        telling_task = asyncio.create_task(state.together("d", [("SELECT 1 AS n", ())], telling))
        work += [asyncio.create_task(entered(state, tmp_path, number)) for number in (2, 3)]
        work.append(asyncio.create_task(closed_when_cancelled(state)))
        await is_at_it.wait()
        assert not telling_task.done()  # what is left is cancelled by the end of the loop

    async def closed_when_cancelled(state: SqliteState) -> int:
        try:
            return await asyncio.get_running_loop().create_future()
        finally:
            await state.close()

    async def left() -> list[int]:
        state = SqliteState(tmp_path / "state.db")
        try:
            return await written(state)
        finally:
            await state.close()

    asyncio.run(ended())
    assert asyncio.run(left()) in ([0, 1], [0, 1, 2, 3])
    asyncio.run(states[0].close())  # as the system closes what a process that has ended left open
