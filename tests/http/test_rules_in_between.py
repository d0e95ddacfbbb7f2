"""Rules and rights that change while somebody is being let in, or is in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from filemaker_mcp.server.app.http.caller_seats import CallerSeats
from filemaker_mcp.server.app.sample_server import FILE, everything_allowed
from filemaker_mcp.server.authorization.caller_roll import CallerRoll
from filemaker_mcp.server.authorization.grants.revocations import Revocations
from filemaker_mcp.server.callers.caller_identity import Identity
from filemaker_mcp.server.callers.epoch import EpochWatch
from filemaker_mcp.server.callers.halts import Halt, Halts
from filemaker_mcp.server.callers.own_accounts import NoOwnAccounts, OwnAccount
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.config.settings import Settings
from filemaker_mcp.server.errors import Forbidden
from filemaker_mcp.server.local.state.sqlite_state import SqliteState
from filemaker_mcp.server.policy import Access

from ..assistant import SAMPLE
from .agent_keys import agent_keys
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


@dataclass(frozen=True)
class Linked:
    """Accounts that are looked up while something else happens."""

    account_name: str
    meanwhile: Callable[[], None] = lambda: None

    async def account(self, identity: Identity, database: str) -> OwnAccount:
        self.meanwhile()
        return OwnAccount(self.account_name, "secret")


def linked(**rule: object) -> Settings:
    """An account of their own, for whoever has a key; more rules stand before it."""
    entry = {"match": {"issuer": "keys"}, "accounts": {FILE: "own"}, "own_account": "{claim.owner}", **rule}
    callers = [{"match": {"issuer": "elsewhere"}}, entry]
    return settled(overlaid({"callers": callers}, everything_allowed() | SAMPLE), None)


async def test_rules_that_became_fewer_while_an_account_was_looked_up_are_no_defect(tmp_path: Path) -> None:
    state, before = SqliteState(tmp_path / "state.db"), linked()
    renamed = {"other": next(iter(before.database.values()))}
    after = ruled(Access.READ).model_copy(update={"database": renamed})

    def meanwhile() -> None:
        seats.take(after)

    halts = Halts(lambda: state, time.monotonic)
    seats = CallerSeats(before, Linked("ana", meanwhile), halts, nothing_ended)
    agent = Identity("keys", "agent", "agent", frozenset({"fm:read"}), {"owner": "Ana"})
    assert set((await seats(agent)).policies) == {"other"}, "while the account was looked up"
    seats.take(before)
    asked = asyncio.create_task(seats.own_accounts(agent))
    stopped = asyncio.create_task(seats(agent))
    await asyncio.sleep(0)
    meanwhile()
    assert await asked in ({}, {FILE: frozenset({"ana"})}), "by the rules of one moment"
    assert set((await stopped).policies) == {"other"}
    await state.close()


@pytest.mark.parametrize("written", ["J\u00fcrgen", "JU\u0308RGEN"])
async def test_an_account_is_one_however_its_accents_are_written(tmp_path: Path, written: str) -> None:
    """macOS writes an accent as a sign of its own."""
    state = SqliteState(tmp_path / "state.db")
    ended = Revocations(lambda: state, time.time).are_any
    seats = CallerSeats(linked(), Linked("Ju\u0308rgen"), Halts(lambda: state, time.monotonic), ended)
    agent = Identity("keys", "agent", "agent", frozenset({"fm:read"}), {"owner": written})
    assert (await seats(agent)).settings.database[FILE].account == "Ju\u0308rgen"
    await CallerRoll(state, time.time).end_account(written, "left")
    with pytest.raises(Forbidden, match="has ended the account"):
        await seats(agent)
    assert await CallerRoll(state, time.time).admit_account("j\u00dcrgen")
    assert await seats(agent)
    await state.close()


async def test_what_runs_for_whoever_was_stopped_is_ended_by_the_next_look_at_it(tmp_path: Path) -> None:
    """Not by the one after: what the server was told a second ago is no reason to wait."""
    callers = [{"match": {"issuer": "keys"}}]
    async with http_server({"state": str(tmp_path / "state.db"), "callers": callers}) as server:
        servers = server.parts.servers
        keys, halts = agent_keys(servers), Halts(lambda: servers.state, time.monotonic)
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
        keys = agent_keys(server.parts.servers)
        token = await keys.add("agent", scopes=["fm:read"], days=1, networks=[], owner="", now=time.time())
        assert server.parts.reload is not None
        await server.parts.reload()
        async with server.person(token) as person:
            assert (await person.ask("list_changes"))["changes"] == []
