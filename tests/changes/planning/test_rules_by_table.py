"""What the owner says of one layout holds for its table: no other layout and no relationship goes past a script, a stamp or the log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ...assistant import Assistant
from ...host_of import host_of
from ..shop_host import FOLDER, in_shop, shop, stored
from ..workshop_host import applied, made, planned

pytestmark = pytest.mark.anyio

THROUGH: dict[str, Any] = {"write_through": {"Invoices": "Save Invoice"}}
PAST = "'Invoices Brief' would go past it"
HOW = "write_through.'Invoices Brief': a script of its own, or {} to write directly"


def runs(assistant: Assistant) -> int:
    return len([run for run in assistant.emulator.scripts_run if run.script == "Save Invoice"])


async def test_no_way_through_another_layout_goes_past_the_script(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("ID,Total\nI-1,7\nI-9,8\n", encoding="utf-8")
    async with in_shop(THROUGH, environment={"FILEMAKER_FILES_FOLDER": str(tmp_path)}) as assistant:
        ways: tuple[tuple[str, dict[str, Any]], ...] = (
            ("edit_records", {"ids": ["1"], "values": {"Total": 1}}),
            ("create_records", {"records": [{"Customer": "Eve"}]}),
            ("create_records", {"copy_of": ["1"]}),
            ("edit_records", {"file": "rows.csv", "key": ["ID"], "when_missing": "create"}),
            ("edit_records", {"ids": ["1"], "values": {"Lines": {"add": [{"Text": "Oar"}]}}}),
        )
        for tool, wish in ways:
            text = await assistant.refused(tool, layout="Invoices Brief", **wish)
            assert "are written by the owner's script, on 'Invoices', and " + PAST in text, text
            assert HOW in text
        # related fields of the table, whatever layout shows them
        text = await assistant.refused(
            "edit_records", layout="Lines", ids=["1"], values={"Invoices::Customer": "Eve"}
        )
        assert "Records of 'Invoices' are written by the owner's script" in text
        assert "a relationship of 'Lines' would go past it" in text
        # what the script leaves to be done directly may be done here too
        plan = await planned(assistant, "delete_records", layout="Invoices Brief", ids=["4"])
        assert (await applied(assistant, plan))["records"] == {"done": 1}
        assert (await made(assistant, "edit_records", layout="Lines", ids=["1"], values={"Amount": 2}))[
            "records"
        ] == {"done": 1}
        assert runs(assistant) == 0
    whole = {"write_through": {"Invoices": {"script": "Save Invoice", "deletes": True}}}
    async with in_shop(whole) as assistant:
        text = await assistant.refused("delete_records", layout="Invoices Brief", ids=["4"])
        assert "Records of this table are deleted by the owner's script" in text


@pytest.mark.parametrize(("own", "count"), [({}, 0), ("Save Invoice", 1)])
async def test_a_layout_that_says_itself_how_it_writes_is_open(own: object, count: int) -> None:
    rules: dict[str, Any] = {
        "write_through": {"Invoices": "Save Invoice", "Invoices Brief": own, "Lines": {}}
    }
    async with in_shop(rules) as assistant:
        answer = await made(
            assistant, "edit_records", layout="Invoices Brief", ids=["1"], values={"Total": 101}
        )
        assert answer["records"] == {"done": 1}
        assert runs(assistant) == count
        alone = {"Invoices::Customer": "Ada B."}
        assert (await made(assistant, "edit_records", layout="Lines", ids=["1"], values=alone))[
            "records"
        ] == {"done": 1}


async def test_rows_of_a_table_that_a_script_writes_are_written_by_the_scripts_alone() -> None:
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"Lines": {"script": "Save Invoice", "deletes": True}}, "'Lines' are {} by the owner's script"),
        ({"Lines": {"script": "Save Invoice", "deletes": True}, "Invoices": {}}, ""),
    )
    for rules, told in cases:
        async with in_shop({"write_through": rules}) as assistant:
            for wish, word in (
                ({"add": [{"Text": "Oar"}]}, "written"),
                ({"edit": [{"id": "1", "Amount": 3}]}, "written"),
                ({"remove": ["1"]}, "deleted"),
            ):
                arguments: dict[str, Any] = {"layout": "Invoices", "ids": ["1"], "values": {"Lines": wish}}
                if told:
                    text = await assistant.refused("edit_records", **arguments)
                    assert told.format(word) in text, text
                else:
                    assert (await made(assistant, "edit_records", **arguments))["records"] == {"done": 1}


async def test_a_delete_takes_no_rows_along_that_a_script_deletes_or_that_are_the_log(tmp_path: Path) -> None:
    through: dict[str, Any] = {"Lines": {"script": "Save Invoice", "deletes": True}}
    emulator, state = shop(), {"FILEMAKER_STATE": str(tmp_path / "state.db")}
    async with in_shop({"access": "delete"}, emulator, environment=state) as assistant:
        waiting = await planned(assistant, "delete_records", layout="Invoices", ids=["1"])
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"write_through": through}, "Records of 'Lines' are deleted by the owner's script, on 'Lines'"),
        ({"journal_table": "Lines"}, "The records of 'Lines' are the owner's own log of changes"),
    )
    for rules, told in cases:
        async with in_shop(rules | {"access": "delete"}, emulator, environment=state) as assistant:
            for layout in ("Invoices", "Invoices Brief"):
                text = await assistant.refused("delete_records", layout=layout, ids=["1"])
                assert told in text, text
                assert "A delete of record 1 may take rows of it along" in text
            assert emulator.record("Shop", "Lines", 1) is not None
    async with in_shop(
        {"write_through": through, "access": "delete"}, emulator, environment=state
    ) as assistant:
        answer = await applied(assistant, waiting)
        assert answer["records"] == {"refused": 1}
        assert cases[0][1] in str(answer["details"])
        # one that shows no row takes none along that anybody could tell
        await made(assistant, "create_records", layout="Invoices", records=[{"Customer": "Eve"}])
        found = await assistant.ask("find_records", layout="Invoices", where={"Customer": "Eve"})
        plan = await planned(assistant, "delete_records", layout="Invoices", ids=[found["rows"][0][0]])
        assert (await applied(assistant, plan))["records"] == {"done": 1}
    freed: dict[str, Any] = {"write_through": through | {"Invoices": {}}, "access": "delete"}
    async with in_shop(freed, emulator) as assistant:
        plan = await planned(assistant, "delete_records", layout="Invoices", ids=["1"])
        assert (await applied(assistant, plan))["records"] == {"done": 1}


async def test_plans_and_changes_of_before_are_held_against_the_owners_words_of_now(tmp_path: Path) -> None:
    emulator, state = shop(), {"FILEMAKER_STATE": str(tmp_path / "state.db")}
    async with in_shop({}, emulator, environment=state) as assistant:
        done = await made(assistant, "edit_records", layout="Invoices Brief", ids=["1"], values={"Total": 7})
        waiting = await planned(
            assistant, "edit_records", layout="Invoices Brief", ids=["3"], values={"Total": 8}
        )
        rows = {"Lines": {"edit": [{"id": "1", "Amount": 9}]}}
        lines = await made(assistant, "edit_records", layout="Invoices", ids=["1"], values=rows)
    async with in_shop(
        {"write_through": {"Invoices": "Save Invoice"}}, emulator, environment=state
    ) as assistant:
        answer = await applied(assistant, waiting)
        assert answer["records"] == {"refused": 1}
        assert PAST in str(answer["details"])
        text = await assistant.refused("undo_change", change_id=done["change_id"])
        assert PAST in text
        assert (await stored(assistant, 3))["Total"] != "8"
    async with in_shop(
        {"write_through": {"Lines": "Save Invoice"}}, emulator, environment=state
    ) as assistant:
        text = await assistant.refused("undo_change", change_id=lines["change_id"])
        assert "a relationship of 'Invoices' would go past it" in text
        assert (await stored(assistant, 1, "Lines"))["Amount"] == "9"


async def test_a_closed_layout_is_not_named_to_the_assistant() -> None:
    rules = THROUGH | {"access_by_layout": {"Invoices": "none"}}
    async with in_shop(rules) as assistant:
        text = await assistant.refused(
            "edit_records", layout="Invoices Brief", ids=["1"], values={"Total": 1}
        )
        assert "by the owner's script, on another layout, and" in text
        assert "Save Invoice" not in text
    rules = {"change_only_where": {"Invoices": {"Status": "Draft"}}, "access_by_layout": {"Invoices": "none"}}
    async with in_shop(rules) as assistant:
        text = await assistant.refused(
            "edit_records", layout="Invoices Brief", ids=["1"], values={"Total": 1}
        )
        assert "are changed, on another layout; through 'Invoices Brief' none is changed" in text


async def test_a_stamp_of_a_table_is_written_through_its_other_layouts_and_in_rows() -> None:
    by: dict[str, Any] = {"stamp_by_layout": {"Lines": {"By": "{person}"}}}
    async with in_shop(by) as assistant:
        rows = {"Lines": {"add": [{"Text": "Oar"}], "edit": [{"id": "1", "Amount": 61}]}}
        plan = await planned(assistant, "edit_records", layout="Invoices", ids=["1"], values=rows)
        assert "Lines::By" not in str(plan["changes"]), "no part of the difference"
        answer = await applied(assistant, plan)
        assert answer["records"] == {"done": 1}, answer
        lines = [await stored(assistant, number, "Lines") for number in (1, 2)]
        assert lines[0]["By"]
        assert "By" not in lines[1], "a row that is not changed"
        new = next(
            row.values
            for number in range(3, 20)
            if (row := assistant.emulator.record("Shop", "Lines", number)) and row.values["Text"][0] == "Oar"
        )
        assert new["By"][0] == lines[0]["By"]
        # a row that has no place for the stamp is not written there
        brief = {"Lines": {"edit": [{"id": "1", "Text": "Hemp"}]}}
        text = await assistant.refused("edit_records", layout="Invoices Brief", ids=["1"], values=brief)
        assert (
            "of a record of 'Lines' is to be stamped in 'Lines::By', which the layout does not have" in text
        )
        own = {"Lines": {"edit": [{"id": "1", "By": "me"}]}}
        text = await assistant.refused("edit_records", layout="Invoices", ids=["1"], values=own)
        assert "fill 'Lines::By' of 'Invoices' with who changed the record" in text
    by = {"stamp_by_layout": {"Invoices": {"AI By": "{person}"}}}
    async with in_shop(by) as assistant:
        text = await assistant.refused(
            "edit_records", layout="Invoices Brief", ids=["1"], values={"Total": 1}
        )
        assert (
            "Each change of 'Invoices Brief' is to be stamped in 'AI By', which the layout does not have"
            in text
        )
        related = await made(
            assistant, "edit_records", layout="Lines", ids=["1"], values={"Invoices::Customer": "Eve"}
        )
        assert related["records"] == {"done": 1}
        assert (await stored(assistant, 1))["AI By"]


async def test_the_owners_log_is_written_by_nobody_else() -> None:
    rules = {"journal_table": "Log", "access": "delete"}
    async with in_shop(rules) as assistant:
        await made(assistant, "edit_records", layout="Invoices", ids=["1"], values={"Total": 9})
        assert (await stored(assistant, 1, "Log"))["Outcome"] == "done"
        for tool, wish in (
            ("delete_records", {"ids": ["1"]}),
            ("create_records", {"records": [{"Entry": "edit-1-X/1/1"}]}),
            ("edit_records", {"ids": ["1"], "values": {"Outcome": "done"}}),
        ):
            text = await assistant.refused(tool, layout="Log", **wish)
            assert "are the owner's own log of changes, which no change may touch" in text


async def test_no_sentence_names_a_hidden_field_of_the_owners_duties() -> None:
    """A stamp, a condition and a key may be hidden: then plan, refusal and outcome name none of them."""
    names = ("AI By", "AI Plan", "Locked", "Region")
    rules: dict[str, Any] = {
        "stamp": {"AI By": "{person}", "Remark": "{plan}"},
        "stamp_by_layout": {"Lines": {}, "Invoices Brief": {"AI Plan": "{plan}"}},
        "change_only_where": {"Invoices": {"Locked": {"empty": True}}, "Invoices Brief": {}},
        "hidden_fields": {"*": list(names)},
        "keys": {"Invoices": "Region"},
    }
    async with in_shop(rules) as assistant:
        told = await planned(assistant, "edit_records", layout="Invoices", ids=["1"], values={"Total": 9})
        note = "stamped: 'Remark' = [the id of this plan], and in fields that are not shown here"
        assert note in str(told["notes"]), told["notes"]
        texts = [str(told), str(await applied(assistant, told))]
        new = await made(assistant, "create_records", layout="Invoices", records=[{"Customer": "Eve"}])
        texts.append(str(new))
        texts.append(str(await assistant.ask("undo_change", change_id=told["change_id"])))
        described = await assistant.ask("describe_layout", layouts=["Invoices", "Invoices Brief"])
        texts.append(str(described))
        texts.append(
            await assistant.refused("edit_records", layout="Invoices Brief", ids=["1"], values={"Total": 1})
        )
        assert "stamped in a field that is not shown here, which the layout does not have" in texts[-1]
        for name in names:
            assert not [text for text in texts if name in text], name


async def test_who_agrees_and_whose_text_it_is_follow_the_table_through_its_other_layouts() -> None:
    """A layout of which the owner says nothing is agreed to as another one of its table, and shows the same outsiders' text."""
    ask = {"FILEMAKER_APPROVAL": "by_risk", "FILEMAKER_APPROVAL_SECONDS": "0.05"}
    for rules in (
        {"approval_by_layout": {"Invoices": "person"}},
        {"approval_by_field": {"Invoices": {"Total": "person"}}},
        {"untrusted_fields": {"Invoices": ["Customer"]}},
    ):
        async with in_shop(rules, environment=ask) as assistant:
            await assistant.ask("find_records", layout="Invoices Brief", fields=["Customer"])
            plan = await planned(
                assistant, "edit_records", layout="Invoices Brief", ids=["1"], values={"Total": 7}
            )
            answer = await applied(assistant, plan)
            assert answer["state"] != "done", rules
            assert (await stored(assistant, 1))["Total"] == "100"
    own: dict[str, Any] = {"approval_by_layout": {"Invoices": "person", "Invoices Brief": "client"}}
    async with in_shop(own, environment=ask) as assistant:
        answer = await made(
            assistant, "edit_records", layout="Invoices Brief", ids=["1"], values={"Total": 7}
        )
        assert answer["records"] == {"done": 1}


async def test_a_field_that_is_never_written_is_so_through_the_other_layouts_of_its_table() -> None:
    """Those that the owner does not name; a layout that nobody can place counts for every table."""
    wish: dict[str, Any] = {"layout": "Invoices Brief", "ids": ["1"], "values": {"Total": 7}}
    for layout in ("Invoices", "Invoises"):
        async with in_shop({"read_only_fields": {layout: ["Total", "Customer"]}}) as assistant:
            text = await assistant.refused("edit_records", **wish)
            assert "make the field 'Total' of 'Invoices Brief' read-only" in text
            lines = await made(assistant, "edit_records", layout="Lines", ids=["1"], values={"Amount": 2})
            assert lines["records"] == {"done": 1}
    through = {"read_only_fields": {"Invoices": ["Customer"]}}
    async with in_shop(through) as assistant:
        related = {"Invoices::Customer": "Eve"}
        text = await assistant.refused("edit_records", layout="Lines", ids=["1"], values=related)
        assert "close 'Invoices::Customer' for writing" in text
    own: dict[str, Any] = {"read_only_fields": {"Invoices": ["Total"], "Invoices Brief": ["Customer"]}}
    async with in_shop(own) as assistant:
        assert (await made(assistant, "edit_records", **wish))["records"] == {"done": 1}


@pytest.mark.parametrize("profile", [18, 19])
async def test_hosts_that_list_no_tables_are_asked_for_a_record(profile: int) -> None:
    rules: dict[str, Any] = THROUGH | {"access_by_layout": {"Invoices": "none"}}
    async with in_shop(rules, host_of(FOLDER, profile=profile)) as assistant:
        text = await assistant.refused(
            "edit_records", layout="Invoices Brief", ids=["1"], values={"Total": 1}
        )
        assert PAST in text
        answer = await made(assistant, "edit_records", layout="Lines", ids=["1"], values={"Amount": 2})
        assert answer["records"] == {"done": 1}


async def test_a_runbook_edits_nothing_past_the_script(tmp_path: Path) -> None:
    (tmp_path / "mark.toml").write_text(
        '[records]\nlayout = "Invoices Brief"\nwhere = { ID = "I-1" }\n[each]\nedit = { Total = 7 }\n',
        encoding="utf-8",
    )
    async with in_shop(THROUGH, environment={"FILEMAKER_RUNBOOKS": str(tmp_path)}) as assistant:
        text = await assistant.refused("run_script", script="mark")
        assert PAST in text
        assert (await stored(assistant, 1))["Total"] == "100"
