"""A change whose process died in the middle is told as what it is everywhere, and so is one that is carried out just now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest

from filemaker_mcp.server.emulator.faults.effects import Act
from filemaker_mcp.server.emulator.faults.layer import Match

from ...assistant import Assistant
from ...postgres import stored
from ..workshop_host import command, planned
from .faults import NoConnection, Scene

pytestmark = pytest.mark.anyio

EDIT: dict[str, Any] = {"layout": "Jobs", "ids": ["1", "2", "3"], "values": {"Hours": {"add": 1}}}
AT: dict[str, tuple[Match, bool, dict[str, int], str]] = {
    "before anything was sent": (Match("GET", "*/records/*"), False, {"not_attempted": 3}, "planned"),
    "with a request out that arrived": (
        Match("PATCH", skip=1),
        True,
        {"done": 2, "not_attempted": 1},
        "stopped",
    ),
    "after the last one": (Match("PATCH", skip=2), True, {"done": 3}, "done"),
}


async def told(assistant: Assistant, change: str) -> tuple[str, str]:
    """The change's state in the list, and by itself."""
    (line,) = (await assistant.ask("list_changes"))["changes"]
    return line["state"], (await assistant.ask("list_changes", change_id=change))["state"]


async def killed(scene: Scene, assistant: Assistant, match: Match, *, processed: bool) -> str:
    change = (await planned(assistant, "edit_records", **EDIT))["change_id"]
    with anyio.CancelScope() as scope:
        scene.on_kill = scope.cancel
        scene.faults.arm(match, Act(scene.kill, processed))
        await scene.carried_out(assistant, change)
    assert scene.processes
    return change


@pytest.mark.parametrize("at", AT)
async def test_a_change_whose_process_died_is_told_as_what_became_of_it(
    tmp_path: Path, at: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    match, processed, records, state = AT[at]
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        change = await killed(scene, assistant, match, processed=processed)
    monkeypatch.setenv("FILEMAKER_STATE", stored({"FILEMAKER_STATE": str(scene.state)})["FILEMAKER_STATE"])
    async with scene.process() as assistant:
        assert await told(assistant, change) == (state, state)
        assert (await assistant.ask("list_changes", change_id=change))["records"] == records
        assert await command("journal", "list") == 0
        assert "interrupted: its process ended in the middle" in capsys.readouterr().out
        assert await command("approve") == 0
        assert (change in capsys.readouterr().out) == (state == "planned"), (
            "a plan that was begun waits for nobody"
        )
        if state != "planned":
            assert await command("approve", change) == 0
            assert "nothing left to decide" in capsys.readouterr().out
            back = await assistant.ask("undo_change", change_id=change)
            assert (back["state"], len(back["changes"])) == ("planned", records["done"])
        assert (await assistant.carried_out(change))["records"] == {"done": 3}
        lines = (await assistant.ask("list_changes"))["changes"]
        assert next(line["state"] for line in lines if line["change_id"] == change) == "done"


async def test_where_the_host_is_away_too_nothing_is_said_to_run(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        change = await killed(scene, assistant, Match("PATCH", skip=1), processed=True)
    away = scene.faults.arm(Match(times=None), NoConnection())
    async with scene.process() as assistant:
        assert await told(assistant, change) == ("unknown", "unknown")
    assert away.struck
    scene.faults.clear()
    async with scene.process() as assistant:
        assert (await assistant.ask("list_changes", change_id=change))["state"] == "stopped", "it looks again"
        assert await told(assistant, change) == ("stopped", "stopped")


async def test_a_change_that_is_carried_out_just_now_is_running_between_its_records_too(
    tmp_path: Path,
) -> None:
    scene = Scene(tmp_path)
    seen: list[tuple[str, str]] = []
    async with scene.process() as assistant, scene.process() as other:
        change = (await planned(assistant, "edit_records", **EDIT))["change_id"]

        async def looked() -> None:
            seen.extend([await told(assistant, change), await told(other, change)])

        scene.faults.arm(Match("GET", "*/records/*"), Act(looked))
        scene.faults.arm(Match("PATCH", skip=1), Act(looked))
        assert (await assistant.carried_out(change))["records"] == {"done": 3}
        assert seen == [("running", "running")] * 4
        assert await told(other, change) == ("done", "done")
