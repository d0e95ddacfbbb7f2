"""A script with the same parameter for the same record runs once within its window, whatever plan it stands in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.clock import ManualClock

from ..assistant import Assistant
from ..changes.books_host import FOLDER, REMIND, books, found_set, in_books
from ..changes.workshop_host import applied, planned
from ..host_of import host_of
from ..jobs.shared_clock import ServerClock

pytestmark = pytest.mark.anyio
FOR_EACH: dict[str, Any] = {"script": "Remind", "parameter": {"field": "Number"}}


def reminded(emulator: Emulator) -> list[str | None]:
    return [run.parameter for run in emulator.scripts_run]


async def reminding(assistant: Assistant, *numbers: str, **more: Any) -> dict[str, Any]:
    handle = await found_set(assistant, Number=list(numbers))
    return await planned(assistant, "run_script", found_set=handle, **FOR_EACH, **more)


async def test_a_slightly_different_found_set_reminds_nobody_a_second_time() -> None:
    emulator = books()
    async with in_books(emulator) as assistant:
        assert (await applied(assistant, await reminding(assistant, "R-1", "R-2")))["state"] == "done"
        plan = await reminding(assistant, "R-1", "R-2", "R-3")
        assert [change["which"] for change in plan["changes"]] == [["3 R-3"]]
        told = str(plan["notes"])
        assert "For 2 of 3 records the script 'Remind' ran with this parameter already" in told
        assert "repeat: true" in told
        await applied(assistant, plan)
        assert reminded(emulator) == ["R-1", "R-2", "R-3"]


async def test_one_run_by_itself_is_a_repetition_of_the_one_for_that_record() -> None:
    emulator = books()
    async with in_books(emulator) as assistant:
        await applied(assistant, await reminding(assistant, "R-1", "R-2"))
        said = await assistant.refused("run_script", script="Remind", parameter="R-2")
        assert "ran with this parameter at" in said
        assert "Nothing was run now" in said
        await applied(assistant, await planned(assistant, "run_script", script="Remind", parameter="R-4"))
        assert reminded(emulator) == ["R-1", "R-2", "R-4"]


async def test_json_is_the_same_however_it_is_spaced_and_ordered() -> None:
    async with in_books() as assistant:
        one = {"to": "ada", "kind": 1}
        await applied(assistant, await planned(assistant, "run_script", script="Remind", parameter=one))
        for again in ('{"kind": 1,   "to": "ada"}', {"kind": 1, "to": "ada"}):
            said = await assistant.refused("run_script", script="Remind", parameter=again)
            assert "was not run again" in said


async def test_repeat_runs_it_again_and_the_plan_says_that_it_ran() -> None:
    emulator = books()
    async with in_books(emulator) as assistant:
        await applied(assistant, await reminding(assistant, "R-1"))
        plan = await reminding(assistant, "R-1", "R-2", repeat=True)
        assert "and once more now" in str(plan["warnings"])
        await applied(assistant, plan)
        assert reminded(emulator) == ["R-1", "R-1", "R-2"]


async def test_of_two_plans_for_the_same_record_one_runs_it() -> None:
    emulator = books()
    async with in_books(emulator) as assistant:
        one = await reminding(assistant, "R-1", "R-2")
        two = await reminding(assistant, "R-2", "R-3")
        await applied(assistant, one)
        answer = await applied(assistant, two, go_on=True)
        assert answer["records"] == {"refused": 1, "done": 1}
        assert "The same script ran with the same parameter" in str(answer["details"])
        assert reminded(emulator) == ["R-1", "R-2", "R-3"]


async def test_two_records_that_make_the_same_parameter_are_pointed_out() -> None:
    async with in_books() as assistant:
        handle = await found_set(assistant, Number=["R-1", "R-2"])
        parameter = {"all": {"field": "Status"}}
        plan = await planned(assistant, "run_script", script="Remind", parameter=parameter, found_set=handle)
        assert "2 of these runs share their parameter" in str(plan["warnings"])


@pytest.mark.parametrize(
    ("window", "later", "runs"), [("10m", 11, 2), ("1d", 11, 1), ("1d", 24 * 60 + 1, 2), ("never", 10**6, 1)]
)
async def test_the_owner_says_for_how_long_it_is_a_repetition(window: str, later: int, runs: int) -> None:
    clock = ManualClock()
    emulator = host_of(FOLDER, clock=clock)
    scripts = {"Remind": REMIND | {"run_once": window}}
    async with in_books(emulator, scripts=scripts, clock=ServerClock(clock)) as assistant:
        await applied(assistant, await planned(assistant, "run_script", script="Remind", parameter="R-1"))
        clock.advance(60 * later)
        result = await assistant.call("run_script", script="Remind", parameter="R-1")
        assert result.is_error is (runs == 1)


async def test_never_holds_beyond_the_days_of_the_journal(tmp_path: Path) -> None:
    clock = ManualClock()
    emulator = host_of(FOLDER, clock=clock)
    scripts = {"Remind": REMIND | {"run_once": "never"}}
    kept = {"FILEMAKER_STATE": str(tmp_path / "state.db"), "FILEMAKER_JOURNAL_DAYS": "1"}
    async with in_books(emulator, kept, scripts=scripts, clock=ServerClock(clock)) as assistant:
        await applied(assistant, await reminding(assistant, "R-1"))
    clock.advance(timedelta(days=30).total_seconds())
    async with in_books(emulator, kept, scripts=scripts, clock=ServerClock(clock)) as assistant:
        assert (await assistant.ask("list_changes"))["changes"] == []
        plan = await reminding(assistant, "R-1", "R-2")
        assert [change["parameter"] for change in plan["changes"]] == ["R-2"]
        said = await assistant.refused("run_script", script="Remind", parameter="R-1", repeat=True)
        assert "the owner lets 'Remind' run once" in said


async def test_what_the_owner_lets_run_once_a_person_can_agree_to_once_more() -> None:
    scripts = {"Remind": REMIND | {"run_once": "never"}}
    async with in_books(None, {"FILEMAKER_APPROVAL": "by_risk"}, scripts=scripts) as assistant:
        await applied(assistant, await planned(assistant, "run_script", script="Remind", parameter="R-1"))
        plan = await planned(assistant, "run_script", script="Remind", parameter="R-1", repeat=True)
        assert "A person has to agree to it, because the owner wants the script to run once" in plan["next"]


async def test_a_run_that_the_script_refused_may_be_asked_for_again() -> None:
    emulator = books()
    async with in_books(emulator, scripts={"Remind": REMIND | {"ok_errors": [7]}}) as assistant:
        for _ in range(2):
            plan = await planned(assistant, "run_script", script="Remind", parameter="R-1")
            assert (await applied(assistant, plan))["state"] == "refused"
        assert reminded(emulator) == ["R-1", "R-1"]


async def test_a_window_that_is_none_refuses_to_start() -> None:
    for window in ("sometimes", "0m", "10", ""):
        with pytest.raises(Exception, match="run_once"):
            async with in_books(scripts={"Remind": REMIND | {"run_once": window}}):
                pass


BOOK = """
description = "Reminds everybody"
[records]
layout = "Invoices"
where = { Status = "Open" }
[each]
script = "Remind"
parameter = { number = { field = "Number" } }
"""


async def test_a_runbook_leaves_out_the_records_for_which_its_script_ran(tmp_path: Path) -> None:
    """Month end, run a second time for three projects."""
    (tmp_path / "month-end.toml").write_text(BOOK, encoding="utf-8")
    emulator = books()
    scripts = {"Remind": REMIND | {"run_once": "never"}}
    async with in_books(emulator, {"FILEMAKER_RUNBOOKS": str(tmp_path)}, scripts=scripts) as assistant:
        done = await applied(assistant, await planned(assistant, "run_script", script="month-end"))
        assert done["records"] == {"done": 3}
        again = await assistant.ask("run_script", script="month-end")
        assert again["summary"] == "There is no record to do anything for."
        assert "ran with this parameter already" in str(again["already"])
        new = {"Number": "R-4", "Customer": "Dee"}
        await applied(assistant, await planned(assistant, "create_records", layout="Invoices", records=[new]))
        plan = await planned(assistant, "run_script", script="month-end")
        assert [change["which"] for change in plan["changes"]] == [["4 R-4"]]
        assert (await applied(assistant, plan))["records"] == {"done": 1}
        assert len(reminded(emulator)) == 4
