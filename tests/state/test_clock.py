"""A clock that jumps in the middle of a change: each record is written once, and the journal stays whole."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from filemaker_mcp.server.auth.clock import SystemClock
from filemaker_mcp.server.changes.audit.journal_check import journal_faults
from filemaker_mcp.server.emulator.faults.effects import Act
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match

from ..changes.workshop_host import applied, in_workshop, own_seal, planned, workshop
from ..postgres import on_postgres, postgres

pytestmark = pytest.mark.anyio
DAY = 86_400.0


class Jumping(SystemClock):
    ahead = 0.0

    def wall(self) -> float:
        return super().wall() + self.ahead


@pytest.mark.parametrize("ahead", [2 * DAY, -2 * DAY])
@pytest.mark.parametrize("store", ["file", pytest.param("postgres", marks=on_postgres)])
async def test_a_clock_that_jumps_changes_nothing_of_what_is_under_way(
    tmp_path: Path, store: str, ahead: float
) -> None:
    server = postgres() if store == "postgres" else None
    place = {"FILEMAKER_STATE": str(tmp_path / "state.db") if server is None else server.database()}
    emulator, clock = workshop(), Jumping()
    faults = FaultLayer(emulator.app, emulator.host.clock)
    transport = httpx.ASGITransport(app=faults)
    async with in_workshop(emulator, place, transport=transport, clock=clock) as assistant:
        edit = {"layout": "Jobs", "ids": ["1", "2", "3"], "values": {"Hours": {"add": 1}}}
        plan = await planned(assistant, "edit_records", **edit)

        def jump() -> None:
            clock.ahead = ahead

        faults.arm(Match("PATCH", "*/records/*", skip=1), Act(jump))
        assert (await applied(assistant, plan))["records"] == {"done": 3}
        assert clock.ahead == ahead
        again = await planned(assistant, "edit_records", **edit, repeat=True)
        assert (await applied(assistant, again))["records"] == {"done": 3}
        rows = [emulator.record("Workshop", "Jobs", number) for number in (1, 2, 3)]
        assert [row.values["Hours"] for row in rows if row is not None] == [("7",), ("14.5",), ("3",)]
        state = assistant.application.workspaces.state
        assert await journal_faults(state, own_seal(), counts=not state.is_shared) == []
