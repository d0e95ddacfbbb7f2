"""Three servers are replaced one after the other while callers work behind a balancer that repeats POSTs: nothing is lost, nothing is
done twice, and no FileMaker session is left. In `make test-postgres`; a long course of it is in `make soak`."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from pathlib import Path

import pytest

from filemaker_mcp.server.callers.caller_keys import CallerKeys
from filemaker_mcp.server.changes.plans.plan_seal import Seal
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.serving import serving
from filemaker_mcp.server.local.state.postgres_state import PostgresState

from ..changes.applying.test_requests import a_hundred_jobs
from ..postgres import STORE, on_postgres, postgres
from .fleet import Fleet, fleet

SOAK = int(os.environ.get("FILEMAKER_SOAK", "0"))
pytestmark = [
    pytest.mark.anyio,
    on_postgres,
    pytest.mark.skipif(
        not SOAK and os.environ.get(STORE) != "postgres", reason="a part of make test-postgres"
    ),
]
ROUNDS = max(1, SOAK // 100)
"""Times that all three are replaced."""
CALLERS = 12 if SOAK else 4
SESSIONS = 3
SERVERS = 3


async def test_a_rolling_restart_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    database = postgres()
    assert database is not None
    state, emulator = database.database(), a_hundred_jobs(tmp_path, 20)
    most = 0
    async with (
        serving(emulator.app) as host,
        fleet(host, tmp_path, state, number=SERVERS, sessions=SESSIONS) as servers,
    ):
        tokens = await made_keys(state, CALLERS, servers.seal)
        over = asyncio.Event()
        working = [asyncio.create_task(work(servers, who, token, over)) for who, token in tokens.items()]
        for _ in range(ROUNDS * SERVERS):
            await servers.replace_oldest()
            most = max(most, emulator.open_sessions)
        over.set()
        done = [title for titles in await asyncio.gather(*working) for title in titles]
    assert most <= SESSIONS * (SERVERS + 1), "those of the one that ends and of the one that begins"
    assert emulator.open_sessions == 0
    found = Counter(titles_of(emulator))
    assert [title for title in done if found[title] != 1] == [], "what was told as done is there once"
    assert [title for title, times in found.items() if times > 1] == []
    assert set(found) == set(done), "and nothing else"


async def made_keys(state: str, callers: int, seal: Seal) -> dict[str, str]:
    """By name."""
    store = PostgresState(state)
    keys = CallerKeys(lambda: store, lambda: seal)
    made = {
        f"caller{n}": await keys.add(
            f"caller{n}", scopes=["fm:edit"], days=None, networks=[], owner="", now=0.0
        )
        for n in range(callers)
    }
    await store.close()
    return made


async def work(servers: Fleet, who: str, token: str, over: asyncio.Event) -> list[str]:
    """Two records a change, each with a name of its own, until it is told to stop; the names of what was done."""
    done: list[str] = []
    while not over.is_set() or not done:
        titles = [f"{who} {len(done)}", f"{who} {len(done) + 1}"]
        records = [{"Ref": title, "Title": title} for title in titles]
        plan = await servers.post(token, "create_records", layout="Jobs", records=records)
        change = plan["structuredContent"]["change_id"]
        while True:  # a change that another server has in hand, or that was interrupted, is asked for again
            answer = (await servers.post(token, "apply_change", change_id=change))["structuredContent"]
            if answer.get("state") == "done":
                break
            assert answer.get("state") in ("running", "applying", "interrupted", "planned", "stopped"), answer
        done += titles
    return done


def titles_of(emulator: Emulator) -> list[str]:
    rows = [emulator.record("Workshop", "Jobs", number) for number in range(21, 5_000)]
    return [(row.values["Title"] or ("",))[0] for row in rows if row is not None]
