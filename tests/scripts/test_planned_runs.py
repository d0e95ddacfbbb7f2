"""Scripts that change something are planned, agreed to, carried out once, and told truthfully; for one or for many records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..assistant import Assistant, assisted
from ..jobs.bookkeeping import open_office

pytestmark = pytest.mark.anyio

RESTOCK = {"Restock": {"effect": "changes", "layout": "Products"}}
EDITS = {"FILEMAKER_ACCESS": "edit"}


def scripts(**settings: Any) -> dict[str, str]:
    return EDITS | {"FILEMAKER_SCRIPTS": json.dumps(settings)}


async def products(assistant: Assistant) -> tuple[str, list[dict[str, Any]]]:
    found = await assistant.ask(
        "find_records", layout="Products", where={"To Reorder": 1}, fields=["SKU", "Stock", "Reorder Level"]
    )
    return found.get("found_set", ""), [
        dict(zip(found["columns"], row, strict=True)) for row in found.get("rows", ())
    ]


async def test_a_script_that_changes_is_planned_and_runs_when_the_plan_is_carried_out() -> None:
    async with assisted(scripts(**RESTOCK)) as assistant:
        _, before = await products(assistant)
        plan = await assistant.ask("run_script", script="Restock", parameter=before[0]["SKU"])
        assert plan["state"] == "planned"
        assert plan["changes"][0]["parameter"] == before[0]["SKU"]
        assert (await products(assistant))[1] == before
        done = await assistant.ask("apply_change", change_id=plan["change_id"])
        assert done["state"] == "done"
        assert done["details"][0]["result"] == "1"
        assert len((await products(assistant))[1]) == len(before) - 1
        again = await assistant.ask("apply_change", change_id=plan["change_id"])
        assert again["state"] == "done"
        assert "/script/Restock" in "".join(r.path for r in assistant.emulator.requests)
        assert sum("/script/Restock" in r.path for r in assistant.emulator.requests) == 1
        text = await assistant.refused("run_script", script="Restock", parameter=before[0]["SKU"])
        assert "repeat: true" in text
        assert "cannot be taken back" in await assistant.refused("undo_change", change_id=plan["change_id"])


async def test_a_script_runs_once_for_each_record_of_a_found_set() -> None:
    async with assisted(scripts(**RESTOCK)) as assistant:
        handle, before = await products(assistant)
        plan = await assistant.ask(
            "run_script", script="Restock", parameter={"field": "SKU"}, found_set=handle
        )
        assert [change["parameter"] for change in plan["changes"][:3]] == [row["SKU"] for row in before[:3]]
        done = await assistant.ask("apply_change", change_id=plan["change_id"])
        assert done["records"] == {"done": len(before)}
        assert (await products(assistant))[1] == []


async def test_records_that_lack_what_the_owner_requires_are_named_and_left_out() -> None:
    remind = {"Send Reminder": {"effect": "changes", "layout": "Invoices", "required_fields": ["Remark"]}}
    async with assisted(scripts(**remind)) as assistant:
        found = await assistant.ask(
            "find_records", layout="Invoices", where={"Status": "Overdue"}, fields=["Remark"], limit=200
        )
        filled = sum(row[1] not in (None, "") for row in found["rows"])
        plan = await assistant.ask(
            "run_script", script="Send Reminder", parameter={"field": "Number"}, found_set=found["found_set"]
        )
        assert 0 < sum(change["records"] for change in plan["changes"]) == filled < found["found"]
        assert any("Remark is empty" in note for note in plan["notes"])


async def test_a_record_that_changed_since_the_plan_is_not_run() -> None:
    async with assisted(scripts(**RESTOCK)) as assistant:
        handle, before = await products(assistant)
        plan = await assistant.ask(
            "run_script", script="Restock", parameter={"sku": {"field": "SKU"}, "was": {"field": "Stock"}},
            found_set=handle,
        )  # fmt: skip
        other = await assistant.ask(
            "edit_records", layout="Products", ids=[before[0]["id"]], values={"Stock": {"add": 1}}
        )
        await assistant.ask("apply_change", change_id=other["change_id"])
        done = await assistant.ask("apply_change", change_id=plan["change_id"], go_on=True)
        refused = [d for d in done["details"] if d["outcome"] == "refused"]
        assert [d["id"] for d in refused] == [before[0]["id"]]
        assert "was not run" in refused[0]["why"]


async def test_a_script_that_reaches_outside_needs_a_person() -> None:
    remind = {"Send Reminder": {"effect": "reaches_outside", "layout": "Invoices"}}
    async with assisted(scripts(**remind)) as assistant:
        plan = await assistant.ask("run_script", script="Send Reminder", parameter="INV-00012")
        assert "A person has to agree" in plan["next"]
        asked = await assistant.ask("apply_change", change_id=plan["change_id"])
        assert asked["state"] == "planned"
        assert not any("/script/" in r.path for r in assistant.emulator.requests)


async def test_with_read_access_only_scripts_that_read_exist() -> None:
    listed = RESTOCK | {"Echo": {"effect": "reads", "layout": "Tasks"}}
    async with assisted(scripts(**listed) | {"FILEMAKER_ACCESS": "read"}) as assistant:
        assert [s["name"] for s in (await assistant.ask("list_scripts"))["scripts"]] == ["Echo"]
        assert "access is 'read'" in await assistant.refused("run_script", script="Restock")
        attempts = await assistant.ask("list_changes")
        assert "Restock" in attempts["refused"][0]["asked"]


async def test_a_script_that_reads_runs_for_each_record_without_a_plan() -> None:
    echo = {"Echo": {"effect": "reads", "layout": "Products"}}
    async with assisted(scripts(**echo) | {"FILEMAKER_ACCESS": "read"}) as assistant:
        handle, before = await products(assistant)
        done = await assistant.ask("run_script", script="Echo", parameter={"field": "SKU"}, found_set=handle)
        assert done["state"] == "done"
        assert [detail["result"] for detail in done["details"]][: len(before)] == [
            row["SKU"] for row in before
        ]


POSTINGS = {"FILEMAKER_DATABASE": "Postings", "FILEMAKER_USERNAME": "clerk", "FILEMAKER_PASSWORD": "clerk"}


async def test_a_script_without_a_field_in_its_parameter_runs_on_each_record_itself(tmp_path: Path) -> None:
    office = open_office(tmp_path, ["plain"] * 5)
    this = POSTINGS | scripts(**{"Post This": {"effect": "changes"}})
    async with assisted(this, emulator=office.emulator) as assistant:
        found = await assistant.ask("find_records", layout="Postings", where={"ID": ["P-0002", "P-0004"]})
        asked = {"script": "Post This", "found_set": found["found_set"]}
        assert '{"field": "ID"}' in await assistant.refused("run_script", **asked, parameter="{ID}")
        plan = await assistant.ask("run_script", **asked)
        assert plan["changes"][0]["runs_on"] == "the record itself"
        done = await assistant.ask("apply_change", change_id=plan["change_id"])
        assert [told["result"] for told in done["details"]] == ["P-0002", "P-0004"]
        assert "undo" not in done["next"]
        assert office.counts(5) == {1: 0, 2: 1, 3: 0, 4: 1, 5: 0}


async def test_a_script_of_another_layout_has_to_be_told_which_record_it_is_for() -> None:
    async with assisted(scripts(**RESTOCK)) as assistant:
        found = await assistant.ask("find_records", layout="Invoices", limit=1)
        text = await assistant.refused("run_script", script="Restock", found_set=found["found_set"])
        assert "Nothing tells the script 'Restock' which record it is for" in text
