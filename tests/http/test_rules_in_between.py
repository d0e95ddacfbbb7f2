"""Rules and rights that change while somebody is being let in, or is in."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from filemaker_mcp.server.app.http.caller_seats import CallerSeats
from filemaker_mcp.server.app.sample_server import everything_allowed
from filemaker_mcp.server.callers.caller_identity import Identity
from filemaker_mcp.server.callers.caller_keys import CallerKeys
from filemaker_mcp.server.callers.epoch import EpochWatch
from filemaker_mcp.server.callers.halts import Halt, Halts
from filemaker_mcp.server.callers.own_accounts import NoOwnAccounts
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.config.settings import Settings
from filemaker_mcp.server.local.state.sqlite_state import SqliteState
from filemaker_mcp.server.policy import Access

from ..assistant import SAMPLE
from .http_server import http_server
from .later import Later

pytestmark = pytest.mark.anyio


def ruled(access: Access) -> Settings:
    """Everybody with a key gets that."""
    policies = {each.value: {"access": each.value} for each in (Access.EDIT, Access.READ)}
    callers = [{"match": {"issuer": "keys"}, "policy": access.value}]
    return settled(overlaid({"policies": policies, "callers": callers}, everything_allowed() | SAMPLE), None)


async def nothing_ended(what: object) -> bool:
    return False


async def test_whoever_was_let_in_while_the_rules_changed_has_the_new_ones(tmp_path: Path) -> None:
    state = SqliteState(tmp_path / "state.db")
    seats = CallerSeats(
        ruled(Access.EDIT), NoOwnAccounts(), Halts(lambda: state, time.monotonic), nothing_ended
    )
    agent = Identity("keys", "agent", "agent", frozenset({"fm:edit", "fm:read"}))
    let_in = asyncio.create_task(seats(agent))
    await asyncio.sleep(0)  # the rule is found, and what is stopped is being looked up
    seats.take(ruled(Access.READ))
    for seat in (await let_in, await seats(agent)):
        assert {policy.access for policy in seat.policies.values()} == {Access.READ}
    await state.close()


async def test_what_runs_for_whoever_was_stopped_is_ended_by_the_next_look_at_it(tmp_path: Path) -> None:
    """Not by the one after: what the server was told a second ago is no reason to wait."""
    callers = [{"match": {"issuer": "keys"}}]
    async with http_server({"state": str(tmp_path / "state.db"), "callers": callers}) as server:
        servers = server.parts.servers
        keys, halts = CallerKeys(lambda: servers.state), Halts(lambda: servers.state, time.monotonic)
        for name in ("kept", "revoked", "stopped"):
            token = await keys.add(name, scopes=["fm:read"], days=1, networks=[], owner="", now=time.time())
            assert (await server.status_of(token))[0] == 200
        assert servers.count == 3
        assert await keys.revoke("revoked", time.time())
        await halts.put(Halt("keys|stopped", is_whole=True, reason="", at=time.time()))
        await servers.revise()
        assert servers.count == 1


async def test_what_the_records_answered_long_ago_lets_nobody_in(tmp_path: Path) -> None:
    """A connection that stalls brings an answer of before the stall."""
    clock, asked = Later(), list[str]()
    then, now = SqliteState(tmp_path / "then.db"), SqliteState(tmp_path / "now.db")
    await Halts(lambda: now, clock.monotonic).put(Halt("", is_whole=True, reason="", at=0.0))

    def stalled() -> SqliteState:
        asked.append("")
        clock.ahead += 10 if len(asked) == 1 else 0
        return then if len(asked) == 1 else now

    assert await Halts(stalled, clock.monotonic).of("keys|agent") is not None
    asked.clear()
    assert await EpochWatch(stalled, clock.monotonic).number() == 1
    assert await EpochWatch(lambda: then, clock.monotonic).number() == -1
    for state in (then, now):
        await state.close()


async def test_a_database_that_came_with_rules_read_anew_is_one_like_others(tmp_path: Path) -> None:
    kept = {"state": str(tmp_path / "state.db"), "seal_key": str(tmp_path / "seal.key")}
    tree = overlaid(kept | {"callers": [{"match": {"issuer": "keys"}}]}, everything_allowed() | SAMPLE)
    before = settled(tree, None)
    after = before.model_copy(update={"database": {"other": next(iter(before.database.values()))}})
    async with http_server(tree, reread=lambda: after) as server:
        keys = CallerKeys(lambda: server.parts.servers.state)
        token = await keys.add("agent", scopes=["fm:read"], days=1, networks=[], owner="", now=time.time())
        assert server.parts.reload is not None
        await server.parts.reload()
        async with server.person(token) as person:
            assert (await person.ask("list_changes"))["changes"] == []
