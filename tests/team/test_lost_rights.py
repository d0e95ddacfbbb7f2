"""An agreement counts while whoever gave it might give it now: it is judged when it is used, not when it was given."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.authorization.caller_roll import CallerRoll
from filemaker_mcp.server.callers.halts import Halt, Halts
from filemaker_mcp.server.emulator.faults.effects import Act, Refuse
from filemaker_mcp.server.emulator.faults.layer import Match

from ..authorization.served import asked
from ..http.agent_keys import agent_keys
from ..http.later import Later
from .company import Company, company

pytestmark = pytest.mark.anyio
ALL = {"approvers_see_all": True}
ASKED = "The agreement of"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def _key(team: Company) -> str:
    """Of an agent: it needs nobody at the provider."""
    keys = agent_keys(team.here.parts.servers)
    return await keys.add(
        "agent", scopes=["fm:delete"], owner=team.caller("ada"), days=1, networks=[], now=2e9
    )


async def _agreed(team: Company, asks: str, by: str, number: int) -> str:
    plan = await team.plan(asks, layout="Products", ids=[str(number)])
    team.signed.pop(by, None)
    assert "You agreed" in (await team.agreed(await team.browser(by), plan, by)).text
    return plan


async def _applied(team: Company, token: str, plan: str) -> dict[str, Any]:
    async with team.assistant(token) as client:
        return await asked(client, "apply_change", change_id=plan)


def _ways(team: Company, clock: Later) -> dict[str, tuple[Callable[[], Awaitable[object]], str]]:
    """How lea may lose what she agreed by, and what is said of it then."""
    here, provider, lea = team.here, team.provider, team.caller("lea")
    callers = here.file["callers"]
    roll, halts = CallerRoll(here.state, time.time), Halts(lambda: here.state, clock.monotonic)

    async def later(seconds: float = 61) -> None:
        clock.ahead += seconds

    async def said(**claims: Any) -> None:
        provider.claims |= claims
        await later()

    async def refused() -> None:
        here.faults.arm(Match("POST", "*/sessions", times=None), Refuse(212))
        await later()

    async def forgotten() -> None:
        provider.renewals.clear()
        await later()

    async def away() -> None:
        provider.away = True
        await later(3_601)

    async def stopped() -> None:
        await halts.put(Halt(lea, is_whole=True, reason="", at=0))
        await later()

    return {
        "her role": (lambda: here.revised(callers=[callers[0], callers[1] | {"role": "user"}, *callers[2:]]), "may not agree"),
        "her entry": (lambda: here.revised(callers=[callers[0], *callers[2:]]), "gives you nothing here"),
        "her group": (lambda: said(groups=["none"]), "gives you nothing here"),
        "a claim of her scope": (lambda: said(region=None), "does not say 'region'"),
        "her account": (refused, "FileMaker does not let"),
        "her place at the provider": (forgotten, "would not be signed in"),
        "a provider that says so": (away, "more than an hour ago"),
        "the server": (stopped, "stopped this server"),
        "her access": (lambda: roll.revoke(lea, "left"), "access has ended"),
    }  # fmt: skip


async def test_whoever_lost_the_right_to_agree_has_agreed_to_nothing(tmp_path: Path) -> None:
    """Each way on a plan of its own, and each is given back before the next. What was agreed to waits again, for all who may."""
    clock = Later()
    scope = {"Products": {"where": {"SKU": "{claim.region}"}, "key": "SKU"}}
    async with company(
        tmp_path, ALL, clock=clock, keyed=True, leads="narrow", policies={"narrow": {"scope": scope}}
    ) as team:
        asks, before, plan = await _key(team), list(team.here.file["callers"]), ""
        for number, (what, (lose, says)) in enumerate(_ways(team, clock).items(), 1):
            plan = await _agreed(team, asks, "lea", number)
            await lose()
            answer = await _applied(team, asks, plan)
            assert answer["state"] == "planned", (what, answer)
            assert ASKED in answer["next"], what
            assert says in answer["next"], (what, answer["next"])
            team.provider.away = False
            team.here.faults.clear()
            await Halts(lambda: team.here.state, clock.monotonic).lift(team.caller("lea"))
            await team.here.revised(callers=before)
            clock.ahead += 61
        olga = await team.browser("olga")
        assert plan in (await olga.get("/")).text
        assert "You agreed" in (await team.agreed(olga, plan, "olga")).text
        assert (await _applied(team, asks, plan))["state"] == "done"


async def test_what_is_being_carried_out_ends_with_the_record_at_hand(tmp_path: Path) -> None:
    """What is left is planned anew, and another person agrees to it."""
    clock = Later()
    async with company(tmp_path, ALL, clock=clock, keyed=True) as team:
        asks, callers = await _key(team), team.here.file["callers"]
        plan = await team.plan(asks, layout="Products", ids=["1", "2", "3", "4"])
        lea, olga = await team.browser("lea"), await team.browser("olga")
        assert "You agreed" in (await team.agreed(lea, plan, "lea")).text

        async def demoted() -> None:
            await team.here.revised(callers=[callers[0], callers[1] | {"role": "user"}, *callers[2:]])
            clock.ahead += 5

        team.here.faults.arm(Match("DELETE", "*/records/*"), Act(demoted))
        answer = await _applied(team, asks, plan)
        assert answer["records"] == {"done": 1, "not_attempted": 3}, answer
        assert ASKED in answer["stopped"]
        again = await _applied(team, asks, plan)
        assert (again["state"], again["records"]) == ("stopped", {"done": 1, "not_attempted": 3})
        assert "plan what is left anew" in again["next"]
        rest = await team.plan(asks, layout="Products", ids=["2", "3", "4"])
        assert "You agreed" in (await team.agreed(olga, rest, "olga")).text
        assert (await _applied(team, asks, rest))["records"] == {"done": 3}


async def test_a_keys_owner_who_is_gone_and_a_person_who_is_another_now_agree_for_it_no_more(
    tmp_path: Path,
) -> None:
    """Also to a file that leaves, and whatever somebody who writes into the records makes of the name."""
    clock = Later()
    async with company(tmp_path, clock=clock, keyed=True, same=("ada", "bob")) as team:
        asks, persons = await _key(team), team.here.file["persons"]
        plan = await _agreed(team, asks, "bob", 1)
        await team.here.revised(persons={})
        assert "may not agree" in (await _applied(team, asks, plan))["next"]
        await team.here.revised(persons=persons)
        plan = await _agreed(team, asks, "ada", 2)
        team.provider.claims |= {"groups": ["none"]}
        clock.ahead += 61
        assert ASKED in (await _applied(team, asks, plan))["next"]
        async with team.here.state.writing() as transaction:
            transaction.put("UPDATE plan SET approved_person = '' WHERE id = ?", plan)
        answer = await _applied(team, asks, plan)
        assert (answer["state"], ASKED in answer["next"]) == ("planned", False), "no seal of ours"
