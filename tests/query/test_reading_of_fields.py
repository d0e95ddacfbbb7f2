"""What a field is taken for: portals by their names, closed fields as closed, numbers with an exponent as FileMaker reads them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.switches import Switches

from ..assistant import assisted

pytestmark = pytest.mark.anyio

TWO_PORTALS = """
name = "Desk"
[tables.Projects.fields]
ID = {}
[tables.Tasks.fields]
"Project ID" = {}
Title = {}
Hours = { type = "number" }
Done = { type = "number" }
"All hours" = { type = "number", summary = "total", of = "Hours" }
[[relationships]]
left = "Projects"
right = "Tasks"
match = [["ID", "=", "Project ID"]]
[layouts.Projects]
occurrence = "Projects"
fields = ["ID"]
[[layouts.Projects.portals]]
name = "Open tasks"
occurrence = "Tasks"
fields = ["Tasks::Title", "Tasks::Done"]
filter = "Done != 1"
[[layouts.Projects.portals]]
name = "All tasks"
occurrence = "Tasks"
fields = ["Tasks::Title", "Tasks::Done"]
[layouts.Tasks]
occurrence = "Tasks"
fields = ["Project ID", "Title", "Hours", "Done", "All hours"]
[privilege_sets.Office]
extended = ["fmrest"]
layouts = { "*" = "edit" }
fields = { "*" = { "*" = "edit" } }
records = { "*" = { view = "yes", edit = "yes", create = "yes", delete = "yes" } }
[[accounts]]
name = "assistant"
password = "demo"
privilege_set = "Office"
"""
TASKS = "Project ID,Title,Hours,Done\nP1,a,2,1\nP1,b,1e5,\nP1,c,3,1\nP1,d,4,\n"


def desk(folder: Path, solution: str = TWO_PORTALS) -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / "desk.toml").write_text(solution, encoding="utf-8")
    (folder / "data" / "Projects.csv").write_text("ID\nP1\n", encoding="utf-8")
    (folder / "data" / "Tasks.csv").write_text(TASKS, encoding="utf-8")
    return folder


async def test_a_portal_is_addressed_by_its_name_and_two_of_one_table_are_told_apart(tmp_path: Path) -> None:
    async with assisted({"FILEMAKER_DATABASE": "Desk"}, solutions=[desk(tmp_path / "Desk")]) as assistant:
        every = await assistant.ask("find_records", layout="Projects", fields=["ID", "All tasks::Title"])
        assert [row[0] for row in every["rows"][0][-1]] == ["a", "b", "c", "d"]
        both = await assistant.ask(
            "find_records", layout="Projects", fields=["All tasks::Tasks::Title", "open tasks::title"]
        )
        assert set(both["columns"]) >= {"All tasks", "Open tasks"}
        refusal = await assistant.refused("find_records", layout="Projects", fields=["Tasks::Title"])
        assert "'Open tasks' and 'All tasks'" in refusal
        assert "Name the portal" in refusal
        assert "Name the portal" in await assistant.refused(
            "find_records", layout="Projects", portals=["Tasks"]
        )
        found = await assistant.ask("find_records", layout="Projects", where={"Tasks::Title": "a"}, limit=1)
        assert found["found"] == 1, "criteria are about the related records, whatever portal shows them"
        refusal = await assistant.refused(
            "summarize_records", layout="Projects", group_by=["All tasks::Title"]
        )
        assert "Ask 'Tasks', whose records these rows are" in refusal


async def test_two_portals_of_a_table_without_names_are_said_to_be_one_of_them(tmp_path: Path) -> None:
    nameless = TWO_PORTALS.replace('name = "Open tasks"\n', "").replace('name = "All tasks"\n', "")
    folder = desk(tmp_path / "Desk", nameless)
    async with assisted({"FILEMAKER_DATABASE": "Desk"}, solutions=[folder]) as assistant:
        shown = await assistant.ask("find_records", layout="Projects", fields=["ID", "Tasks::Title"])
        assert "2 portals of 'Tasks' have no name of their own" in shown["portals_unclear"][0]
        one = await assistant.ask("get_record", layout="Projects", id="1")
        assert one["portals_unclear"] == shown["portals_unclear"]
        assert "portals_unclear" not in await assistant.ask("find_records", layout="Projects", fields=["ID"])


@pytest.mark.parametrize("exponents", ["letters", "number"])
async def test_summary_find_and_the_hosts_own_total_agree_on_an_exponent_or_say_why(
    tmp_path: Path, exponents: str
) -> None:
    """By the reference FileMaker overlooks letters in a number field (section 7.5); the other way round is a switch."""
    emulator = Emulator([desk(tmp_path / "Desk")], switches=Switches(exponents=exponents))
    is_letters = exponents == "letters"
    stored, ours, theirs = (15, 9, 24) if is_letters else (100_000, 100_009, 100_009)
    async with assisted({"FILEMAKER_DATABASE": "Desk"}, emulator=emulator) as assistant:
        answer = await assistant.ask("summarize_records", layout="Tasks", measures=["sum Hours"])
        assert answer["figures"]["sum Hours"] == ours
        said = "1 text with digits (FileMaker's own totals and finds read just the digits: 15 in 1e5)"
        assert answer.get("not_used") == ({"Hours": said} if is_letters else None)
        own = await assistant.ask("find_records", layout="Tasks", fields=["All hours"], limit=1)
        assert own["rows"][0][-1] == theirs
        for number in (15, 100_000):
            for found_set in (None, answer["found_set"]):
                place = {"layout": "Tasks"} if found_set is None else {"found_set": found_set}
                found = await assistant.ask("find_records", **place, where={"Hours": number}, limit=1)
                assert found["found"] == (number == stored), "found by the host, or here"


async def test_what_the_account_may_not_see_is_no_text(tmp_path: Path) -> None:
    closed = TWO_PORTALS.replace(
        'fields = { "*" = { "*" = "edit" } }',
        'fields = { "*" = { "*" = "edit" }, Tasks = { "*" = "edit", Hours = "none" } }',
    )
    folder = desk(tmp_path / "Desk", closed)
    async with assisted({"FILEMAKER_DATABASE": "Desk"}, solutions=[folder]) as assistant:
        measures = ["sum Hours", "max Hours", {"distinct": "Hours"}, {"stddev": "Hours"}]
        answer = await assistant.ask("summarize_records", layout="Tasks", measures=measures)
        assert set(answer["figures"].values()) == {None, 0}
        assert answer["not_used"] == {"Hours": "4 closed to this account"}
        for group in ("Hours", {"field": "Hours", "bands": [0, 10]}):
            grouped = await assistant.ask(
                "summarize_records", found_set=answer["found_set"], group_by=[group]
            )
            assert grouped["rows"] == [["<No Access>", 4]]
            column = grouped["columns"][0]
            behind = await assistant.ask(
                "find_records", found_set=grouped["found_set"], group={column: "<No Access>"}, limit=1
            )
            assert behind["found"] == 4


async def test_a_closed_field_is_said_to_be_closed_by_every_tool() -> None:
    hidden = {"FILEMAKER_HIDDEN_FIELDS": json.dumps({"Customers": ["Credit Limit"]})}
    async with assisted(hidden) as assistant:
        for tool, arguments in (
            ("find_records", {"where": {"Credit Limit": 5}}),
            ("find_records", {"fields": ["Credit Limit"]}),
            ("find_records", {"sort": ["Credit Limit"]}),
            ("summarize_records", {"measures": [{"sum": "Credit Limit"}]}),
            ("summarize_records", {"group_by": ["Credit Limit"]}),
            ("export_records", {"file": "x", "fields": ["Credit Limit"]}),
            ("get_record", {"id": "1", "fields": ["Credit Limit"]}),
        ):
            assert "hide the field 'Credit Limit'" in await assistant.refused(
                tool, layout="Customers", **arguments
            )
        assert "hide" not in await assistant.refused(
            "find_records", layout="Customers", where={"Credit Limt": 5}
        )


async def test_waiting_for_a_job_without_naming_it_is_waiting_for_the_latest() -> None:
    async with assisted() as assistant:
        assert (await assistant.ask("check_job", wait=1)) == {"jobs": []}
