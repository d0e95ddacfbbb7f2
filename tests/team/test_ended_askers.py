"""An approver looks at a plan of somebody who was stopped or ended since: it says so, and it cannot be agreed to."""

from __future__ import annotations

from pathlib import Path

import pytest

from filemaker_mcp.server.authorization.caller_roll import CallerRoll
from filemaker_mcp.server.callers.halts import Halt, Halts

from ..http.agent_keys import agent_keys
from ..http.later import Later
from .company import company

pytestmark = pytest.mark.anyio
SAID = "Whoever asked for this has been stopped"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_nobody_agrees_for_whoever_was_stopped_or_ended_since(tmp_path: Path) -> None:
    clock = Later()
    async with company(tmp_path, {"approvers_see_all": True}, clock=clock, keyed=True) as team:
        keys = agent_keys(team.here.parts.servers)
        key = await keys.add(
            "nightly",
            owner=team.caller("ada"),
            scopes=["fm:delete"],
            days=None,
            networks=[],
            now=clock.wall(),
        )
        plans = [await team.plan(key, layout="Products", ids=[number]) for number in ("2", "3")]
        plan = await team.plan(await team.token("ada"))
        lea = await team.browser("lea")
        halts, roll = Halts(lambda: team.here.state, clock.monotonic), CallerRoll(team.here.state, clock.wall)

        async def told(change: str) -> bool:
            clock.ahead += 5
            page = await lea.get(f"/agree/{change}")
            assert page.status_code == 200
            refused = (await lea.send(origin=team.origin, answer="yes")).status_code == 403
            assert (SAID in page.text) is refused
            return refused

        assert not await told(plan)
        for who in (team.caller("ada"), "keys|nightly"):
            await halts.put(Halt(who, False, "Left", clock.wall()))
            assert [await told(plan), await told(plans[0])] == [who != "keys|nightly", who == "keys|nightly"]
            await halts.lift(who)
        assert not await told(plan)
        await roll.revoke(team.caller("ada"), "Left")
        assert await told(plan)
        await roll.admit(team.caller("ada"))
        assert await keys.revoke("nightly", clock.wall())
        assert (await told(plan), await told(plans[1])) == (False, True)
