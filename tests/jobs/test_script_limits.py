"""Scripts against limits: time, the host's room, the owner's allowance, the queue, and the end of the server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.app.sample import sample_folder
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.clock import ManualClock

from ..assistant import assisted
from .one_clock import ServerClock, timed

pytestmark = pytest.mark.anyio


async def test_a_script_that_was_running_when_the_server_ended_is_unknown_and_not_run_again(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    emulator = Emulator([sample_folder()], clock=clock)
    environment = {
        "FILEMAKER_SCRIPTS": json.dumps({"Slow": {"effect": "reads", "layout": "Tasks"}}),
        "FILEMAKER_STATE": str(tmp_path / "state.db"),
    }
    question: dict[str, Any] = {"script": "Slow", "parameter": "180"}
    async with assisted(environment, emulator=emulator, clock=ServerClock(clock)) as assistant:
        await assistant.ask("list_scripts")
        first, _ = await timed(clock, assistant.ask("run_script", **question))
        assert first["state"] == "running"
    async with assisted(environment, emulator=emulator, clock=ServerClock(clock)) as assistant:
        told = await assistant.ask("check_job", job=first["job"])
        assert told["state"] == "unknown"
        assert "not run again by itself" in told["said"]
        again = await assistant.ask("run_script", **question)
        assert (again["state"], again["job"]) == ("unknown", first["job"])
    assert sum("/script/Slow" in request.path for request in emulator.requests) <= 1
