"""Many records of one change are on their way at once: each is still written once, and told as it is."""

from __future__ import annotations

import os
from collections import Counter
from itertools import product
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import httpx
import pytest

from filemaker_mcp.server.changes.applying.wave import AT_ONCE, FIRST
from filemaker_mcp.server.changes.applying.wave_stream import UNSETTLED
from filemaker_mcp.server.changes.audit.journal_check import journal_faults
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.faults.effects import Act
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match

from ...http.later import Later
from ...postgres import STORE
from ..workshop_host import applied, ended, in_workshop, own_seal, planned, somebody
from .faults import Killed, Scene, scene_faults
from .test_requests import a_hundred_jobs

pytestmark = pytest.mark.anyio

RECORDS = 30
MIDDLE = 13
"""So many requests pass before something goes wrong."""
OPERATIONS: dict[str, tuple[str, dict[str, Any], Match]] = {
    "create": (
        "create_records",
        {"layout": "Jobs", "records": [{"Title": f"New {n}", "Ref": f"N{n}"} for n in range(RECORDS)]},
        Match("POST", "*/layouts/Jobs/records", skip=MIDDLE),
    ),
    "edit": (
        "edit_records",
        {
            "layout": "Jobs",
            "ids": [str(n) for n in range(1, RECORDS + 1)],
            "values": {"Hours": {"add": 1000}},
        },
        Match("PATCH", "*/layouts/Jobs/records/*", skip=MIDDLE),
    ),
    "delete": (
        "delete_records",
        {"layout": "Jobs", "ids": [str(n) for n in range(1, RECORDS + 1)]},
        Match("DELETE", "*/layouts/Jobs/records/*", skip=MIDDLE),
    ),
}
TROUBLE = (
    "no connection",
    "cut while it goes out",
    "cut after the commit",
    "502, carried out",
    "refused",
    "301 once",
    "952",
    "cancelled after the commit",
    "killed before the commit",
    "killed after the commit",
)
IN_A_HURRY = (
    *product(["edit"], TROUBLE),
    *product(["create", "delete"], ["cut after the commit", "952", "killed before the commit"]),
)
"""The other pairs are tried by `make soak`, and all of them with the state in PostgreSQL by `make test-postgres`."""
TRIED = (
    tuple(product(OPERATIONS, TROUBLE))
    if os.environ.get("FILEMAKER_SOAK") or os.environ.get(STORE)
    else IN_A_HURRY
)


def written(emulator: Emulator, operation: str) -> int:
    """How many records the operation has reached; fails where it reached one twice."""
    rows = [emulator.record("Workshop", "Jobs", number) for number in range(1, 200)]
    values = [{name: each[0] for name, each in row.values.items()} for row in rows if row is not None]
    match operation:
        case "create":
            titles = Counter(row["Title"] for row in values if row["Title"].startswith("New "))
            assert set(titles.values()) <= {1}
            return len(titles)
        case "edit":
            hours = [int(float(row["Hours"])) for row in values]
            assert max(hours) < 2000
            return sum(each >= 1000 for each in hours)
        case _:
            return 100 - len(values)


@pytest.mark.parametrize(("operation", "trouble"), TRIED)
async def test_each_record_is_written_once_and_told_as_it_is(
    tmp_path: Path, operation: str, trouble: str
) -> None:
    tool, arguments, match = OPERATIONS[operation]
    scene = Scene(tmp_path, a_hundred_jobs(tmp_path))
    change = ""
    async with scene.process() as assistant:
        change = (await planned(assistant, tool, **arguments))["change_id"]
        with anyio.CancelScope() as scope:
            scene.on_kill = scope.cancel
            scene.faults.arm(match, *scene_faults(scene, scope.cancel)[trouble])
            answer = await scene.carried_out(assistant, change, go_on=True)
            if not scene.processes:
                await ended(assistant, answer)
        if scene.processes:
            raise Killed
        first = await told(scene, assistant, change, operation)
        assert trouble != "refused" or first["refused"] == 1
    if scene.processes:
        async with scene.process() as assistant:
            await told(scene, assistant, change, operation)
    async with scene.process() as assistant:
        answer = await ended(assistant, await assistant.ask("apply_change", change_id=change, go_on=True))
        refused = int(trouble == "refused")
        assert answer["records"].get("done") == RECORDS - refused, answer["records"]
        assert written(scene.emulator, operation) == RECORDS - refused
        state = assistant.application.workspaces.state
        assert await journal_faults(state, own_seal(), counts=not state.is_shared) == []


async def told(scene: Scene, assistant: Any, change: str, operation: str) -> Counter[str]:
    """What the change says of its records, which is what is stored."""
    answer = await assistant.ask("list_changes", change_id=change)
    while answer["state"] == "running":
        await anyio.lowlevel.checkpoint()
        answer = await assistant.ask("list_changes", change_id=change)
    counts = Counter[str](answer["records"])
    assert counts["unknown"] == 0
    assert counts["done"] == written(scene.emulator, operation)
    return counts


async def test_nothing_more_is_sent_once_a_refusal_is_known(tmp_path: Path) -> None:
    emulator = a_hundred_jobs(tmp_path)
    async with in_workshop(emulator) as assistant:
        ids = [str(n) for n in range(1, 101)]
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=ids, values={"Customer": "Bo"})
        await somebody(emulator, "PATCH", "Jobs/records/20", {"fieldData": {"Customer": "Ada"}})
        told = await applied(assistant, plan)
        counts = Counter[str](told["records"])
        assert counts["refused"] == 1
        assert 19 <= counts["done"] <= 22
        assert counts["not_attempted"] == 99 - counts["done"]
        assert (await applied(assistant, plan, go_on=True))["records"] == {"done": 99, "refused": 1}


async def test_the_first_records_go_one_by_one_so_that_a_refusal_of_all_is_one_refusal(
    tmp_path: Path,
) -> None:
    emulator = a_hundred_jobs(tmp_path)
    async with in_workshop(emulator) as assistant:
        ids = [str(n) for n in range(1, 101)]
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=ids, values={"Customer": "Bo"})
        await somebody(emulator, "PATCH", "Jobs/records/1", {"fieldData": {"Customer": "Ada"}})
        assert (await applied(assistant, plan))["records"] == {"refused": 1, "not_attempted": 99}


async def test_a_record_that_two_steps_change_is_changed_by_one_after_the_other(tmp_path: Path) -> None:
    emulator = a_hundred_jobs(tmp_path)
    async with in_workshop(emulator) as assistant:
        ids = [str(n) for n in range(1, 41)]
        first = await planned(assistant, "edit_records", layout="Jobs", ids=ids, values={"Hours": 777})
        both = await planned(
            assistant, "edit_records", layout="Jobs", ids=ids, values={"Hours": {"add": 1}}, change_id=first["change_id"]
        )  # fmt: skip
        assert (await applied(assistant, both))["records"] == {"done": 80}
        rows = [emulator.record("Workshop", "Jobs", number) for number in range(1, 41)]
        assert {row.values["Hours"][0] for row in rows if row is not None} == {"778"}
        undone = await planned(assistant, "undo_change", change_id=both["change_id"])
        assert (await applied(assistant, undone))["records"] == {"done": 80}
        rows = [emulator.record("Workshop", "Jobs", number) for number in range(1, 41)]
        assert [row.values["Hours"][0] for row in rows if row is not None] == [str(n) for n in range(1, 41)]


@pytest.mark.parametrize("limits", [25, 45])
async def test_a_limit_of_writes_holds_to_the_record(tmp_path: Path, limits: int) -> None:
    emulator = a_hundred_jobs(tmp_path)
    settings = {"FILEMAKER_LIMITS": f'{{"writes_per_day": {limits}}}'}
    async with in_workshop(emulator, settings) as assistant:
        ids = [str(n) for n in range(1, 101)]
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=ids, values={"Customer": "Bo"})
        assert (await applied(assistant, plan))["records"] == {"done": limits, "not_attempted": 100 - limits}
        again = await applied(assistant, plan)
        assert again["records"] == {"done": limits, "not_attempted": 100 - limits}


async def test_a_minute_that_ends_within_a_wave_costs_no_writes_of_the_day(tmp_path: Path) -> None:
    emulator, clock = a_hundred_jobs(tmp_path), Later()
    faults = FaultLayer(emulator.app, emulator.host.clock)

    def turns() -> None:
        clock.ahead += 60

    faults.arm(Match("PATCH", "*/layouts/Jobs/records/*", skip=6), Act(turns, processed=True))
    settings = {"FILEMAKER_LIMITS": '{"writes_per_day": 45}'}
    transport = httpx.ASGITransport(faults)
    async with in_workshop(emulator, settings, clock=clock, transport=transport) as assistant:
        ids = [str(n) for n in range(1, 101)]
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=ids, values={"Customer": "Bo"})
        assert (await applied(assistant, plan))["records"] == {"done": 45, "not_attempted": 55}


async def test_stop_job_lets_no_further_wave_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "filemaker_mcp.tools.jobs.STOP_SECONDS", 0
    )  # it is asked for within the work that it stops
    scene = Scene(tmp_path, a_hundred_jobs(tmp_path))
    async with scene.process() as assistant:
        ids = [str(n) for n in range(1, 101)]
        plan = await planned(
            assistant, "edit_records", layout="Jobs", ids=ids, values={"Hours": {"add": 1000}}
        )

        async def stop() -> None:
            jobs = await assistant.ask("check_job")
            await assistant.ask("stop_job", job=jobs["jobs"][0]["job"])

        scene.faults.arm(Match("PATCH", "*/layouts/Jobs/records/*", skip=20), Act(stop, processed=True))
        await ended(assistant, await applied(assistant, plan))
        counts = await told(scene, assistant, plan["change_id"], "edit")
        assert 20 <= counts["done"] <= FIRST + UNSETTLED * AT_ONCE
        assert counts["not_attempted"] == 100 - counts["done"]
