"""A plan is carried out only in the stage, on the host and in the file that it was made for, and says so wherever it is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..approval.people import ASKED, Person
from .workshop_host import applied, in_workshop, planned, titles, workshop

pytestmark = pytest.mark.anyio


def at(stage: str, state: Path, **more: str) -> dict[str, Any]:
    return {"FILEMAKER_STAGE": stage, "FILEMAKER_STATE": str(state), **more}


async def test_a_plan_of_the_test_is_refused_in_production_and_so_is_its_undo(tmp_path: Path) -> None:
    emulator, state = workshop(), tmp_path / "state.db"
    edit: dict[str, Any] = {"layout": "Jobs", "ids": ["2"]}
    async with in_workshop(emulator, at("test", state)) as assistant:
        done = await planned(assistant, "edit_records", **edit, values={"Title": "Tried"})
        assert done["stage"] == "test"
        assert (await applied(assistant, done))["state"] == "done"
        waits = await planned(assistant, "edit_records", **edit, values={"Title": "Waits"})
    async with in_workshop(emulator, at("production", state)) as assistant:
        refused = await assistant.refused("apply_change", change_id=waits["change_id"])
        assert (
            f"{waits['change_id']} was planned in the stage 'test', and this database is in the stage 'production' now"
            in refused
        )
        assert "Nothing more was changed. Plan it again here." in refused
        refused = await assistant.refused("undo_change", change_id=done["change_id"])
        assert "was planned in the stage 'test'" in refused
        assert "Tried" in await titles(assistant)
        again = await planned(assistant, "edit_records", **edit, values={"Title": "Meant"})
        assert (await applied(assistant, again))["state"] == "done"
    async with in_workshop(emulator, at("", state)) as assistant:
        refused = await assistant.refused("undo_change", change_id=again["change_id"])
        assert "was planned in the stage 'production', and this database is without a stage now" in refused


async def test_a_change_made_before_the_owner_named_a_stage_can_be_taken_back(tmp_path: Path) -> None:
    emulator, state = workshop(), tmp_path / "state.db"
    async with in_workshop(emulator, at("", state)) as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Title": "Old"})
        assert "stage" not in plan
        await applied(assistant, plan)
        waits = await planned(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Title": "Newer"})
    async with in_workshop(emulator, at("production", state)) as assistant:
        refused = await assistant.refused("apply_change", change_id=waits["change_id"])
        assert "was planned without a stage, and this database is in the stage 'production' now" in refused
        back = await planned(assistant, "undo_change", change_id=plan["change_id"])
        assert back["stage"] == "production"
        assert (await applied(assistant, back))["state"] == "done"
        assert "Old" not in await titles(assistant)


async def test_a_plan_for_another_host_says_that_it_is_carried_out_nowhere_else(tmp_path: Path) -> None:
    emulator, state = workshop(), tmp_path / "state.db"
    async with in_workshop(emulator, at("test", state)) as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Title": "There"})
    elsewhere = at("test", state, FILEMAKER_HOST="http://127.0.0.2")
    async with in_workshop(emulator, elsewhere) as assistant:
        refused = await assistant.refused("apply_change", change_id=plan["change_id"])
        assert "It was planned for another database, and is carried out nowhere else." in refused
        assert "There" not in await titles(assistant)


async def test_the_stage_stands_in_the_question_and_in_the_journal(tmp_path: Path) -> None:
    person = Person()
    stage = at("production", tmp_path / "state.db")
    async with in_workshop(environment=ASKED | stage, person=person) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        assert (await applied(assistant, plan))["state"] == "done"
        assert "Workshop (production)." in person.read[0]
        row = await assistant.application.workspaces.state.row(
            "SELECT facts FROM journal WHERE event = 'planned'"
        )
        assert row is not None
        assert json.loads(row["facts"])["stage"] == "production"
