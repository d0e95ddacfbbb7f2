"""Global fields: refused in plans, and set for a script from its own parameter, in a session of its own."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from ..assistant import Assistant
from ..changes.books_host import found_set, in_books
from ..changes.workshop_host import applied, planned

pytestmark = pytest.mark.anyio
GLOBAL = "Prefs::gQuarter"


def quarter(source: Any, **more: Any) -> dict[str, dict[str, Any]]:
    return {"Quarter": {"effect": "reads", "layout": "Prefs", "globals": {GLOBAL: source}, **more}}


async def run(assistant: Assistant, parameter: Any) -> Any:
    return (await assistant.ask("run_script", script="Quarter", parameter=parameter))["result"]


@pytest.mark.parametrize(
    ("source", "parameter", "stands"),
    [
        ("Q1", None, "Q1"),
        ({"parameter": "period"}, {"period": "Q3"}, "Q3"),
        ({"parameter": "period.quarters[1]"}, {"period": {"quarters": ["Q1", "Q2"]}}, "Q2"),
        ({"parameter": "$"}, "Q4", "Q4"),
        ({"parameter": "n"}, '{"n": 12.5}', "12.5"),
    ],
)
async def test_a_global_field_takes_its_value_from_the_parameter(
    source: Any, parameter: Any, stands: str
) -> None:
    async with in_books(scripts=quarter(source)) as assistant:
        assert str(await run(assistant, parameter)) == stands


async def test_six_runs_at_once_see_their_own_value_each() -> None:
    async with in_books(scripts=quarter({"parameter": "period"})) as assistant:
        seen: dict[str, str] = {}

        async def one(period: str) -> None:
            seen[period] = await run(assistant, {"period": period})

        async with anyio.create_task_group() as group:
            for number in range(6):
                group.start_soon(one, f"Q{number}")
        assert seen == {f"Q{number}": f"Q{number}" for number in range(6)}


@pytest.mark.parametrize("parameter", [None, {}, {"period": ["Q1"]}, "Q3", '{"period": null}'])
async def test_a_parameter_without_the_value_is_refused_before_anything_is_sent(parameter: Any) -> None:
    async with in_books(scripts=quarter({"parameter": "period"})) as assistant:
        said = await assistant.refused("run_script", script="Quarter", parameter=parameter)
        assert "'Prefs::gQuarter' from 'period' of its parameter" in said
        assert not assistant.emulator.scripts_run


async def test_for_each_record_the_value_is_that_of_the_record() -> None:
    listed = quarter({"parameter": "who"}, effect="changes")
    async with in_books(scripts=listed) as assistant:
        handle = await found_set(assistant, Number=["R-1", "R-2"])
        parameter = {"who": {"field": "Customer"}}
        plan = await planned(assistant, "run_script", script="Quarter", parameter=parameter, found_set=handle)
        done = await applied(assistant, plan)
        assert [told["result"] for told in done["details"]] == ["Ada", "Bo"]


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("create_records", {"records": [{"Key": "a", "gQuarter": "Q1"}]}),
        ("create_records", {"records": [{"gQuarter": ""}]}),
        ("edit_records", {"ids": ["1"], "values": {"gQuarter": {"append": "Q1"}}}),
        ("edit_records", {"records": {"1": {"gQuarter": {"clear": True}}}}),
    ],
)
async def test_a_plan_that_would_write_a_global_field_is_refused(
    tool: str, arguments: dict[str, Any]
) -> None:
    async with in_books() as assistant:
        await applied(
            assistant, await planned(assistant, "create_records", layout="Prefs", records=[{"Key": "k"}])
        )
        said = await assistant.refused(tool, layout="Prefs", **arguments)
        assert "'gQuarter' is a global field" in said
        assert "Nothing was changed" in said
