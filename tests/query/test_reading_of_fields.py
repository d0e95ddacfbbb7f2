"""What a field is taken for: portals by their names, closed fields as closed, numbers with an exponent as FileMaker reads them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

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
fields = ["Project ID", "Title", "Hours", "Done"]
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


def desk(folder: Path) -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / "desk.toml").write_text(TWO_PORTALS, encoding="utf-8")
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


async def test_a_number_with_an_exponent_is_text_as_filemaker_overlooks_letters(tmp_path: Path) -> None:
    async with assisted({"FILEMAKER_DATABASE": "Desk"}, solutions=[desk(tmp_path / "Desk")]) as assistant:
        answer = await assistant.ask("summarize_records", layout="Tasks", measures=["sum Hours"])
        assert answer["figures"]["sum Hours"] == 9
        assert answer["not_used"] == {"Hours": "1 text"}
        for number, count in ((100000, 0), (15, 1)):
            found = await assistant.ask("find_records", layout="Tasks", where={"Hours": number}, limit=1)
            assert found["found"] == count


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
