"""After outsiders' text was read, nothing leaves FileMaker before a person agreed: no file, no script, no write to another file."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from ..approval.people import Browser, Person
from ..approval.test_chat_question import both_eras
from ..assistant import Assistant, said
from ..policy.office import ALLOWED, CLOSED, OPEN, hosted, ruled
from .workshop_host import SOMEBODY, changes_of, in_workshop, made, planned, workshop

pytestmark = pytest.mark.anyio

EXPORT: dict[str, Any] = {"layout": "Jobs", "file": "jobs", "fields": ["ID", "Hours"]}
AWAY = {"FILEMAKER_APPROVAL_PAGE": "false"}


def rules(folder: Path, **more: str) -> dict[str, str]:
    return {
        "FILEMAKER_APPROVAL": "by_risk",
        "FILEMAKER_UNTRUSTED_FIELDS": '["Title"]',
        "FILEMAKER_FILES_FOLDER": str(folder),
        "FILEMAKER_SCRIPTS": '{"Stamp": {"effect": "reads", "layout": "Jobs"}}',
    } | more


async def read_outsiders(assistant: Assistant, **where: str) -> None:
    await assistant.ask("find_records", layout="Jobs", fields=["Title"], **where)


async def agree(assistant: Assistant, change: str) -> None:
    """What `filemaker-mcp approve` does."""
    changes = changes_of(assistant)
    found = await changes.known.found_by_anybody(change)
    await changes.agreements.agreed(found.plan, found.plan.who, SOMEBODY)


async def reopen(assistant: Assistant, change: str) -> None:
    """What a person does on the page who said no there."""
    changes = changes_of(assistant)
    await changes.agreements.reopened(
        (found := await changes.known.found_by_anybody(change)).plan, found.plan.who, "there"
    )


def files(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


async def test_before_outsiders_text_was_read_nobody_is_asked(tmp_path: Path) -> None:
    person = Person()
    async with in_workshop(environment=rules(tmp_path), person=person) as assistant:
        await assistant.ask("summarize_records", layout="Jobs", group_by=["Status"])
        await assistant.ask("export_records", **EXPORT)
        await assistant.ask("run_script", script="Stamp")
        assert not person.read


async def test_an_owner_who_leaves_it_to_the_host_asks_nobody(tmp_path: Path) -> None:
    person = Person()
    async with in_workshop(
        environment=rules(tmp_path, FILEMAKER_APPROVAL="client"), person=person
    ) as assistant:
        await read_outsiders(assistant)
        await assistant.ask("export_records", **EXPORT)
        assert (files(tmp_path), person.read) == (["jobs.csv"], [])


@both_eras
async def test_an_export_waits_for_the_person_who_reads_what_goes_where(mode: Any, tmp_path: Path) -> None:
    person = Person("decline")
    async with in_workshop(environment=rules(tmp_path), person=person, mode=mode) as assistant:
        await read_outsiders(assistant)
        refused = await assistant.ask("export_records", **EXPORT)
        assert (refused["state"], refused["agreed"], files(tmp_path)) == ("planned", False, [])
        for words in ("written by outsiders (Title)", "Export records of 'Jobs'", "ID, Hours", "jobs (csv)"):
            assert words in person.read[0]
        person.action = "accept"
        assert (await assistant.ask("export_records", **EXPORT))["agreed"] is False
        assert len(person.read) == 1, "a no is not asked about again"
        await reopen(assistant, refused["change_id"])
        for exports in (["jobs.csv"], ["jobs (2).csv", "jobs.csv"]):
            assert (await assistant.ask("export_records", **EXPORT))["rows"] == 3
            assert files(tmp_path) == exports
        assert len(person.read) == 3, "each export is agreed to once"
        listed = (await assistant.ask("list_changes"))["changes"]
        assert [each["state"] for each in listed] == ["done", "done"]


async def test_an_agreement_to_an_export_is_for_these_criteria_columns_and_this_file(tmp_path: Path) -> None:
    """What is told of the criteria is shortened; what is agreed to is not."""
    numbers = [*(f"J-{number:03}" for number in range(1, 13)), "Z-1"]
    asked = EXPORT | {"where": {"ID": {"any_of": numbers}}}
    async with in_workshop(environment=rules(tmp_path) | AWAY) as assistant:
        await read_outsiders(assistant)
        others = (
            asked | {"where": {"ID": {"any_of": [*numbers[:-1], "O-040"]}}},
            asked | {"where": {"ID": {"any_of": numbers}, "Ref": {"not": "x"}}},
            asked | {"fields": ["ID", "Title"]},
            asked | {"file": "elsewhere"},
            asked | {"format": "jsonl"},
            asked | {"sort": ["Hours"]},
        )
        waiting = await assistant.ask("export_records", **asked)
        for other in others:
            assert (await assistant.ask("export_records", **other))["state"] == "planned"
        await agree(assistant, waiting["change_id"])
        for other in others:
            assert (await assistant.ask("export_records", **other))["state"] == "planned"
        assert files(tmp_path) == []
        found = await changes_of(assistant).known.found_by_anybody(waiting["change_id"])
        assert "Z-1" in str(found.plan.steps)
        assert (await assistant.ask("export_records", **asked))["rows"] == 3


async def test_an_agreement_to_a_group_is_for_that_group(tmp_path: Path) -> None:
    async with in_workshop(environment=rules(tmp_path) | AWAY) as assistant:
        await read_outsiders(assistant)
        summary = await assistant.ask("summarize_records", layout="Jobs", group_by=["Status"])
        asked = {"file": "group", "fields": ["ID"], "found_set": summary["found_set"]}
        ours = await assistant.ask("export_records", **asked, group={"Status": "Open"})
        await agree(assistant, ours["change_id"])
        other = await assistant.ask("export_records", **asked, group={"Status": "Waiting"})
        assert other["state"] == "planned"
        assert (await assistant.ask("export_records", **asked, group={"Status": "Open"}))["rows"] > 0


async def test_where_nobody_is_reached_the_same_call_finds_the_agreement_that_came_meanwhile(
    tmp_path: Path,
) -> None:
    """Only reading is allowed, so there is no apply_change."""
    environment = rules(tmp_path, FILEMAKER_ACCESS="read")
    async with in_workshop(environment=environment) as assistant:
        await read_outsiders(assistant)
        calls: tuple[tuple[str, dict[str, Any]], ...] = (
            ("export_records", EXPORT),
            ("run_script", {"script": "Stamp", "parameter": "x"}),
        )
        for tool, arguments in calls:
            waiting = await assistant.ask(tool, **arguments)
            assert waiting["state"] == "planned"
            assert f"Then call {tool} with the same arguments" in waiting["next"]
            again = await assistant.ask(tool, **arguments)
            assert again["change_id"] == waiting["change_id"]
            assert (files(tmp_path), assistant.emulator.scripts_run) == (
                ["jobs.csv"] if tool != "export_records" else [],
                [],
            )
            await agree(assistant, waiting["change_id"])
            other = await assistant.ask(
                tool,
                **arguments | {"layout": "Jobs", "file": "x"}
                if "file" in arguments
                else arguments | {"parameter": "y"},
            )
            assert other["state"] == "planned", "another one is not what was agreed to"
            assert (await assistant.ask(tool, **arguments)).get("state", "done") == "done"
            assert (
                await assistant.ask(
                    tool, **arguments | {"repeat": True} if tool == "run_script" else arguments
                )
            )["state"] == "planned"
        assert files(tmp_path) == ["jobs.csv"]
        assert [run.parameter for run in assistant.emulator.scripts_run] == ["x"]


async def test_a_reading_script_for_each_record_waits_too(tmp_path: Path) -> None:
    person = Person("decline")
    async with in_workshop(environment=rules(tmp_path), person=person) as assistant:
        found = await assistant.ask("find_records", layout="Jobs", fields=["Title"])
        run = {"script": "Stamp", "found_set": found["found_set"], "parameter": {"field": "Title"}}
        planned = await assistant.ask("run_script", **run)
        assert planned["state"] == "planned"
        assert not assistant.emulator.scripts_run
        assert "Mend the sail" in person.read[0], "what is handed to the script is shown"
        person.action = "accept"
        await reopen(assistant, planned["change_id"])
        assert (await assistant.ask("run_script", **run))["state"] == "done"
        assert len(assistant.emulator.scripts_run) == 3
        assert len(person.read) == 2


async def test_a_container_is_not_saved_before_somebody_agreed_nor_because_it_cannot_be_shown(
    tmp_path: Path,
) -> None:
    person = Person("accept")
    data = base64.b64encode(bytes(range(256))).decode()
    async with in_workshop(environment=rules(tmp_path), person=person) as assistant:
        sketch = {"Sketch": {"file": "blob.bin", "data": data}}
        await made(assistant, "edit_records", layout="Jobs", ids=["1"], values=sketch)
        await read_outsiders(assistant)
        for more, action in (({"save": True}, "decline"), ({}, "decline"), ({"save": True}, "accept")):
            person.action = action
            if action == "accept":
                (waiting,) = (await assistant.ask("list_changes", limit=1))["changes"]
                await reopen(assistant, waiting["change_id"])
            result = await assistant.call("read_container", layout="Jobs", id="1", field="Sketch", **more)
            assert ("saved_as" in said(result)) is (action == "accept")
        assert "Save the file in 'Sketch' of record 1" in person.read[-1]
        assert files(tmp_path) == ["Jobs 1 Sketch.bin"]


async def test_the_page_shows_what_is_about_to_leave(tmp_path: Path) -> None:
    browser = Browser("yes")
    async with in_workshop(environment=rules(tmp_path), open_browser=browser) as assistant:
        await read_outsiders(assistant)
        assert (await assistant.ask("export_records", **EXPORT))["rows"] == 3
        page = browser.pages[0]
        assert "Export records of &#39;Jobs&#39; to a file" in page
        assert "every record" in page


async def test_an_export_is_not_for_apply_change_nor_for_further_steps(tmp_path: Path) -> None:
    async with in_workshop(environment=rules(tmp_path)) as assistant:
        await read_outsiders(assistant)
        change = (await assistant.ask("export_records", **EXPORT))["change_id"]
        await agree(assistant, change)
        assert "its own tool writes" in await assistant.refused("apply_change", change_id=change)
        refusal = await assistant.refused(
            "edit_records", layout="Jobs", ids=["1"], values={"Hours": 1}, change_id=change
        )
        assert "is about a file" in refusal
        assert "changed nothing" in await assistant.refused("undo_change", change_id=change)


async def test_what_outsiders_wrote_in_one_file_is_not_carried_to_another_unseen(tmp_path: Path) -> None:
    person = Person("decline")
    untrusted = ALLOWED | {"approval": "by_risk", "untrusted_fields": ["Title"]}
    elsewhere = {"approval": "by_risk"}
    async with ruled(hosted(tmp_path), tmp_path, untrusted, open=elsewhere, person=person) as assistant:
        await read_outsiders(assistant, database=CLOSED)
        plan = await planned(
            assistant, "edit_records", database=OPEN, layout="Jobs", ids=["1"], values={"Ref": "x"}
        )
        assert f"(Title in {CLOSED})" in plan["next"]
        answer = await assistant.ask("apply_change", database=OPEN, change_id=plan["change_id"])
        assert answer["agreed"] is False
        assert (await assistant.ask("export_records", database=OPEN, **EXPORT))["agreed"] is False


async def test_what_was_read_before_a_plan_asks_a_person_after_a_restart_too(tmp_path: Path) -> None:
    emulator = workshop()
    environment = rules(tmp_path, FILEMAKER_STATE=str(tmp_path / "state.db")) | AWAY
    async with in_workshop(emulator, environment) as assistant:
        await read_outsiders(assistant)
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Ref": "carried"})
    async with in_workshop(emulator, environment) as assistant:
        answer = await assistant.ask("apply_change", change_id=plan["change_id"])
        assert answer["state"] == "planned"
        assert "written by outsiders (Title)" in answer["next"]


async def test_an_agreement_to_save_a_file_covers_that_file_and_no_later_one(tmp_path: Path) -> None:
    emulator = workshop()

    async def put(content: bytes) -> None:
        sketch = {"Sketch": {"file": "blob.bin", "data": base64.b64encode(content).decode()}}
        async with in_workshop(emulator) as colleague:
            await made(colleague, "edit_records", layout="Jobs", ids=["1"], values=sketch)

    saving: dict[str, Any] = {"layout": "Jobs", "id": "1", "field": "Sketch", "save": True}
    await put(bytes(range(256)))
    async with in_workshop(emulator, rules(tmp_path, **AWAY)) as assistant:
        await read_outsiders(assistant)
        first = json.loads(said(await assistant.call("read_container", **saving)))
        assert "256 bytes, fingerprint 40aff2e9d2d8922e" in str(first)
        await agree(assistant, first["change_id"])
        await put(bytes(range(255, -1, -1)))
        second = json.loads(said(await assistant.call("read_container", **saving)))
        assert (second["state"], files(tmp_path)) == ("planned", [])
        await agree(assistant, second["change_id"])
        assert "saved_as" in said(await assistant.call("read_container", **saving))
        assert (tmp_path / "Jobs 1 Sketch.bin").read_bytes() == bytes(range(255, -1, -1))
        third = json.loads(said(await assistant.call("read_container", **saving)))
        assert third["state"] == "planned", "an agreement is for one saving"


async def test_an_agreement_covers_the_other_records_by_which_the_exported_ones_are_chosen(
    tmp_path: Path,
) -> None:
    emulator = workshop()
    customers = {"layout": "Tasks", "field": "Job ID", "where": {"Minutes": {"gt": 60}}}
    export: dict[str, Any] = {
        "layout": "Jobs",
        "file": "jobs",
        "fields": ["ID"],
        "where": {"ID": {"in": customers}},
    }
    async with in_workshop(emulator, rules(tmp_path, **AWAY)) as assistant:
        await read_outsiders(assistant)
        first = await assistant.ask("export_records", **export)
        await agree(assistant, first["change_id"])
        async with in_workshop(emulator) as colleague:
            await made(
                colleague, "create_records", layout="Tasks", records=[{"Job ID": "J-003", "Minutes": 99}]
            )
        second = await assistant.ask("export_records", **export)
        assert (second["state"], files(tmp_path)) == ("planned", []), "another record would leave with them"
        await agree(assistant, second["change_id"])
        assert (await assistant.ask("export_records", **export))["rows"] == 3
