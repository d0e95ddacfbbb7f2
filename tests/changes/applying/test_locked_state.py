"""Another program keeps the state file locked for longer than we wait: nothing stays "running" for ever."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.faults.effects import Act
from filemaker_mcp.server.emulator.faults.layer import Match

from ..workshop_host import applied, planned
from .fault_matrix import texts
from .faults import Scene

pytestmark = pytest.mark.anyio


async def test_a_state_file_locked_right_after_a_write_is_caught_up_with(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        plan = await planned(
            assistant, "edit_records", layout="Jobs", ids=["1", "2"], values={"Ref": {"append": "!"}}
        )
        assistant.application.workspaces.state.patience = 0
        other = sqlite3.connect(scene.state, isolation_level=None)

        async def lock() -> None:
            other.execute("BEGIN IMMEDIATE")

        scene.faults.arm(Match("PATCH"), Act(lock, processed=True))
        first = await assistant.call("apply_change", change_id=plan["change_id"])
        other.execute("ROLLBACK")
        other.close()
        assert "done" not in str(first.structured_content)
        assert (await applied(assistant, plan))["records"] == {"done": 2}
        assert texts(scene.emulator, "Jobs", "Ref") == ["R1!", "R2!", "R3"]
        assert {job["state"] for job in (await assistant.ask("check_job"))["jobs"]} == {"done", "unknown"}
