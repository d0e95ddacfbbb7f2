"""Runbooks started by the assistant, in every kind of trouble: each record done once, or listed with its reason."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.emulator.faults.effects import Act, Drop, Refuse
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match

from ..assistant import Assistant, assisted
from ..jobs.bookkeeping import RUNBOOK, open_office
from ..jobs.shared_clock import ServerClock, timed

pytestmark = pytest.mark.anyio

EDITS = """\
[records]
layout = "Postings"
where = { Status = "open" }
[each]
edit = { Status = "posted", Count = { add = 1 } }
"""
PLACE = {
    "FILEMAKER_DATABASE": "Postings", "FILEMAKER_USERNAME": "clerk", "FILEMAKER_PASSWORD": "clerk",
    "FILEMAKER_ACCESS": "edit", "FILEMAKER_APPROVAL": "client", "FILEMAKER_SCRIPTS": '{"Post": {"effect": "changes"}}',
    "FILEMAKER_LIMITS": '{"scripts_per_minute": "unlimited"}',
}  # fmt: skip
SCRIPT = "*/script/Post"


class Desk:
    """Postings on a host whose clock stands still, the runbook `carry`, and faults in front of the host."""

    def __init__(self, folder: Path, runbook: str, records: int, **more: Any) -> None:
        self.clock = ManualClock()
        folder.mkdir(exist_ok=True)
        self.office = open_office(folder, ["plain"] * records, clock=self.clock, **more)
        self.office.configure("http://127.0.0.1", runbook)
        self.emulator = self.office.emulator
        self.faults = FaultLayer(self.emulator.app, self.clock)
        self.folder = folder

    @asynccontextmanager
    async def assistant(self, **rules: str) -> AsyncGenerator[Assistant]:
        settings = {"runbooks": str(self.folder / "runbooks"), "state": str(self.folder / "state.db")}
        transport = httpx.ASGITransport(app=self.faults)
        clock = ServerClock(self.clock)
        async with assisted(
            PLACE | rules, emulator=self.emulator, settings=settings, clock=clock, transport=transport
        ) as assistant:
            await assistant.ask("list_scripts")
            yield assistant

    async def planned(self, assistant: Assistant) -> dict[str, Any]:
        plan, _ = await timed(self.clock, assistant.ask("run_script", script="carry"))
        assert plan["state"] == "planned", plan
        return plan

    async def applied(self, assistant: Assistant, change: str) -> tuple[dict[str, Any], float]:
        """How it ended, and how many seconds that took."""
        return await timed(self.clock, self._to_its_end(assistant, change))

    async def _to_its_end(self, assistant: Assistant, change: str) -> dict[str, Any]:
        answer = await assistant.ask("apply_change", change_id=change)
        while answer["state"] == "running":
            answer = await assistant.ask("check_job", job=answer["job"], wait=50)
        return answer

    async def run(self, assistant: Assistant) -> dict[str, Any]:
        plan = await self.planned(assistant)
        answer, _ = await self.applied(assistant, plan["change_id"])
        return answer

    @property
    def counts(self) -> list[int]:
        return list(self.office.counts(20).values())


async def test_an_edit_of_each_record_meets_a_lock_and_a_lost_session(tmp_path: Path) -> None:
    desk = Desk(tmp_path, EDITS, 6)
    desk.emulator.lock("Postings", "Postings", 2)
    desk.emulator.lock("Postings", "Postings", 4)
    desk.faults.arm(
        Match("PATCH", "*/records/4", skip=1), Act(lambda: desk.emulator.unlock("Postings", "Postings", 4))
    )
    desk.faults.arm(Match("PATCH", "*/records/3"), Act(desk.emulator.disconnect_all))
    desk.faults.arm(Match("PATCH", "*/records/5"), Drop(processed=True))
    async with desk.assistant() as assistant:
        plan = await desk.planned(assistant)
        assert plan["changes"][0]["fields"]["Status"] == ["open", "posted"]
        report, _ = await desk.applied(assistant, plan["change_id"])
    assert report["records"] == {"done": 5, "refused": 1}
    assert [(each["id"], each["outcome"]) for each in report["review"]] == [("2", "refused")]
    assert "in use" in report["review"][0]["why"]
    assert desk.counts == [
        1,
        0,
        1,
        1,
        1,
        1,
    ]  # the answer for the fifth was lost, and was found out by looking


async def test_a_script_is_repeated_only_after_errors_that_the_owner_named(tmp_path: Path) -> None:
    desk = Desk(tmp_path, RUNBOOK + "[retry]\nerrors = [301]\ntimes = 2\npause = 5\n", 3)
    for record in (1, 2):
        desk.emulator.lock("Postings", "Postings", record)
    unlocked = Act(lambda: desk.emulator.unlock("Postings", "Postings", 1))
    desk.faults.arm(Match(path=SCRIPT, skip=2), unlocked)
    async with desk.assistant() as assistant:
        report = await desk.run(assistant)
    assert report["records"] == {"done": 2, "refused": 1}
    assert "error 301" in report["review"][0]["why"]
    assert desk.counts == [1, 0, 1]
    assert desk.office.runs == {"P-0001": 3, "P-0002": 3, "P-0003": 1}


async def test_a_full_host_is_waited_for_and_a_used_up_licence_ends_the_run_for_now(tmp_path: Path) -> None:
    desk = Desk(tmp_path, RUNBOOK, 5)
    desk.faults.arm(Match(path=SCRIPT, skip=1, times=2), Refuse(812))
    desk.faults.arm(Match(path=SCRIPT, skip=5), Refuse(953))
    async with desk.assistant() as assistant:
        plan = await desk.planned(assistant)
        report, seconds = await desk.applied(assistant, plan["change_id"])
        assert report["records"] == {"done": 3, "not_attempted": 2}, report
        assert "data transfer" in report["stopped"]
        assert seconds > 20
        desk.clock.advance(3600)
        rest, _ = await desk.applied(assistant, plan["change_id"])
        assert rest["records"] == {"done": 5}
    assert set(desk.office.runs.values()) == {1}
    assert desk.counts == [1] * 5


async def test_pace_is_kept_and_several_at_once_take_several_sessions(tmp_path: Path) -> None:
    slow = Desk(tmp_path / "slow", RUNBOOK + "per_minute = 30\n", 5)
    async with slow.assistant() as assistant:
        plan = await slow.planned(assistant)
        report, seconds = await slow.applied(assistant, plan["change_id"])
        assert report["records"] == {"done": 5}
        assert seconds >= 8
    three = Desk(tmp_path / "three", RUNBOOK + "at_once = 3\n", 6)
    async with three.assistant() as assistant:
        plan = await three.planned(assistant)
        three.emulator.set_script_delay(10)
        report, seconds = await three.applied(assistant, plan["change_id"])
        assert report["records"] == {"done": 6}
        assert 20 <= seconds < 40
        assert three.emulator.open_sessions == 3


async def test_records_in_a_row_that_fail_end_the_run(tmp_path: Path) -> None:
    desk = Desk(tmp_path, RUNBOOK.replace("stop_after = 100", "stop_after = 2"), 6)
    for record in range(2, 7):
        desk.emulator.lock("Postings", "Postings", record)
    async with desk.assistant() as assistant:
        report = await desk.run(assistant)
    assert report["records"] == {"done": 1, "refused": 2, "not_attempted": 3}
    assert "2 records in a row" in report["stopped"]


async def test_a_long_report_is_shortened_for_the_assistant(tmp_path: Path) -> None:
    desk = Desk(tmp_path, EDITS.replace("[each]", "most = 60\n[each]") + "[pace]\nstop_after = 100\n", 60)
    desk.faults.arm(Match("PATCH", "*/records/*", times=55), Refuse(509))
    async with desk.assistant() as assistant:
        report = await desk.run(assistant)
    assert report["records"] == {"refused": 55, "done": 5}
    assert (len(report["review"]), report["review_more"]) == (50, 5)


async def test_what_nobody_knows_waits_for_a_person_over_restarts(tmp_path: Path) -> None:
    desk = Desk(tmp_path, RUNBOOK, 3)
    desk.faults.arm(Match(path=SCRIPT, skip=1), Drop(processed=False))
    async with desk.assistant() as assistant:
        report = await desk.run(assistant)
        assert report["records"] == {"done": 2, "unknown": 1}
        assert report["state"] == "unknown"
    async with desk.assistant() as assistant:
        nothing = await assistant.ask("run_script", script="carry")
        assert nothing["state"] == "done"
        assert "not known whether" in nothing["review"][0]
        address = "filemaker://runbooks/carry"
        known_by = nothing["review"][0].split(" ", 1)[1].partition(":")[0]
        assert known_by == "p2@example.com"
        for resource in (address, f"{address}/report"):
            assert known_by in str(await assistant.client.read_resource(resource)), resource
        async with desk.assistant(FILEMAKER_HIDDEN_FIELDS='["Kind"]') as stricter:
            held = await stricter.ask("run_script", script="carry")
            assert held["review"] == ["1 more, of runs that are not told here"]
            for resource in (address, f"{address}/report"):
                assert known_by not in str(await stricter.client.read_resource(resource)), resource
        workspace = next(iter(assistant.application.workspaces.values()))
        assert await workspace.runbooks.review.settle("carry", ["2", "3"], desk.clock.now().timestamp()) == 1
        assert (await desk.run(assistant))["records"] == {"done": 1}
        assert (await assistant.ask("run_script", script="carry")).get("review") is None
    assert desk.counts == [1, 1, 1]
    assert desk.office.runs == {"P-0001": 1, "P-0002": 1, "P-0003": 1}


async def test_the_rest_of_a_run_that_a_restart_broke_off_is_offered_and_done_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path, RUNBOOK, 4)
    async with desk.assistant() as assistant:
        plan = await desk.planned(assistant)
        desk.emulator.set_script_delay(5)
        running, _ = await timed(desk.clock, assistant.ask("apply_change", change_id=plan["change_id"]))
        assert (running["state"], running["progress"]) == ("running", "1 of 4")
    desk.emulator.set_script_delay(0)
    async with desk.assistant() as assistant:
        (job,) = (await assistant.ask("check_job"))["jobs"]
        assert job["state"] == "cancelled"
        rest = await desk.planned(assistant)
        assert rest["change_id"] == plan["change_id"]
        report, _ = await desk.applied(assistant, rest["change_id"])
        assert report["records"] == {"done": 3, "unknown": 1}
        assert "was broken off while FileMaker ran the script" in report["review"][0]["why"]
    assert set(desk.office.runs.values()) == {1}


async def test_of_two_plans_of_a_runbook_only_one_is_carried_out(tmp_path: Path) -> None:
    desk = Desk(tmp_path, RUNBOOK, 4)
    async with desk.assistant() as one, desk.assistant() as other:
        first, second = await desk.planned(one), await desk.planned(other)
        assert first["change_id"] != second["change_id"]
        desk.emulator.set_script_delay(5)
        running, _ = await timed(desk.clock, one.ask("apply_change", change_id=first["change_id"]))
        assert running["state"] == "running"
        told = await other.ask("apply_change", change_id=second["change_id"])
        assert told["state"] == "refused"
        assert f"ran as {first['change_id']}" in told["said"]
        stopped, _ = await timed(desk.clock, other.ask("stop_job", job=running["job"]))
        assert stopped["state"] == "running"  # another process has it: it ends after the record that it is at
        ended, _ = await timed(desk.clock, other.ask("check_job", job=running["job"], wait=30))
        assert ended["state"] == "cancelled"
        assert "apply_change goes on" in ended["said"]
        desk.emulator.set_script_delay(0)
        report, _ = await desk.applied(one, first["change_id"])
        assert report["records"] == {"done": 4}
    assert set(desk.office.runs.values()) == {1}
