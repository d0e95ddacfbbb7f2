"""The machine's clock jumps, as after a suspended machine or a wrong time server: nobody gets in for longer, and nobody is kept out by it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.auth.clock import SystemClock
from filemaker_mcp.server.callers.halts import Halt, Halts

from .agent_keys import agent_keys
from .http_server import http_server
from .identity_provider import ISSUER, identity_provider

pytestmark = pytest.mark.anyio
DAY = 86_400.0


class Jumping(SystemClock):
    """Its wall jumps; what counts seconds goes on, and is put ahead apart."""

    wall_by = 0.0
    passed = 0.0

    def wall(self) -> float:
        return super().wall() + self.wall_by

    def monotonic(self) -> float:
        return super().monotonic() + self.passed


async def test_a_wall_that_jumps_lets_nobody_in_for_longer_and_ends_no_halt(tmp_path: Path) -> None:
    clock = Jumping()
    async with identity_provider() as provider:
        settings: dict[str, Any] = {
            "state": str(tmp_path / "state.db"),
            "callers": [{"match": {"issuer": "keys"}}, {"match": {"issuer": ISSUER}}],
            "http": {"issuers": [provider.settings]},
        }
        async with http_server(settings, clock=clock) as server:
            keys = agent_keys(server.parts.servers)
            made: dict[str, Any] = {"scopes": ["fm:edit"], "networks": [], "owner": "", "now": clock.wall()}
            short, lasting = (
                await keys.add("short", days=1, **made),
                await keys.add("lasting", days=None, **made),
            )
            token = provider.token("ada")

            async def statuses() -> list[int]:
                return [(await server.status_of(each))[0] for each in (short, lasting)]

            assert await statuses() == [200, 200]
            assert (await server.status_of(token))[0] == 200
            asked = provider.asked
            clock.wall_by = 2 * DAY
            assert await statuses() == [401, 200]
            async with server.person(lasting) as person:
                plan = await person.ask("edit_records", layout="Products", ids=["1"], values={"Name": "Rope"})
                clock.wall_by = -30 * DAY
                assert (await person.ask("find_records", layout="Products", limit=1))["found"] > 0
                applied = await person.ask("apply_change", change_id=plan["change_id"])
                assert applied["state"] == "done"
                clock.wall_by = 60 * DAY
                assert (await person.ask("find_records", layout="Products", limit=1))["found"] > 0
                assert (await person.ask("undo_change", change_id=plan["change_id"]))["state"] == "planned"
            await server.status_of(token)
            assert provider.asked == asked, "the keys of a provider are asked for by the seconds that pass"
            halts = Halts(lambda: server.parts.servers.state, clock.monotonic)
            await halts.put(Halt("", True, "Month end", clock.wall()))
            clock.wall_by, clock.passed = -300 * DAY, 5.0
            assert (await server.status_of(lasting))[0] == 403
