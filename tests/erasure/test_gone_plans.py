"""Contents of a record are found by its key also where its plan is gone, or was made through a layout that `keys` does not name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ..assistant import Assistant
from ..changes.workshop_host import applied, made, planned
from .filed_office import FiledOffice

pytestmark = pytest.mark.anyio


async def contents(office: FiledOffice) -> list[str]:
    return [json.dumps(entry.image, default=str) for entry in await office.entries() if entry.image]


async def both(assistant: Assistant) -> dict[str, Any]:
    return await made(assistant, "edit_records", layout="Jobs", ids=["1", "2"], values={"Ref": "OF-BOTH"})


async def test_the_second_of_a_plan_is_forgotten_once_the_first_took_the_plan_along(
    office: FiledOffice,
) -> None:
    async with office.assistant() as assistant:
        await both(assistant)
    await office.said("forget", "--key", "J-001", "--yes")
    left = await contents(office)
    assert [each for each in left if "OF-BOTH" in each]
    assert len(office.query("left_item")) == 1
    assert "Jobs: 2" in await office.said("forget", "--key", "J-002", "--dry-run")
    await office.said("forget", "--key", "J-002", "--yes")
    assert await contents(office) == []
    assert office.query("left_item") == []
    assert not office.query("data_key", "id", " WHERE subject LIKE 'record %'")
    assert "The chain is whole" in await office.said("verify")


async def test_a_hold_of_the_second_key_keeps_what_is_left_from_forgetting_and_from_its_days(
    office: FiledOffice,
) -> None:
    async with office.assistant() as assistant:
        await both(assistant)
    await office.said("forget", "--key", "J-001", "--yes")
    await office.said("hold", "put", "--key", "J-002", "--reason", "a claim")
    before = await contents(office)
    for asked in (("--record", "Jobs:2"), ("--also", "OF-BOTH"), ("--key", "J-002")):
        assert "a claim" in await office.said("forget", *asked, "--yes", status=1)
    office.configure(keys='{ Jobs = "ID" }', journal_days_by_layout="{ Jobs = 0 }")
    await office.said("retain", "--undoable")
    assert await contents(office) == before
    name = (await office.said("hold", "list")).split()[0]
    await office.said("hold", "release", name)
    await office.said("retain", "--undoable")
    assert await contents(office) == []
    assert office.query("left_item") == []


async def test_a_plan_over_two_layouts_leaves_what_the_longer_days_keep_findable(office: FiledOffice) -> None:
    keys = {"keys": '{ Jobs = "ID" }'}
    async with office.assistant() as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Ref": "OF-JOBS"})
        task = {"layout": "Tasks", "ids": ["3"], "values": {"Text": "OF-TASKS"}}
        await applied(
            assistant, await planned(assistant, "edit_records", **task, change_id=plan["change_id"])
        )
    office.configure(**keys, journal_days_by_layout="{ Tasks = 0 }")
    await office.said("retain", "--undoable")
    assert office.query("plan") == []
    left = str(await contents(office))
    assert "OF-JOBS" in left
    assert "OF-TASKS" not in left
    assert len(office.query("left_item")) == 1
    await office.said("forget", "--key", "J-001", "--yes")
    assert await contents(office) == []


async def test_an_edit_through_a_layout_without_a_key_is_listed_and_goes_when_the_owner_names_the_layout(
    office: FiledOffice,
) -> None:
    """It may be the person's own record, or another one that names it: only the owner knows."""
    async with office.assistant() as assistant:
        await made(assistant, "edit_records", layout="Brief", ids=["1"], values={"Title": "OF-BRIEF"})
        await made(assistant, "edit_records", layout="Tasks", ids=["1"], values={"Text": "OF-TASK"})
    shown = await office.said("forget", "--key", "J-001", "--dry-run")
    assert "name the key and stay" in shown
    assert "Brief: 2 Tasks: 2" in shown
    before = await contents(office)
    await office.said("forget", "--key", "J-001", "--yes")
    assert await contents(office) == before
    await office.said("forget", "--key", "J-001", "--naming", "Brief", "--yes")
    left = await contents(office)
    assert not [each for each in left if "OF-BRIEF" in each]
    assert [each for each in left if "OF-TASK" in each]
    await office.said("forget", "--key", "J-001", "--naming", "*", "--yes")
    assert await contents(office) == []


async def test_a_kept_file_that_names_the_person_goes_with_the_plan_that_carries_it(
    office: FiledOffice,
) -> None:
    async with office.assistant() as assistant:
        for record, name, text in (("3", "offer.txt", "for\tAnna\nSchmidt"), ("2", "other.txt", "for Bo")):
            (office.files / name).write_text(text, encoding="utf-8")
            values = {"Sketch": {"file": name}}
            await made(assistant, "edit_records", layout="Jobs", ids=[record], values=values)
    kept = len(office.query("kept_file"))
    assert "Forgotten" in await office.said("forget", "--also", "Anna Schmidt", "--yes", "--keep-files")
    assert len(office.query("kept_file")) < kept
    assert len(office.query("plan")) == 1
    assert "Plans go whole" not in await office.said("forget", "--also", "Anna Schmidt", "--dry-run")
