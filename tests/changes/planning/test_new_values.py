"""What is wished for, as the solution has it: the spelling of its value lists, the tables behind related fields, its record ids."""

from __future__ import annotations

from typing import Any

import pytest

from ..workshop_host import applied, in_workshop, job, planned

pytestmark = pytest.mark.anyio


async def test_a_value_of_a_value_list_is_written_as_the_list_spells_it() -> None:
    async with in_workshop() as assistant:
        plan = await planned(
            assistant, "edit_records", layout="Jobs", ids=["1"], values={"Status": "wAITING"}
        )
        assert "'Waiting', as the value list 'Status' spells it" in str(plan["warnings"])
        await applied(assistant, plan)
        assert (await job(assistant, "1"))["Status"] == "Waiting"


@pytest.mark.parametrize(
    ("value", "stored", "foreign"),
    [
        ({"add_value": "bo"}, "Ada\nBo", ""),
        ({"add_value": ["Bo", "Zoe"]}, "Ada\nBo\nZoe", "'Zoe' is not in the value list 'Customers'"),
        (" bo ", "Bo", ""),
        ("ADA\n Bo", "Ada\nBo", ""),
    ],
)
async def test_each_line_of_a_text_is_a_value_of_its_list(value: object, stored: str, foreign: str) -> None:
    async with in_workshop() as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Customer": value})
        said = str(plan["warnings"])
        assert (foreign in said) if foreign else ("is not in the value list" not in said), said
        await applied(assistant, plan)
        assert (await job(assistant, "1"))["Customer"] == stored


async def test_editing_a_related_field_is_said_to_change_the_other_record() -> None:
    async with in_workshop() as assistant:
        plan = await planned(
            assistant, "edit_records", layout="Tasks", ids=["1"], values={"Jobs::Title": "Mend it"}
        )
        assert "this changes the Jobs record, and with it everything that shows it" in str(plan["warnings"])


async def test_one_record_has_one_id_and_is_planned_once() -> None:
    async with in_workshop() as assistant:
        values: dict[str, Any] = {"Ref": "x"}
        for tool, more in (("edit_records", {"values": values}), ("delete_records", {})):
            for ids in (["3", "03"], ["01"], ["0"]):
                said = await assistant.refused(tool, layout="Jobs", ids=ids, **more)
                assert "defect" not in said
        await assistant.refused("edit_records", layout="Jobs", records={"01": values})
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["3", "3"], values=values)
        assert plan["changes"][0]["records"] == 1
