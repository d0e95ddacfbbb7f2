"""A change is planned, shown, carried out once, read back, and taken back: through a real client, against an emulated host."""

from __future__ import annotations

from typing import Any

import pytest

from ..assistant import Assistant, assisted
from .workshop_host import SOMEBODY, ended, in_workshop, planned

pytestmark = pytest.mark.anyio


async def applied(assistant: Assistant, plan: dict[str, Any]) -> dict[str, Any]:
    assert plan["state"] == "planned"
    return await assistant.ask("apply_change", change_id=plan["change_id"])


async def fields(assistant: Assistant, layout: str, record_id: str) -> dict[str, Any]:
    return (await assistant.ask("get_record", layout=layout, id=record_id))["fields"]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_nothing_changes_before_the_plan_is_carried_out(mode: Any) -> None:
    async with assisted(mode=mode) as assistant:
        before = await fields(assistant, "Customers", "3")
        plan = await assistant.ask("edit_records", layout="Customers", ids=["3"], values={"City": "Kiel"})
        assert plan["changes"][0]["fields"] == {"City": [before["City"], "Kiel"]}
        assert await fields(assistant, "Customers", "3") == before
        assert (await applied(assistant, plan))["state"] == "done"
        assert (await fields(assistant, "Customers", "3"))["City"] == "Kiel"


async def test_a_plan_writes_once_however_often_it_is_applied() -> None:
    async with assisted() as assistant:
        values = {"Credit Limit": {"add": 1}}
        plan = await assistant.ask("edit_records", layout="Customers", ids=["3"], values=values)
        outcomes = [await applied(assistant, plan) for _ in range(3)]
        assert [outcome["records"] for outcome in outcomes] == [{"done": 1}] * 3
        now = (await fields(assistant, "Customers", "3"))["Credit Limit"]
        assert now == plan["changes"][0]["fields"]["Credit Limit"][1]


async def test_a_created_record_is_read_back_and_taken_back() -> None:
    async with assisted() as assistant:
        records = [
            {"Name": "Nordwind GmbH", "Phone(2)": "0170", "Contacts": {"add": [{"Last Name": "Kruse"}]}}
        ]
        done = await applied(
            assistant, await assistant.ask("create_records", layout="Customers", records=records)
        )
        (record_id,) = done["created"]
        made = await assistant.ask("get_record", layout="Customers", id=record_id)
        assert made["fields"]["Name"] == "Nordwind GmbH"
        assert made["portals"]["Contacts"]["found"] == 1
        back = await assistant.ask("undo_change")
        assert (await applied(assistant, back))["state"] == "done"
        assert "101" in await assistant.refused("get_record", layout="Customers", id=record_id)


async def test_an_edit_is_taken_back_with_its_portal_rows() -> None:
    async with assisted() as assistant:
        before = await assistant.ask("get_record", layout="Customers", id="3")
        assert before["portals"]["Contacts"]["found"] >= 1
        rows = before["portals"]["Contacts"]
        first = dict(zip(rows["columns"], rows["rows"][0], strict=True))
        values = {
            "Notes": {"append": " and more"},
            "Contacts": {
                "add": [{"Last Name": "Kruse"}],
                "edit": [{"id": first["id"], "Role": "Owner"}],
            },
        }
        plan = await assistant.ask("edit_records", layout="Customers", ids=["3"], values=values)
        assert (await applied(assistant, plan))["state"] == "done"
        changed = await assistant.ask("get_record", layout="Customers", id="3")
        assert changed["portals"]["Contacts"]["found"] == rows["found"] + 1
        assert (await applied(assistant, await assistant.ask("undo_change")))["state"] == "done"
        after = await assistant.ask("get_record", layout="Customers", id="3")
        assert after["portals"] == before["portals"]
        assert after["fields"].get("Notes") == before["fields"].get("Notes")


async def test_what_somebody_else_changed_meanwhile_is_refused_with_the_difference() -> None:
    async with assisted() as assistant, assisted(emulator=assistant.emulator) as colleague:
        plan = await assistant.ask("edit_records", layout="Customers", ids=["3"], values={"City": "Kiel"})
        theirs = await colleague.ask("edit_records", layout="Customers", ids=["3"], values={"City": "Jena"})
        await applied(colleague, theirs)
        outcome = await applied(assistant, plan)
        assert outcome["state"] == "refused"
        assert "'Jena' now" in outcome["details"][0]["why"]
        assert (await fields(assistant, "Customers", "3"))["City"] == "Jena"


async def test_undo_restores_what_is_still_as_it_was_left_and_lists_the_rest() -> None:
    async with assisted() as assistant, assisted(emulator=assistant.emulator) as colleague:
        ids = [str(number) for number in range(1, 51)]
        before = await assistant.ask("find_records", layout="Customers", fields=["City", "Notes"], limit=50)
        plan = await assistant.ask(
            "edit_records", layout="Customers", ids=ids, values={"Notes": "moved", "City": "Ulm"}
        )
        person = assistant.application.workspaces[plan_database(assistant)].changes
        await agree(person, plan["change_id"])
        assert (await applied(assistant, plan))["records"] == {"done": 50}
        for record_id in ("7", "19", "42"):
            theirs = await colleague.ask(
                "edit_records", layout="Customers", ids=[record_id], values={"City": "Jena"}
            )
            await applied(colleague, theirs)
        back = await assistant.ask("undo_change")
        assert len(back["stays_as_it_is"]) == 3
        await agree(person, back["change_id"])
        assert (await applied(assistant, back))["records"] == {"done": 47}
        after = await assistant.ask("find_records", layout="Customers", fields=["City", "Notes"], limit=50)
        kept = [row for row in after["rows"] if row[0] not in ("7", "19", "42")]
        assert kept == [row for row in before["rows"] if row[0] not in ("7", "19", "42")]


async def test_a_change_made_again_by_mistake_is_refused_and_by_intent_is_not() -> None:
    async with assisted() as assistant:
        task = {"layout": "Tasks", "records": [{"Title": "Call the harbour master"}]}
        done = await applied(assistant, await assistant.ask("create_records", **task))
        assert done["change_id"] in await assistant.refused("create_records", **task)
        again = await assistant.ask("create_records", **task, repeat=True)
        assert any("look" in warning for warning in again["warnings"])
        assert (await applied(assistant, again))["state"] == "done"


async def test_a_later_step_takes_a_value_from_the_record_that_an_earlier_one_creates() -> None:
    async with assisted() as assistant:
        first = await assistant.ask("create_records", layout="Customers", records=[{"Name": "Kutter KG"}])
        invoice = {"Customer ID": {"step": 1, "field": "ID"}, "Remark": "first order"}
        both = await assistant.ask(
            "create_records", layout="Invoices", records=[invoice], change_id=first["change_id"]
        )
        assert both["change_id"] != first["change_id"]
        customer, made = (await applied(assistant, both))["created"]
        assert (await fields(assistant, "Invoices", made))["Customer ID"] == (
            await fields(assistant, "Customers", customer)
        )["ID"]


def plan_database(assistant: Assistant) -> str:
    return next(iter(assistant.application.workspaces))


async def agree(changes: Any, change_id: str) -> None:
    """As a person does at a terminal."""
    progress = await changes.known.found_by_anybody(change_id)
    await changes.agreements.agreed(progress.plan, progress.plan.who, SOMEBODY)


@pytest.mark.parametrize(
    "values",
    [
        {"Title": "New"},
        {"Title": {"append": "!"}},
        {"Tasks": {"add": [{"Minutes": 5}]}},
        {"Sketch": {"file": "hi.txt", "data": "aGk="}},
    ],
)
async def test_a_field_that_the_owner_keeps_from_being_written_is_refused_before_anybody_is_asked(
    values: dict[str, object],
) -> None:
    kept = {"FILEMAKER_READ_ONLY_FIELDS": '{"Jobs": ["Title", "Tasks::Minutes", "Sketch"]}'}
    async with in_workshop(environment=kept) as assistant:
        said = await assistant.refused("edit_records", layout="Jobs", ids=["1"], values=values)
        assert "read-only" in said
        (refused,) = (await assistant.ask("list_changes"))["refused"]
        assert "Jobs" in str(refused)


async def test_every_kind_of_plan_is_told_to_wait_until_it_was_carried_out() -> None:
    async with in_workshop() as assistant:
        for tool, arguments in (
            ("edit_records", {"layout": "Jobs", "ids": ["1"], "values": {"Hours": 7}}),
            ("undo_change", {}),
            ("create_records", {"layout": "Jobs", "records": [{"Title": "Mast"}]}),
            ("edit_records", {"layout": "Jobs", "ids": ["1"], "values": {"Tasks": {"add": [{"Text": "Oil"}]}}}),
            ("delete_records", {"layout": "Jobs", "ids": ["2"]}),
            ("run_script", {"script": "Stamp", "layout": "Jobs"}),
        ):  # fmt: skip
            plan = await planned(assistant, tool, **arguments)
            named = {"change_id": plan["change_id"]}
            for told in (
                await assistant.ask("list_changes", **named),
                *(await assistant.ask("list_changes"))["changes"][:1],
            ):
                assert (told["change_id"], told["state"]) == (plan["change_id"], "planned"), tool
            await ended(assistant, await applied(assistant, plan))
            assert (await assistant.ask("list_changes", **named))["state"] == "done", tool
