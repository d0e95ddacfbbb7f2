"""A record held by a colleague is waited for, as a job, and the rest is done meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio.lowlevel
import pytest

from filemaker_mcp.server.auth.clock import SystemClock

from ...assistant import Assistant
from ..shop_host import in_shop, shop, stored
from ..workshop_host import applied, ended, planned

pytestmark = pytest.mark.anyio


class Patient(SystemClock):
    """Each pause is over at once; what happens meanwhile is told to `meanwhile` with the number of the pause."""

    def __init__(self) -> None:
        self.pauses: list[float] = []
        self.meanwhile: Callable[[int], Awaitable[None]] | None = None

    def wall(self) -> float:
        return super().wall() + sum(self.pauses)

    async def sleep(self, seconds: float) -> None:
        if seconds >= 5:
            await super().sleep(seconds)
            return
        self.pauses.append(seconds)
        if self.meanwhile is not None:
            await self.meanwhile(len(self.pauses))
        await anyio.lowlevel.checkpoint()


async def edits(assistant: Assistant, ids: list[str]) -> dict[str, Any]:
    return await planned(assistant, "edit_records", layout="Invoices", ids=ids, values={"Remark": "x"})


@pytest.mark.parametrize("through", [False, True])
async def test_the_rest_is_done_first_and_the_held_record_when_it_is_released(through: bool) -> None:
    emulator, clock = shop(), Patient()
    emulator.lock("Shop", "Invoices", 1)
    seen: list[dict[str, Any]] = []
    rules = {"write_through": {"Invoices": "Save Invoice"}} if through else {}
    async with in_shop(rules, emulator, clock=clock) as assistant:
        plan = await edits(assistant, ["1", "2", "3", "4"])

        async def meanwhile(pause: int) -> None:
            if pause == 3:
                seen.append(await assistant.ask("list_changes", change_id=plan["change_id"]))
                (job,) = (await assistant.ask("check_job"))["jobs"]
                seen.append(await assistant.ask("check_job", job=job["job"], wait=0))
                emulator.unlock("Shop", "Invoices", 1)

        clock.meanwhile = meanwhile
        answer = await applied(assistant, plan)
        assert answer["records"] == {"done": 4}
        change, jobs = seen
        assert change["records"] == {"waiting_for_release": 1, "done": 3}
        assert change["state"] == "running"
        assert "waiting for release: 1 record, for 1" in str(jobs)
        assert (await stored(assistant, 1))["Remark"] == "x"
        assert len([run for run in emulator.scripts_run if run.script == "Save Invoice"]) == 4 * through


async def test_after_the_stated_time_it_is_refused_and_the_rest_stands() -> None:
    emulator, clock = shop(), Patient()
    emulator.lock("Shop", "Invoices", 2)
    async with in_shop({"wait_for_release": 10}, emulator, clock=clock) as assistant:
        answer = await applied(assistant, await edits(assistant, ["1", "2", "3"]))
        assert answer["records"] == {"done": 2, "refused": 1}
        assert "FileMaker error 301" in str(answer["details"])
        waits = [pause for pause in clock.pauses if pause not in (0.5, 3.0)]
        assert sum(waits) in (10, 11.5)
    async with in_shop({"wait_for_release": 0}, emulator, clock=Patient()) as assistant:
        plan = await planned(assistant, "delete_records", layout="Invoices", ids=["2"])
        assert (await applied(assistant, plan))["records"] == {"refused": 1}


async def test_stopped_while_it_waits_it_is_gone_on_with_by_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "filemaker_mcp.tools.jobs.STOP_SECONDS", 0
    )  # it is asked for within the work that it stops
    emulator, clock = shop(), Patient()
    emulator.lock("Shop", "Invoices", 1)
    place = {"FILEMAKER_STATE": str(tmp_path / "state.db")}
    async with in_shop({}, emulator, place, clock=clock) as assistant:
        plan = await edits(assistant, ["1", "3"])

        async def meanwhile(pause: int) -> None:
            if pause == 3:
                (job,) = [
                    each for each in (await assistant.ask("check_job"))["jobs"] if "running" in str(each)
                ]
                await assistant.ask("stop_job", job=job["job"])

        clock.meanwhile = meanwhile
        answer = await ended(assistant, await assistant.ask("apply_change", change_id=plan["change_id"]))
        assert answer["state"] in ("cancelled", "stopped"), answer
        told = await assistant.ask("list_changes", change_id=plan["change_id"])
        assert told["records"] == {"not_attempted": 1, "done": 1}
    emulator.unlock("Shop", "Invoices", 1)
    async with in_shop({}, emulator, place) as assistant:
        answer = await ended(assistant, await assistant.ask("apply_change", change_id=plan["change_id"]))
        assert answer["records"] == {"done": 2}
        row = emulator.record("Shop", "Invoices", 3)
        assert row is not None
        assert row.mod_id == 1
