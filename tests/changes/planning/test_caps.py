"""The owner's limits count every record that is written, related rows too, and hold for plans that are carried out at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.emulator.faults.effects import Act
from filemaker_mcp.server.emulator.faults.layer import Match

from ..applying.fault_matrix import texts
from ..applying.faults import Scene
from ..workshop_host import applied, planned

pytestmark = pytest.mark.anyio


def rows(number: int) -> dict[str, Any]:
    return {"Tasks": {"add": [{"Text": f"row {n}"} for n in range(number)]}}


async def test_related_rows_count_for_what_a_person_has_to_agree_to(tmp_path: Path) -> None:
    scene = Scene(tmp_path, environment={"FILEMAKER_APPROVAL": "by_risk", "FILEMAKER_BULK_LIMIT": "3"})
    async with scene.process() as assistant:
        few = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values=rows(3))
        assert "agree" not in few["next"]
        many = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values=rows(4))
        assert many["summary"].startswith("Edit 1 record on 'Jobs' with 4 related rows")
        assert "changes more than 3 records" in many["next"]


async def test_related_rows_count_for_the_caps_on_a_change_and_on_a_day(tmp_path: Path) -> None:
    caps = {"FILEMAKER_MAX_RECORDS_PER_CHANGE": "4", "FILEMAKER_MAX_RECORDS_PER_DAY": "6"}
    scene = Scene(tmp_path, environment=caps)
    async with scene.process() as assistant:
        edit: dict[str, Any] = {"layout": "Jobs", "ids": ["1"]}
        said = await assistant.refused("edit_records", **edit, values={"Ref": "x", **rows(4)})
        assert "5 records" in said
        plan = await planned(assistant, "edit_records", **edit, values={"Ref": "x", **rows(3)})
        assert (await applied(assistant, plan))["state"] == "done"
        said = await assistant.refused("edit_records", **edit, values=rows(3))
        assert "4 were changed, and this has 3" in said
        await planned(assistant, "edit_records", **edit, values=rows(2))


@pytest.mark.parametrize("approval", ["client", "person"])
async def test_a_cap_that_is_lowered_holds_for_what_was_planned_and_not_for_what_was_done(
    tmp_path: Path, approval: str
) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        everyone: dict[str, Any] = {"layout": "Jobs", "ids": ["1", "2", "3"], "values": {"Hours": {"add": 1}}}
        done = await planned(assistant, "edit_records", **everyone)
        await applied(assistant, done)
        open_still = await planned(assistant, "edit_records", **everyone, repeat=True)
    caps = {"FILEMAKER_MAX_RECORDS_PER_CHANGE": "2", "FILEMAKER_APPROVAL": approval}
    lowered = Scene(tmp_path, emulator=scene.emulator, environment=caps)
    async with lowered.process() as assistant:
        held = await assistant.refused("apply_change", change_id=open_still["change_id"])
        assert "has 3 records, and the owner allows 2 in one change by now" in held
        assert (await assistant.carried_out(done["change_id"]))["state"] == "done"
        shown = await assistant.ask("list_changes", change_id=open_still["change_id"])
        assert shown["state"] == "planned"


async def test_plans_that_are_carried_out_at_once_share_the_day(tmp_path: Path) -> None:
    scene = Scene(tmp_path, environment={"FILEMAKER_MAX_RECORDS_PER_DAY": "4"})
    async with scene.process() as assistant:
        everyone: dict[str, Any] = {
            "layout": "Jobs",
            "ids": ["1", "2", "3"],
            "values": {"Ref": {"append": "!"}},
        }
        one, two = [await planned(assistant, "edit_records", **everyone, repeat=True) for _ in range(2)]
        said: list[dict[str, Any]] = []

        async def meanwhile() -> None:
            said.append(await applied(assistant, two))

        scene.faults.arm(Match("PATCH"), Act(meanwhile))
        assert (await applied(assistant, one))["state"] == "done"
        assert "this has 3" in said[0]["said"]
        assert texts(scene.emulator, "Jobs", "Ref") == ["R1!", "R2!", "R3!"]


async def test_a_script_planned_twice_runs_once_when_both_are_carried_out_at_a_time(tmp_path: Path) -> None:
    scene = Scene(tmp_path, environment={"FILEMAKER_SCRIPTS": json.dumps({"Stamp": {"layout": "Jobs"}})})
    async with scene.process() as assistant:
        find = await assistant.ask("find_records", layout="Jobs", where={"ID": "J-001"})
        run: dict[str, Any] = {
            "script": "Stamp",
            "found_set": find["found_set"],
            "parameter": {"field": "ID"},
        }
        one, two = [await planned(assistant, "run_script", **run) for _ in range(2)]
        said: list[dict[str, Any]] = []

        async def meanwhile() -> None:
            said.append(await applied(assistant, two))

        scene.faults.arm(Match("GET", "*/records/1"), Act(meanwhile))
        assert "The same script ran with the same parameter" in str(
            (await applied(assistant, one))["details"]
        )
        assert said[0]["state"] == "done"
        assert len(scene.emulator.scripts_run) == 1
