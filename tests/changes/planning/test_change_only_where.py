"""Read all invoices, change only drafts: whatever the way, and whoever changes the record meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ...assistant import Assistant
from ..shop_host import in_shop, shop, stored
from ..workshop_host import applied, made, planned, somebody

pytestmark = pytest.mark.anyio

DRAFTS = {"change_only_where": {"Invoices": {"Status": "Draft"}}}
SENT = "only where Status is \"Draft\"; in this one 'Status' is 'Sent'"


async def refused(assistant: Assistant, tool: str, **arguments: Any) -> str:
    text = await assistant.refused(tool, layout="Invoices", **arguments)
    assert "Nothing was changed. Nothing was planned." in text or "changes anything" in text, text
    return text


async def test_every_way_to_change_a_closed_record_is_refused_when_it_is_planned(tmp_path: Path) -> None:
    (tmp_path / "scan.txt").write_text("a scan", encoding="utf-8")
    rows = "Customer,Remark\nAda,one\nBo,two\n"
    (tmp_path / "rows.csv").write_text(rows, encoding="utf-8")
    async with in_shop(DRAFTS, environment={"FILEMAKER_FILES_FOLDER": str(tmp_path)}) as assistant:
        assert (await assistant.ask("find_records", layout="Invoices"))["found"] == 4
        edit = {"Remark": "late"}
        assert SENT in await refused(assistant, "edit_records", ids=["2"], values=edit)
        text = await refused(
            assistant, "edit_records", where={"Total": {"gt": 0}}, values=edit, max_records=9
        )
        assert "1 of 4 records may not be changed so. 2: The owner" in text
        row = {"Lines": {"edit": [{"id": "3", "Amount": 1}]}}
        assert SENT in await refused(assistant, "edit_records", ids=["2"], values=row)
        added = {"Lines": {"add": [{"Text": "Oar"}]}}
        assert SENT in await refused(assistant, "edit_records", ids=["2"], values=added)
        scan = {"Scan": {"file": "scan.txt"}}
        assert SENT in await refused(assistant, "edit_records", ids=["2"], values=scan)
        assert SENT in await refused(assistant, "delete_records", ids=["2"])
        assert "create a record with its values" in await refused(assistant, "create_records", copy_of=["2"])
        # the result counts as well: nobody sends an invoice, and nobody makes one that is sent
        result = 'would be none that may be changed: Status is "Draft"'
        assert result in await refused(assistant, "edit_records", ids=["1"], values={"Status": "Sent"})
        new = [{"Customer": "Eve", "Status": "Sent"}]
        assert result in await refused(assistant, "create_records", records=new)
        # a row of a file is faulty, and the others go on
        plan = await planned(assistant, "edit_records", layout="Invoices", file="rows.csv", key=["Customer"])
        assert "1 to change, 1 faulty" in str(plan)
        assert "changed only where Status is" in str(plan)
        # through another layout of the table, which the owner says nothing about
        brief = await assistant.refused(
            "edit_records", layout="Invoices Brief", ids=["1"], values={"Total": 1}
        )
        assert "on 'Invoices'; through 'Invoices Brief' none is changed" in brief
        # what is open goes through
        copied = await made(assistant, "create_records", layout="Invoices", copy_of=["1"])
        assert copied["records"] == {"done": 1}
        assert (await applied(assistant, plan))["records"] == {"done": 1}


async def test_dates_hidden_fields_and_freed_layouts() -> None:
    rule = {
        "Invoices": {"Date": {"gt": "2026-09-30"}, "Locked": {"empty": True}},
        "Invoices Brief": {},
    }
    rules = {"change_only_where": rule, "hidden_fields": {"Invoices": ["Locked"]}}
    async with in_shop(rules) as assistant:
        text = await refused(assistant, "edit_records", ids=["3"], values={"Remark": "x"})
        assert "only where Date" in text
        assert "'Date' is '2026-03-07'" in text
        closed = {"Date": "2026-09-30"}
        assert "would be none" in await refused(assistant, "edit_records", ids=["1"], values=closed)
        assert (await made(assistant, "edit_records", layout="Invoices", ids=["4"], values={"Remark": "x"}))[
            "records"
        ] == {"done": 1}
        await somebody(assistant.emulator, "PATCH", "Invoices/records/4", {"fieldData": {"Locked": "yes"}}, file="Shop")  # fmt: skip
        text = await refused(assistant, "edit_records", ids=["4"], values={"Remark": "y"})
        assert "under a condition of the owner's that is not shown here, which this one does not meet" in text
        assert "Locked" not in text
        freed = await made(
            assistant, "edit_records", layout="Invoices Brief", ids=["3"], values={"Total": 301}
        )
        assert freed["records"] == {"done": 1}


async def test_it_is_looked_at_right_before_sending_and_again_when_it_is_taken_back() -> None:
    """Calculated and related conditions change without the record: its modId says nothing."""
    rules = {
        "change_only_where": {
            "Invoices": {"Status": "Draft"},
            "Lines": {"Invoices::Status": "Draft"},
            "Invoices Brief": {},
        }
    }
    async with in_shop(rules) as assistant:
        emulator = assistant.emulator
        line = await planned(assistant, "edit_records", layout="Lines", ids=["1"], values={"Amount": 61})
        lines = await planned(assistant, "delete_records", layout="Lines", ids=["2"])
        made_line = await made(assistant, "edit_records", layout="Lines", ids=["1"], values={"Text": "Hemp"})
        remark = await made(assistant, "edit_records", layout="Invoices", ids=["1"], values={"Remark": "x"})
        new = await made(assistant, "create_records", layout="Invoices", records=[{"Customer": "Eve"}])
        waiting = await planned(assistant, "delete_records", layout="Invoices", ids=["4"])
        for record_id in ("1", "4", new["created"][0]):
            await somebody(emulator, "PATCH", f"Invoices/records/{record_id}", {"fieldData": {"Status": "Sent"}}, file="Shop")  # fmt: skip
        for plan in (line, lines, waiting):
            answer = await applied(assistant, plan, go_on=True)
            assert answer["records"] == {"refused": 1}, answer
        assert (await stored(assistant, 1, "Lines"))["Amount"] == "60"
        for change in (made_line, remark, new):
            text = await assistant.refused("undo_change", change_id=change["change_id"])
            assert "changed only where" in text or "changed since" in text, text
        assert (await stored(assistant, 1))["Remark"] == "x"


async def test_related_rows_follow_the_rule_of_their_own_layout() -> None:
    rules = {"change_only_where": {"Lines": {"State": "Open"}}}
    async with in_shop(rules) as assistant:
        edit = {"Lines": {"edit": [{"id": "2", "Amount": 1}]}}
        text = await refused(assistant, "edit_records", ids=["1"], values=edit)
        assert "lets row 2 of 'Lines' be changed only where it meets a condition on 'Lines'" in text
        text = await refused(assistant, "edit_records", ids=["1"], values={"Lines": {"remove": ["2"]}})
        assert "lets row 2" in text
        close = {"Lines": {"edit": [{"id": "1", "State": "Closed"}]}}
        assert "would be none" in await refused(assistant, "edit_records", ids=["1"], values=close)
        both = {"Lines": {"edit": [{"id": "1", "Amount": 61}], "add": [{"Text": "Oar"}]}}
        answer = await made(assistant, "edit_records", layout="Invoices", ids=["1"], values=both)
        assert answer["records"] == {"done": 1}
        # a layout that does not show what the rule rests on
        brief = await assistant.refused(
            "edit_records",
            layout="Invoices Brief",
            ids=["1"],
            values={"Lines": {"edit": [{"id": "1", "Text": "Hemp"}]}},
        )
        assert "or this layout does not show what that rests on" in brief


async def test_a_rule_that_names_no_field_closes_its_layout_for_changes_and_not_for_reading() -> None:
    async with in_shop({"change_only_where": {"Invoices": {"Statsu": "Draft"}}}) as assistant:
        assert (await assistant.ask("find_records", layout="Invoices"))["found"] == 4
        text = await refused(assistant, "edit_records", ids=["1"], values={"Remark": "x"})
        assert "cannot be tested: there is no field 'Statsu'" in text


async def test_what_the_host_makes_of_a_record_is_told_when_it_leaves_the_rule() -> None:
    emulator = shop()
    rules = {"change_only_where": {"Invoices": {"By And Plan": {"empty": True}}}}
    async with in_shop(rules, emulator) as assistant:
        answer = await made(assistant, "edit_records", layout="Invoices", ids=["1"], values={"AI By": "me"})
        assert answer["records"] == {"done": 1}
        assert "can be neither changed further nor taken back here" in str(answer["details"])


async def test_a_related_record_is_not_closed_and_no_other_one_reached_by_moving_the_key() -> None:
    async with in_shop(DRAFTS) as assistant:
        before = await stored(assistant, 2)

        async def through_lines(tool: str, **arguments: Any) -> str:
            return await assistant.refused(tool, layout="Lines", **arguments)

        text = await through_lines("edit_records", ids=["1"], values={"Invoices::Status": "Sent"})
        assert "A record of 'Invoices' that is so would be none that may be changed there" in text
        moved = {"Invoice ID": "I-2", "Invoices::Customer": "Eve"}
        text = await through_lines("edit_records", ids=["1"], values=moved)
        assert "Together with other fields of 'Lines' no related record of 'Invoices' is changed" in text
        text = await through_lines("create_records", records=[moved])
        assert "Together with a new record of 'Lines'" in text
        assert await stored(assistant, 2) == before
        assert (await stored(assistant, 1))["Status"] == "Draft"
        alone = {"Invoices::Customer": "Ada B."}
        assert (await made(assistant, "edit_records", layout="Lines", ids=["1"], values=alone))[
            "records"
        ] == {"done": 1}
        assert (await stored(assistant, 1))["Customer"] == "Ada B."


async def test_a_delete_takes_no_row_along_that_may_not_be_changed() -> None:
    rules = {"change_only_where": {"Lines": {"State": "Open"}}}
    async with in_shop(rules) as assistant:
        text = await refused(assistant, "delete_records", ids=["1"])
        assert "lets row 2 of 'Lines' be changed only where" in text
        assert "A delete may take it along" in text
        waiting = await planned(assistant, "delete_records", layout="Invoices", ids=["2"])
        await somebody(assistant.emulator, "PATCH", "Lines/records/3", {"fieldData": {"State": "Closed"}}, file="Shop")  # fmt: skip
        assert (await applied(assistant, waiting))["records"] == {"refused": 1}
        assert (await stored(assistant, 3, "Lines"))["State"] == "Closed"
        gone = await made(assistant, "delete_records", layout="Invoices", ids=["4"])
        assert gone["records"] == {"done": 1}


async def test_a_number_is_compared_as_it_is_sent() -> None:
    async with in_shop({"change_only_where": {"Invoices": {"Total": {"lt": 250}}}}) as assistant:
        for value in ("1e3", "1E3", "2.5e+2"):
            text = await refused(assistant, "edit_records", ids=["1"], values={"Total": value})
            assert "would be none that may be changed: Total < 250" in text
        answer = await made(assistant, "edit_records", layout="Invoices", ids=["1"], values={"Total": "2e2"})
        assert answer["records"] == {"done": 1}
        assert (await stored(assistant, 1))["Total"] == "200"


LINES_OF_DRAFTS = {"change_only_where": {"Lines": {"Invoices::Status": "Draft"}}}


async def test_lines_of_an_invoice_are_changed_and_added_on_it_as_its_own_state_allows() -> None:
    async with in_shop(LINES_OF_DRAFTS) as assistant:
        rows = {"Lines": {"add": [{"Text": "Oar"}], "edit": [{"id": "1", "Amount": 61}], "remove": ["2"]}}
        answer = await made(assistant, "edit_records", layout="Invoices", ids=["1"], values=rows)
        assert answer["records"] == {"done": 1}
        for wish in ({"add": [{"Text": "Oar"}]}, {"edit": [{"id": "3", "Amount": 1}]}, {"remove": ["3"]}):
            text = await refused(assistant, "edit_records", ids=["2"], values={"Lines": wish})
            assert "'Lines'" in text
            assert "that may be changed" in text or "it meets a condition on 'Lines'" in text
        # sent in the same change: the lines would be those of an invoice that is sent
        both = {"Status": "Sent", "Lines": {"add": [{"Text": "Oar"}]}}
        assert "would be none" in await refused(assistant, "edit_records", ids=["1"], values=both)
        new = [{"Customer": "Eve", "Lines": {"add": [{"Text": "Oar"}]}}]
        assert (await made(assistant, "create_records", layout="Invoices", records=new))["records"] == {
            "done": 1
        }
        waiting = await planned(
            assistant,
            "edit_records",
            layout="Invoices",
            ids=["4"],
            values={"Lines": {"add": [{"Text": "Oar"}]}},
        )
        sent = {"fieldData": {"Status": "Sent"}}
        await somebody(assistant.emulator, "PATCH", "Invoices/records/4", sent, file="Shop")
        assert (await applied(assistant, waiting))["records"] == {"refused": 1}


async def test_a_new_record_whose_related_record_nobody_knows_is_refused_and_a_move_is_told() -> None:
    async with in_shop(LINES_OF_DRAFTS) as assistant:
        text = await assistant.refused(
            "create_records", layout="Lines", records=[{"Invoice ID": "I-2", "Text": "Oar"}]
        )
        assert "which record of it a new one belongs to is known only once it is written" in text
        assert "Add it as a row, on the layout of 'Invoices' that shows them" in text
        plan = await planned(
            assistant, "edit_records", layout="Lines", ids=["1"], values={"Invoice ID": "I-2"}
        )
        assert "a change that moves it is told then, and not prevented" in str(plan["warnings"])
        moved = await applied(assistant, plan)
        assert moved["records"] == {"done": 1}
        assert "can be neither changed further nor taken back here" in str(moved["details"])
    hidden = LINES_OF_DRAFTS | {"hidden_fields": {"Lines": ["Invoices::Status"]}}
    async with in_shop(hidden) as assistant:
        text = await assistant.refused(
            "create_records", layout="Lines", records=[{"Invoice ID": "I-2", "Text": "Oar"}]
        )
        assert "by a field of a related table" in text
        assert "Status" not in text
