"""The way back goes only over what the change itself left."""

from __future__ import annotations

from typing import Any

import pytest

from ..workshop_host import applied, in_workshop, made, planned, somebody, titles, workshop

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("work", "why"),
    [
        ({"fieldData": {"Status": "Done"}}, "'Status' is 'Done' now"),
        ({"fieldData": {}, "portalData": {"Tasks": [{"Tasks::Text": "theirs"}]}}, "rows of 'Tasks'"),
    ],
)
async def test_a_new_record_on_which_somebody_worked_is_not_taken_back(
    work: dict[str, Any], why: str
) -> None:
    """The field is one that FileMaker filled by itself; the row is not in the record at all."""
    emulator = workshop()
    async with in_workshop(emulator, {"FILEMAKER_ACCESS": "edit"}) as assistant:
        new = {"Title": "New", "Tasks": {"add": [{"Text": "ours"}]}}
        for is_late in (False, True):
            done = await made(assistant, "create_records", layout="Jobs", records=[new], repeat=True)
            back = await assistant.ask("undo_change", change_id=done["change_id"]) if is_late else {}
            await somebody(emulator, "PATCH", f"Jobs/records/{done['created'][0]}", work)
            if is_late:
                assert (await applied(assistant, back))["state"] == "refused"
            assert why in await assistant.refused("undo_change", change_id=done["change_id"])
        assert (await titles(assistant)).count("New") == 2
        done = await made(assistant, "create_records", layout="Jobs", records=[new], repeat=True)
        back = await assistant.ask("undo_change", change_id=done["change_id"])
        assert (await applied(assistant, back))["state"] == "done", "to edit is enough, its own row included"
        assert (await titles(assistant)).count("New") == 2


async def test_rows_that_a_later_step_made_on_their_own_layout_go_with_the_new_record() -> None:
    async with in_workshop() as assistant:
        plan = await planned(assistant, "create_records", layout="Jobs", records=[{"Title": "New"}])
        task = {"Text": "ours", "Job ID": {"step": 1, "field": "ID"}}
        plan = await planned(
            assistant, "create_records", layout="Tasks", records=[task], change_id=plan["change_id"]
        )
        assert (await applied(assistant, plan))["state"] == "done"
        assert (await applied(assistant, await assistant.ask("undo_change")))["state"] == "done"
        assert "New" not in await titles(assistant)


async def test_a_deleted_record_comes_back_without_what_the_owner_keeps_from_being_written() -> None:
    closed = {"FILEMAKER_READ_ONLY_FIELDS": '{"Jobs": ["Rate", "Tasks::Minutes"]}'}
    async with in_workshop(None, closed) as assistant:
        await made(assistant, "delete_records", layout="Jobs", ids=["1"])
        back = await assistant.ask("undo_change")
        assert any("'Rate', 'Tasks::Minutes' cannot be written" in line for line in back["stays_as_it_is"])
        done = await applied(assistant, back)
        assert done["state"] == "done", done
        again = await assistant.ask("get_record", layout="Jobs", id=done["created"][0])
        assert again["fields"]["Title"] == "Mend the sail"
        assert "Rate" not in again["fields"]
        assert again["portals"]["Tasks"]["found"] == 2
