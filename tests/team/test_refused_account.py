"""FileMaker refuses an account in the middle of the day: everything of its caller waits for a new sign-in, and of nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from filemaker_mcp.server.app.http.http_service import PATH
from filemaker_mcp.server.auth.clock import SystemClock
from filemaker_mcp.server.authorization.caller_roll import CallerRoll
from filemaker_mcp.server.authorization.grants.revocations import Revocations, Revoked
from filemaker_mcp.server.emulator.faults.effects import Refuse
from filemaker_mcp.server.emulator.faults.layer import Match

from ..assistant import ACCOUNT
from ..authorization.served import asked
from .company import Company, company

pytestmark = pytest.mark.anyio


class Still(SystemClock):
    """Its seconds pass when a test says so, however slow the machine is."""

    at = 1_000.0

    def monotonic(self) -> float:
        return self.at


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def status_of(team: Company, token: str) -> int:
    """Of a request that asks nothing of FileMaker."""
    call: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    headers = {"Accept": "application/json, text/event-stream", "Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(headers=headers) as http:
        return (await http.post(team.origin + PATH, json=call)).status_code


@pytest.mark.parametrize("code", [210, 212])
async def test_a_refusal_during_a_call_ends_what_its_caller_was_given(tmp_path: Path, code: int) -> None:
    async with company(tmp_path, clock=Still()) as team:
        adas, bobs = await team.token("ada"), await team.token("bob")
        page = await team.browser("ada")
        assert (await page.get("/journal")).status_code == 200
        async with team.assistant(adas) as client:
            await asked(client, "find_records", layout="Products", limit=1)
            team.here.faults.arm(Match(path="*/layouts/*"), Refuse(952))
            team.here.faults.arm(Match("POST", "*/sessions", times=None), Refuse(code))
            refused = await client.call_tool("find_records", {"layout": "Products", "limit": 2})
            assert refused.is_error
        with anyio.fail_after(120):
            while await status_of(team, adas) != 401:  # noqa: ASYNC110 -- it tells nobody
                await anyio.sleep(0.02)
        for path in ("/", "/journal", "/changes", "/files"):
            assert (await page.get(path)).headers["location"].startswith("/sign-in"), path
        assert await status_of(team, bobs) == 200
        team.here.faults.clear()
        assert await status_of(team, await team.token("ada")) == 200, "who signs in anew is let in"


async def test_an_account_that_is_disabled_reads_nothing_after_five_seconds_though_its_session_is_open(
    tmp_path: Path,
) -> None:
    """FileMaker asks for the account when a session begins, and not again."""
    clock = Still()
    async with company(tmp_path, clock=clock) as team:
        adas, page = await team.token("ada"), await team.browser("ada")
        async with team.assistant(adas) as client:
            await asked(client, "find_records", layout="Products", limit=1)
        open_before = team.here.emulator.open_sessions
        assert open_before
        team.here.faults.arm(Match("POST", "*/sessions", times=None), Refuse(210))
        clock.at += 5
        requests = len(team.here.emulator.requests)
        assert await status_of(team, adas) == 401
        assert len(team.here.emulator.requests) == requests, "nothing was asked with the open session"
        for path in ("/", "/journal", "/changes", "/files"):
            assert (await page.get(path)).headers["location"].startswith("/sign-in"), path


async def test_a_host_that_cannot_be_asked_about_an_account_ends_nobodys_access(tmp_path: Path) -> None:
    """And it is not asked again by everybody who comes."""
    clock = Still()
    async with company(tmp_path, clock=clock) as team:
        adas = await team.token("ada")
        fault = team.here.faults.arm(Match("POST", "*/sessions", times=None), Refuse(802))
        clock.at += 5
        for _ in range(3):
            assert await status_of(team, adas) == 200
        assert fault.struck == 1


async def test_a_file_that_is_closed_ends_nobodys_access(tmp_path: Path) -> None:
    """802 says nothing of an account: every backup would sign the whole company out."""
    async with company(tmp_path) as team:
        adas = await team.token("ada")
        team.here.faults.arm(Match("POST", "*/sessions", times=None), Refuse(802))
        async with team.assistant(adas) as client:
            assert (await client.call_tool("find_records", {"layout": "Products"})).is_error
            assert (await client.call_tool("find_records", {"layout": "Products"})).is_error
        assert await status_of(team, adas) == 200


async def test_an_account_that_the_owner_ends_serves_nobody_until_it_is_admitted(tmp_path: Path) -> None:
    clock = Still()
    async with company(tmp_path, clock=clock) as team:
        token, page = await team.token("ada"), await team.browser("ada")
        assert await status_of(team, token) == 200
        roll = CallerRoll(team.here.state, clock.wall)
        await roll.end_account(ACCOUNT.upper(), "leaked")
        clock.at += 5
        assert await status_of(team, token) == 403
        shut = await page.get("/journal")
        assert (shut.status_code, "has ended the account" in shut.text) == (403, True)
        await roll.end_account("somebody else", "")
        assert await roll.admit_account(ACCOUNT)
        clock.at += 5
        assert await status_of(team, token) == 200
        assert (await page.get("/journal")).status_code == 200


async def test_what_runs_ends_with_the_program_or_the_grant_it_was_begun_by(tmp_path: Path) -> None:
    """At the next look, also where the same person has let in another program with the same rights."""
    async with company(tmp_path) as team:
        first, second = await team.token("ada"), await team.token("ada")
        servers = team.here.parts.servers
        for token in (first, second):
            assert await status_of(team, token) == 200
        assert servers.count == 1
        identity = await team.here.parts.verifier.verify(first)
        assert identity is not None
        await Revocations(lambda: team.here.state, lambda: 0.0).put(Revoked.GRANT, identity.grant, "lost")
        with anyio.fail_after(120):
            while servers.count:  # noqa: ASYNC110 -- it tells nobody
                await anyio.sleep(0.05)
        assert (await status_of(team, first), await status_of(team, second)) == (401, 200)
