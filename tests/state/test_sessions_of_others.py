"""Servers on one state open no more sessions together than an account and a host may have, and get what they need of them."""

from __future__ import annotations

import asyncio
import sys
from itertools import count
from pathlib import Path

import psycopg
import pytest

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.faults.effects import Act
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match
from filemaker_mcp.server.emulator.serving import serving

from ..changes.applying.test_killed import a_process, asked
from ..changes.workshop_host import in_workshop, workshop
from ..postgres import Postgres, on_postgres, postgres
from ..started import its_end
from .cut import Proxy

pytestmark = [pytest.mark.anyio, on_postgres]
FIND = {"layout": "Jobs", "limit": 1}


def server() -> Postgres:
    found = postgres()
    assert found is not None
    return found


def refused(emulator: Emulator) -> int:
    """Logins for which the host had no room."""
    return sum(each.code == 812 for each in emulator.requests)


async def test_two_servers_that_are_busy_share_the_sessions_of_an_account(tmp_path: Path) -> None:
    place = {"FILEMAKER_STATE": server().database(), "FILEMAKER_SESSIONS": "2"}
    emulator = workshop()
    emulator.set_capacity(2)  # the host itself watches
    async with in_workshop(emulator, place) as first, in_workshop(emulator, place) as second:
        for each in (first, second):
            await asyncio.gather(*(each.ask("find_records", **FIND) for _ in range(6)))
        await asyncio.gather(
            *(each.ask("find_records", **FIND) for each in (first, second) for _ in range(12))
        )
        assert 1 <= emulator.open_sessions <= 2
    assert (emulator.open_sessions, refused(emulator)) == (0, 0)
    with psycopg.connect(place["FILEMAKER_STATE"]) as look:
        assert (
            look.execute("SELECT 1 FROM session_place UNION ALL SELECT 1 FROM session_want").fetchall() == []
        )


async def test_who_waited_before_the_clock_was_set_back_keeps_nobody_waiting(tmp_path: Path) -> None:
    place = {"FILEMAKER_STATE": server().database(), "FILEMAKER_SESSIONS": "1"}
    async with in_workshop(environment=place) as only:
        await only.ask("check_connection")
        with psycopg.connect(place["FILEMAKER_STATE"], autocommit=True) as look:
            ((host, account),) = look.execute("SELECT host, account FROM session_place").fetchall()
            look.execute("DELETE FROM session_place")
            gone = "INSERT INTO session_want VALUES ('gone', %s, %s, 1, 'gone', 1, 1e11)"
            look.execute(gone, (host, account))
        async with in_workshop(environment=place) as other:
            await other.ask("find_records", **FIND)


async def test_a_call_in_an_open_session_asks_the_state_for_no_place(tmp_path: Path) -> None:
    place = {"FILEMAKER_STATE": server().database(), "FILEMAKER_SESSIONS": "2"}
    async with in_workshop(environment=place) as only:
        await only.ask("find_records", **FIND)
        with psycopg.connect(place["FILEMAKER_STATE"], autocommit=True) as other:
            other.execute("BEGIN")
            other.execute("LOCK TABLE session_place, session_want IN ACCESS EXCLUSIVE MODE")
            await only.ask("find_records", **FIND)
            other.execute("ROLLBACK")


async def test_all_accounts_of_a_host_together_have_no_more_sessions_than_the_owner_allows(
    tmp_path: Path,
) -> None:
    """On a file too, where the owner asks for it."""
    host = {"FILEMAKER_HOST_SESSIONS": "1", "FILEMAKER_STATE": str(tmp_path / "state.db")}
    emulator = workshop()
    emulator.set_capacity(1)
    async with in_workshop(emulator, host) as first, in_workshop(emulator, host) as second:
        await first.ask("find_records", **FIND)
        await second.ask("find_records", **FIND)
        await asyncio.gather(*(first.ask("find_records", **FIND) for _ in range(3)))
        assert emulator.open_sessions == 1
    assert refused(emulator) == 0


async def test_reading_goes_on_without_places_while_the_state_is_away_and_the_bound_holds_again_after(
    tmp_path: Path,
) -> None:
    own = server()
    url = own.database()
    emulator = workshop()
    async with Proxy(own.port) as line:
        place = {"FILEMAKER_STATE": url.replace(f":{own.port}/", f":{line.port}/"), "FILEMAKER_SESSIONS": "1"}
        async with in_workshop(emulator, place) as cut:
            await line.cut()
            await cut.ask("find_records", **FIND)
            await line.mend()
            other = {"FILEMAKER_STATE": url, "FILEMAKER_SESSIONS": "1"}
            async with in_workshop(emulator, other) as second:
                await second.ask("find_records", **FIND)
                async with asyncio.timeout(120):
                    while emulator.open_sessions > 1:  # noqa: ASYNC110 -- another server logs out
                        await asyncio.sleep(0.05)
                await cut.ask("find_records", **FIND)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
async def test_the_places_of_a_killed_process_serve_the_next_and_its_sessions_are_logged_out(
    tmp_path: Path,
) -> None:
    state = {"FILEMAKER_STATE": server().database(), "FILEMAKER_SESSIONS": "1"}
    emulator = workshop()
    emulator.set_capacity(1)
    async with serving(emulator.app) as host, a_process(tmp_path, host, pid="b", **state) as left:
        with its_end() as end:
            async with a_process(tmp_path, host, pid="a", **state) as killed:
                both = [asked(each, "find_records", **FIND) for each in (killed, left) for _ in range(4)]
                await asyncio.gather(*both)
                await asked(killed, "find_records", **FIND)
                end.kill(tmp_path / "a")
        assert emulator.open_sessions == 1, "the host knows nothing of it"
        await asked(left, "find_records", **FIND)
        assert (emulator.open_sessions, refused(emulator)) == (1, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("renewed", [False, True])
async def test_a_session_of_a_process_killed_while_it_signed_in_counts_until_filemaker_ends_it(
    renewed: bool, tmp_path: Path
) -> None:
    state = {"FILEMAKER_STATE": server().database(), "FILEMAKER_SESSIONS": "2"}
    emulator = workshop()
    emulator.set_capacity(2)
    faults = FaultLayer(emulator.app, emulator.host.clock)
    dead, numbers = asyncio.Event(), count()

    async with serving(faults) as host, a_process(tmp_path, host, pid="b", **state) as left:
        await asked(left, "find_records", **FIND)
        with its_end() as end:

            def kill() -> None:
                end.kill(tmp_path / "a")
                dead.set()

            async with a_process(tmp_path, host, pid="a", **state) as killed:
                if renewed:
                    await asked(killed, "find_records", **FIND)
                    assert emulator.disconnect(emulator.sessions[-1].token)
                faults.arm(Match("POST", "*/sessions"), Act(kill, processed=True))
                call = asyncio.create_task(killed.call_tool("find_records", FIND | {"where": {"Ref": "R1"}}))
                await dead.wait()
                call.cancel()
        await asyncio.gather(*(asked(left, "find_records", **FIND) for _ in range(6)))
        assert (emulator.open_sessions, refused(emulator)) == (2, 0)
        with psycopg.connect(state["FILEMAKER_STATE"], autocommit=True) as look:
            look.execute("UPDATE session_place SET since = since - 1000 WHERE box IS NULL")
        emulator.set_capacity(3)  # the emulated host has not ended it
        async with asyncio.timeout(120):
            while emulator.open_sessions < 3:
                finds = [FIND | {"where": {"Ref": f"R{next(numbers)}"}} for _ in range(6)]
                await asyncio.gather(*(asked(left, "find_records", **find) for find in finds))
        assert (emulator.open_sessions, refused(emulator)) == (3, 0)
