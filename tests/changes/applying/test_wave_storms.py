"""Several things go wrong in waves of a hundred records, also while one is read back: each record once, told as it is.

A few courses each time; `FILEMAKER_SOAK` says how many (`make soak-faults`).
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from filemaker_mcp.server.changes.audit.journal_check import journal_faults
from filemaker_mcp.server.emulator.faults.effects import Act, Drop, Effect, Page
from filemaker_mcp.server.emulator.faults.exchange import Exchange
from filemaker_mcp.server.emulator.faults.layer import Match
from filemaker_mcp.server.local.state.sqlite_state import SqliteState

from ...postgres import on_files
from ..workshop_host import ended, own_seal, planned
from .faults import Killed, Scene, refusal, scene_faults
from .test_requests import a_hundred_jobs
from .test_waves import written

pytestmark = pytest.mark.anyio

STORIES = int(os.environ.get("FILEMAKER_SOAK", "3"))
RECORDS = 90
OPERATIONS: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "create": (
        "create_records",
        {"layout": "Jobs", "records": [{"Title": f"New {n}", "Ref": f"N{n}"} for n in range(RECORDS)]},
        "POST",
        "*/layouts/Jobs/records",
    ),
    "edit": (
        "edit_records",
        {
            "layout": "Jobs",
            "ids": [str(n) for n in range(1, RECORDS + 1)],
            "values": {"Hours": {"add": 1000}},
        },
        "PATCH",
        "*/layouts/Jobs/records/*",
    ),
    "delete": (
        "delete_records",
        {"layout": "Jobs", "ids": [str(n) for n in range(1, RECORDS + 1)]},
        "DELETE",
        "*/layouts/Jobs/records/*",
    ),
}
WRITING = (
    "no connection", "cut while it goes out", "cut after the commit", "reset after the commit", "answer cut in the middle",
    "502, not carried out", "502, carried out", "301 once", "952", "cancelled before the commit", "cancelled after the commit",
    "killed before the commit", "killed after the commit",
)  # fmt: skip
READING = (
    "no connection", "cut after the commit", "502, carried out", "952", "killed after the commit", "cancelled after the commit",
)  # fmt: skip


@dataclass(frozen=True)
class Overtaken:
    """The host answers after it has looked at others that came later."""

    turns: int

    async def apply(self, exchange: Exchange) -> None:
        for _ in range(self.turns):
            await anyio.lowlevel.checkpoint()
        await exchange.forward()


@on_files
@pytest.mark.parametrize("story", range(STORIES))
async def test_each_record_is_once_and_told_whatever_comes_together(tmp_path: Path, story: int) -> None:
    chance = random.Random(story)
    operation = list(OPERATIONS)[story % len(OPERATIONS)]
    tool, arguments, method, path = OPERATIONS[operation]
    scene = Scene(tmp_path, a_hundred_jobs(tmp_path))
    async with scene.process() as assistant:
        change = (await planned(assistant, tool, **arguments))["change_id"]
    for _ in range(3):
        was = scene.processes
        async with scene.process() as assistant:
            with anyio.CancelScope() as scope:
                scene.on_kill = scope.cancel
                faults = scene_faults(scene, scope.cancel)
                for name in chance.sample(WRITING, 2):
                    scene.faults.arm(Match(method, path, skip=chance.randint(0, 80)), *faults[name])
                reading = faults[chance.choice(READING)]
                scene.faults.arm(Match("POST", "*/_find", skip=chance.randint(0, 3)), *reading)
                for _ in range(4):
                    late = Overtaken(chance.randint(50, 3000))
                    scene.faults.arm(Match(method, path, skip=chance.randint(0, 80)), late)
                await ended(assistant, await assistant.ask("apply_change", change_id=change, go_on=True))
            if scene.processes > was:
                raise Killed
            scene.faults.faults.clear()
            await is_told(scene, assistant, change, operation)
        scene.faults.faults.clear()
    async with scene.process() as assistant:
        answer = await ended(assistant, await assistant.ask("apply_change", change_id=change, go_on=True))
        assert answer["records"] == {"done": RECORDS}, str(answer)
        assert written(scene.emulator, operation) == RECORDS
    state = SqliteState(scene.state)
    assert await journal_faults(state, own_seal()) == []
    await state.close()


async def is_told(scene: Scene, assistant: Any, change: str, operation: str) -> None:
    """What is said to be done is stored, and the other way round."""
    answer = await assistant.ask("list_changes", change_id=change)
    while answer["state"] == "running":
        await anyio.lowlevel.checkpoint()
        answer = await assistant.ask("list_changes", change_id=change)
    done, unknown = (answer["records"].get(state, 0) for state in ("done", "unknown"))
    assert done <= written(scene.emulator, operation) <= done + unknown


@pytest.mark.parametrize("locks", [3, 300])
async def test_a_record_that_stays_locked_is_told_and_the_others_are_written(
    tmp_path: Path, locks: int
) -> None:
    """301 is tried a few times, while the rest of the wave goes out."""
    scene = Scene(tmp_path, a_hundred_jobs(tmp_path))
    tool, arguments, _, _ = OPERATIONS["edit"]
    async with scene.process() as assistant:
        plan = await planned(assistant, tool, **arguments)
        scene.faults.arm(Match("PATCH", "*/records/40", times=locks), refusal(301))
        answer = await ended(
            assistant, await assistant.ask("apply_change", change_id=plan["change_id"], go_on=True)
        )
        refused = int(locks > 3)
        expected = {"done": RECORDS - refused} | ({"refused": 1} if refused else {})
        assert answer["records"] == expected
        assert written(scene.emulator, "edit") == RECORDS - refused
        if refused:
            assert "in use" in str(answer["details"])


async def test_a_wave_that_cannot_be_read_back_is_done_and_says_so(tmp_path: Path) -> None:
    scene = Scene(tmp_path, a_hundred_jobs(tmp_path))
    tool, arguments, _, _ = OPERATIONS["create"]
    away: Effect = Page(processed=True)
    async with scene.process() as assistant:
        plan = await planned(assistant, tool, **arguments)
        scene.faults.arm(Match("POST", "*/_find", times=None), away)
        scene.faults.arm(Match("GET", "*/layouts/Jobs/records/*", times=None), away)
        answer = await ended(
            assistant, await assistant.ask("apply_change", change_id=plan["change_id"], go_on=True)
        )
        assert answer["records"] == {"done": RECORDS}
        assert "could not be read back" in str(answer)
        assert written(scene.emulator, "create") == RECORDS


async def test_two_processes_at_one_plan_send_each_record_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one looks again and again, without a pause by this clock, for as long as its call waits."""
    monkeypatch.setattr("filemaker_mcp.tools.jobs.PATIENCE_SECONDS", 0.5)
    scene = Scene(tmp_path, a_hundred_jobs(tmp_path))
    tool, arguments, method, path = OPERATIONS["create"]
    async with scene.process() as one, scene.process() as other:
        change = (await planned(one, tool, **arguments))["change_id"]

        async def also() -> None:
            answer = await other.ask("apply_change", change_id=change, go_on=True)
            assert answer["state"] in ("running", "done"), answer

        scene.faults.arm(Match(method, path, skip=40), Act(also, processed=True))
        scene.faults.arm(Match(method, path, skip=50), Drop(processed=True))
        await ended(one, await one.ask("apply_change", change_id=change, go_on=True))
        answer = await ended(one, await one.ask("apply_change", change_id=change, go_on=True))
        assert answer["records"] == {"done": RECORDS}
        assert written(scene.emulator, "create") == RECORDS
