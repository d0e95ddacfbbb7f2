"""Planning is work like any other: answered within seconds, with progress, stopped at once, and read with few requests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from filemaker_mcp.server.emulator.clock import SystemClock
from filemaker_mcp.server.emulator.faults.effects import Hang
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match

from ...assistant import Assistant
from ..applying.test_requests import a_hundred_jobs
from ..workshop_host import applied, in_workshop, made, planned

pytestmark = pytest.mark.anyio
MORE = {"Hours": {"add": 1}}
EVERY = [str(number) for number in range(1, 101)]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call hands over to a job at once."""
    monkeypatch.setattr("filemaker_mcp.tools.jobs.PATIENCE_SECONDS", 0)


async def waited(assistant: Assistant, job: dict[str, Any]) -> dict[str, Any]:
    while job["state"] == "running":
        job = await assistant.ask("check_job", job=job["job"], wait=50)
    return job


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("edit_records", {"layout": "Jobs", "ids": EVERY, "values": MORE}),
        ("edit_records", {"layout": "Jobs", "where": {"Status": "Open"}, "max_records": 100, "values": MORE}),
        ("delete_records", {"layout": "Jobs", "ids": EVERY}),
        ("create_records", {"layout": "Jobs", "copy_of": EVERY}),
    ],
)
async def test_a_plan_that_takes_long_is_made_by_a_job(
    tmp_path: Path, impatient: None, tool: str, arguments: dict[str, Any]
) -> None:
    async with in_workshop(a_hundred_jobs(tmp_path)) as assistant:
        begun = await assistant.ask(tool, **arguments)
        assert begun["state"] == "running"
        assert "Planning a change of 'Jobs'" in begun["summary"]
        ready = await waited(assistant, begun)
        assert ready["state"] == "planned"
        assert ready["changes"], "the plan itself, as a call that took seconds would have shown it"
        shown = await assistant.ask("list_changes", change_id=ready["change_id"])
        assert sum(change["records"] for change in shown["changes"]) == 100


async def test_the_way_back_is_planned_by_a_job_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with in_workshop(a_hundred_jobs(tmp_path)) as assistant:
        done = await made(assistant, "edit_records", layout="Jobs", ids=EVERY, values=MORE)
        monkeypatch.setattr("filemaker_mcp.tools.jobs.PATIENCE_SECONDS", 0)
        ready = await waited(assistant, await assistant.ask("undo_change", change_id=done["change_id"]))
        assert ready["state"] == "planned"
        monkeypatch.setattr("filemaker_mcp.tools.jobs.PATIENCE_SECONDS", 60)
        assert (await applied(assistant, ready))["records"] == {"done": 100}


async def test_planning_is_stopped_at_once_and_leaves_no_plan(tmp_path: Path, impatient: None) -> None:
    emulator = a_hundred_jobs(tmp_path)
    faults = FaultLayer(emulator.app, SystemClock())
    async with in_workshop(emulator, transport=httpx.ASGITransport(app=faults)) as assistant:
        faults.arm(Match("GET", "*/records*", times=None), Hang())
        begun = await assistant.ask("edit_records", layout="Jobs", ids=EVERY, values=MORE)
        stopped = await assistant.ask("stop_job", job=begun["job"])
        assert stopped["state"] == "cancelled"
        assert "nothing was changed" in stopped["said"]
        assert (await assistant.ask("list_changes"))["changes"] == []


async def test_a_refusal_comes_through_the_job(tmp_path: Path, impatient: None) -> None:
    async with in_workshop(a_hundred_jobs(tmp_path)) as assistant:
        begun = await assistant.ask("edit_records", layout="Jobs", ids=[*EVERY, "777"], values=MORE)
        refused = await waited(assistant, begun)
        assert refused["state"] == "refused"
        assert "There is no record 777" in refused["said"]


@pytest.mark.parametrize("tool", ["edit_records", "delete_records", "create_records", "undo_change"])
async def test_a_hundred_records_by_id_are_read_with_a_few_requests(tmp_path: Path, tool: str) -> None:
    emulator = a_hundred_jobs(tmp_path)
    async with in_workshop(emulator) as assistant:
        arguments: dict[str, Any] = {
            "edit_records": {"layout": "Jobs", "ids": EVERY, "values": MORE},
            "delete_records": {"layout": "Jobs", "ids": EVERY},
            "create_records": {"layout": "Jobs", "copy_of": EVERY},
            "undo_change": {},
        }[tool]
        if tool == "undo_change":
            await made(assistant, "edit_records", layout="Jobs", ids=EVERY, values=MORE)
        before = len(emulator.requests)
        await planned(assistant, tool, **arguments)
        assert len(emulator.requests) - before <= 8


async def test_a_script_for_each_record_is_planned_by_a_job_too(tmp_path: Path, impatient: None) -> None:
    async with in_workshop(a_hundred_jobs(tmp_path)) as assistant:
        found = await assistant.ask("find_records", layout="Jobs", where={"Status": "Open"})
        begun = await assistant.ask(
            "run_script", script="Stamp", found_set=found["found_set"], parameter={"field": "ID"}
        )
        assert begun["state"] == "running"
        ready = await waited(assistant, begun)
        assert ready["state"] == "planned"
        assert "100 records" in ready["summary"]
