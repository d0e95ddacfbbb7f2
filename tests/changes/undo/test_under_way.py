"""What is being carried out is not taken back, nor the other way round; and what was taken back in part is said so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest

from filemaker_mcp.server.emulator.faults.effects import Act
from filemaker_mcp.server.emulator.faults.layer import Match

from ...postgres import on_files
from ..applying.fault_matrix import texts
from ..applying.faults import Scene
from ..workshop_host import applied, made, planned

pytestmark = pytest.mark.anyio
MORE = {"Hours": {"add": 1}}
HOURS = ["5", "12.5", "1"]
EACH = {"1": MORE, "2": MORE, "3": MORE}


def hours(scene: Scene) -> list[str]:
    return texts(scene.emulator, "Jobs", "Hours")


async def test_a_change_that_is_being_carried_out_is_not_taken_back(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", records=EACH)
        said: list[str] = []

        async def meanwhile() -> None:
            said.append(await assistant.refused("undo_change", change_id=plan["change_id"]))

        scene.faults.arm(Match("PATCH", "*/2"), Act(meanwhile))
        assert (await applied(assistant, plan))["records"] == {"done": 3}
        assert "is being carried out just now" in said[0]
        assert "stop it" in said[0]
        assert hours(scene) == ["6", "13.5", "2"]
        assert (await applied(assistant, await assistant.ask("undo_change")))["records"] == {"done": 3}
        assert hours(scene) == HOURS


async def test_a_way_back_planned_before_the_change_went_on_is_planned_anew(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        each = {"1": MORE, "2": {"Rate": 501}, "3": MORE}
        plan = await planned(assistant, "edit_records", layout="Jobs", records=each)
        assert (await applied(assistant, plan))["records"] == {"done": 1, "refused": 1, "not_attempted": 1}
        back = await assistant.ask("undo_change")
        assert (await applied(assistant, plan))["records"] == {"done": 2, "refused": 1}
        assert "went on after" in (await applied(assistant, back))["said"]
        assert (await applied(assistant, await assistant.ask("undo_change")))["records"] == {"done": 2}
        assert hours(scene) == HOURS


async def test_a_change_does_not_go_on_while_it_is_taken_back_nor_after(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        each = {"1": MORE, "2": {"Rate": 501}, "3": MORE}
        plan = await planned(assistant, "edit_records", layout="Jobs", records=each)
        await applied(assistant, plan)
        back = await assistant.ask("undo_change")
        said: list[dict[str, Any]] = []

        async def meanwhile() -> None:
            said.append(await applied(assistant, plan))

        scene.faults.arm(Match("PATCH", "*/1"), Act(meanwhile))
        assert (await applied(assistant, back))["state"] == "done"
        assert "being taken back" in str(said[0]) or "not gone on with" in str(said[0])
        assert (await applied(assistant, plan))["undone"]
        assert hours(scene) == HOURS


async def test_a_change_of_which_something_stands_is_not_called_undone(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        done = await made(assistant, "edit_records", layout="Jobs", records=EACH)
        theirs = await planned(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Hours": 99})
        await applied(assistant, theirs)
        back = await assistant.ask("undo_change", change_id=done["change_id"])
        assert "changed since" in str(back["stays_as_it_is"])
        await applied(assistant, back)
        shown = await assistant.ask("list_changes", change_id=done["change_id"])
        assert "undone" not in shown
        assert shown["records"] == {"taken_back": 2, "done": 1}
        await applied(assistant, await assistant.ask("undo_change", change_id=theirs["change_id"]))
        rest = await assistant.ask("undo_change", change_id=done["change_id"])
        assert rest["changes"][0]["which"] == ["2 Paint the hull"]
        await applied(assistant, rest)
        assert hours(scene) == HOURS
        assert (await assistant.ask("list_changes", change_id=done["change_id"]))["undone"]


async def test_all_or_nothing_says_what_was_taken_back_and_offers_no_undo_of_it(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        each = {"1": MORE, "2": MORE, "3": {"Rate": 501}}
        plan = await planned(assistant, "edit_records", layout="Jobs", records=each)
        answer = await applied(assistant, plan, all_or_nothing=True)
        assert answer["records"] == {"taken_back": 2, "refused": 1}
        assert "2 taken back, 1 refused" in answer["summary"]
        assert "undo_change" not in answer["next"]
        assert hours(scene) == HOURS


async def test_all_or_nothing_of_new_records_names_none_of_them_as_created(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        new = [{"Title": "One"}, {"Title": "Two", "Code": "A"}]  # the code is taken
        plan = await planned(assistant, "create_records", layout="Jobs", records=new)
        answer = await applied(assistant, plan, all_or_nothing=True)
        assert answer["records"] == {"taken_back": 1, "refused": 1}
        assert "created" not in answer
        assert texts(scene.emulator, "Jobs", "Title") == ["Mend the sail", "Paint the hull", "New rope"]


@on_files
@pytest.mark.parametrize("processed", [False, True])
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_a_way_back_of_several_steps_that_was_killed_is_gone_on_with(
    tmp_path: Path, method: str, processed: bool
) -> None:
    """The rows that came with a new record go first, then the record; the kill hits either."""
    scene = Scene(tmp_path)
    change = ""
    async with scene.process() as assistant:
        new = {"Title": "Rig", "Tasks": {"add": [{"Text": "Oil"}, {"Text": "Tar"}]}}
        await made(assistant, "create_records", layout="Jobs", records=[new])
        change = (await assistant.ask("undo_change"))["change_id"]
        with anyio.CancelScope() as scope:
            scene.on_kill = scope.cancel
            scene.faults.arm(Match(method), Act(scene.kill, processed))
            await assistant.ask("apply_change", change_id=change)
    async with scene.process() as assistant:
        await assistant.ask("apply_change", change_id=change)
        answer = await assistant.ask("apply_change", change_id=change)
        assert answer["records"] == {"done": 2}, answer
    assert "Rig" not in texts(scene.emulator, "Jobs", "Title")
    assert not {"Oil", "Tar"} & set(texts(scene.emulator, "Tasks", "Text"))
