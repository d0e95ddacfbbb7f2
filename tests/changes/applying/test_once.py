"""Nothing is done twice, taken back twice, or gone on with after it was taken back: whoever asks again, in whatever order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest

from filemaker_mcp.server.emulator.faults.effects import Act, Drop
from filemaker_mcp.server.emulator.faults.layer import Match

from ..workshop_host import applied, job, made, planned
from .fault_matrix import texts
from .faults import GoesAway, Scene, foreign_edit

pytestmark = pytest.mark.anyio
MORE = {"Hours": {"add": 1}}
ONE_IS_REFUSED = {"1": {"Hours": 6}, "2": {"Rate": 501}, "3": {"Hours": 2}}
HOURS = ["5", "12.5", "1"]


def hours(scene: Scene) -> list[str]:
    return texts(scene.emulator, "Jobs", "Hours")


async def test_a_plan_that_is_carried_out_while_a_step_is_added_stays_as_it_is(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values=MORE)

        async def carried_out() -> None:
            assert (await applied(assistant, plan))["state"] == "done"

        scene.faults.arm(Match("GET", "*/records/2"), Act(carried_out))
        said = await assistant.refused(
            "edit_records", layout="Jobs", ids=["2"], values=MORE, change_id=plan["change_id"]
        )
        assert "has been carried out" in said
        assert (await applied(assistant, plan))["records"] == {"done": 1}
        assert hours(scene) == ["6", "12.5", "1"]


async def test_the_same_change_planned_twice_is_carried_out_once_unless_it_is_to_be_repeated(
    tmp_path: Path,
) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        new: dict[str, Any] = {"layout": "Tasks", "records": [{"Text": "Sweep"}]}
        one, two = [await planned(assistant, "create_records", **new) for _ in range(2)]
        third = await planned(assistant, "create_records", **new, repeat=True)
        await applied(assistant, one)
        answer = await applied(assistant, two)
        assert answer["state"] == "refused"
        assert one["change_id"] in answer["said"]
        assert texts(scene.emulator, "Tasks", "Text").count("Sweep") == 1
        assert (await applied(assistant, third))["state"] == "done"
        assert texts(scene.emulator, "Tasks", "Text").count("Sweep") == 2


async def test_what_one_plan_has_taken_back_another_leaves_alone(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        gone = await planned(assistant, "delete_records", layout="Jobs", ids=["1", "2"])
        await applied(assistant, gone)
        one, two = [await assistant.ask("undo_change", change_id=gone["change_id"]) for _ in range(2)]
        scene.faults.arm(Match("POST", "*/records", skip=1), Drop())
        assert (await applied(assistant, one))["records"]["done"] == 1  # the other one's answer was lost
        answer = await applied(assistant, two, go_on=True)
        assert answer["records"]["refused"] >= 1
        assert "taken back already" in str(answer["details"])
        await applied(assistant, one, go_on=True)
        titles = texts(scene.emulator, "Jobs", "Title")
        assert sorted(titles) == ["Mend the sail", "New rope", "Paint the hull"]


async def test_a_second_way_back_holds_only_what_the_first_left(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        each = {"1": MORE, "3": MORE}
        done = await made(assistant, "edit_records", layout="Jobs", records=each)
        back = await assistant.ask("undo_change", change_id=done["change_id"])
        await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Title": "Mend it"})
        assert (await applied(assistant, back, go_on=True))["records"] == {"done": 1, "refused": 1}
        again = await assistant.ask("undo_change", change_id=done["change_id"])
        assert again["changes"][0]["which"] == ["1 Mend the sail"]
        assert (await applied(assistant, again))["state"] == "done"
        assert hours(scene) == HOURS
        assert "already" in await assistant.refused("undo_change", change_id=done["change_id"])


async def test_two_steps_on_one_record_are_taken_back_together(tmp_path: Path) -> None:
    async with Scene(tmp_path).process() as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values=MORE)
        plan = await planned(
            assistant, "edit_records", layout="Jobs", ids=["1"], values=MORE, change_id=plan["change_id"]
        )
        await applied(assistant, plan)
        assert (await job(assistant, "1"))["Hours"] == 7
        back = await assistant.ask("undo_change")
        assert "stays_as_it_is" not in back
        assert (await applied(assistant, back))["state"] == "done"
        assert (await job(assistant, "1"))["Hours"] == 5


async def test_all_or_nothing_is_not_gone_on_with_once_it_was_taken_back(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", records=ONE_IS_REFUSED)
        assert (await applied(assistant, plan, all_or_nothing=True))["taken_back"] == 1
        for whole in (False, True):
            answer = await applied(assistant, plan, all_or_nothing=whole)
            assert answer["undone"]
            assert hours(scene) == HOURS


@pytest.mark.parametrize("processed", [False, True])
async def test_all_or_nothing_broken_off_while_it_is_taken_back_is_taken_back_by_asking_again(
    tmp_path: Path, processed: bool
) -> None:
    """However it is asked again: that it was to be whole is remembered. The kill hits the request that takes record 1 back."""
    scene = Scene(tmp_path)
    change = ""
    async with scene.process() as assistant:
        change = (await planned(assistant, "edit_records", layout="Jobs", records=ONE_IS_REFUSED))[
            "change_id"
        ]
        with anyio.CancelScope() as scope:
            scene.on_kill = scope.cancel
            scene.faults.arm(Match("PATCH", "*/1", skip=1), Act(scene.kill, processed))
            await assistant.ask("apply_change", change_id=change, all_or_nothing=True)
    async with scene.process() as assistant:
        answer = await assistant.ask("apply_change", change_id=change)
        assert answer["records"] == {"taken_back": 1, "refused": 1, "not_attempted": 1}
        assert hours(scene) == HOURS
        assert "undone" in await assistant.ask("list_changes", change_id=change)


async def test_all_or_nothing_says_what_stands_when_the_host_goes_away(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        change = (await planned(assistant, "edit_records", layout="Jobs", records=ONE_IS_REFUSED))[
            "change_id"
        ]
        scene.faults.arm(Match("PATCH", "*/2"), GoesAway(scene.faults))
        answer = await assistant.ask("apply_change", change_id=change, all_or_nothing=True)
        assert answer["records"]["done"] == 1
        assert answer["not_taken_back"], answer
        scene.faults.clear()
        await assistant.ask("apply_change", change_id=change)
        assert hours(scene) == HOURS


async def test_what_cannot_be_known_does_not_keep_the_rest_from_being_carried_out(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        plan = await planned(assistant, "create_records", layout="Tasks", copy_of=["1", "2"])
        scene.faults.arm(Match("POST", "*/records/1"), Drop())
        assert (await applied(assistant, plan))["records"] == {"unknown": 1, "not_attempted": 1}
        assert (await applied(assistant, plan))["records"] == {"unknown": 1, "not_attempted": 1}
        assert (await applied(assistant, plan, go_on=True))["records"] == {"unknown": 1, "done": 1}


async def test_what_somebody_saved_right_after_is_not_taken_for_what_was_written(tmp_path: Path) -> None:
    """Else taking the change back would overwrite the other's work."""
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Customer": "Cy"})
        scene.faults.arm(Match("PATCH", "*/1"), Act(foreign_edit(scene.emulator), processed=True))
        assert (await applied(assistant, plan))["records"] == {"done": 1}
        assert "Nothing of" in await assistant.refused("undo_change")
