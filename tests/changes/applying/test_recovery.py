"""What became of a request without an answer is found out from the record, its modId and what the journal knows of other changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest

from filemaker_mcp.server.emulator.faults.effects import Act, Drop, Effect
from filemaker_mcp.server.emulator.faults.layer import Match

from ...assistant import Assistant
from ..workshop_host import applied, planned
from .fault_matrix import texts
from .faults import Late, Rewritten, Scene, foreign_edit

pytestmark = pytest.mark.anyio
MORE = {"Hours": {"add": 1}}


async def killed(scene: Scene, assistant: Assistant, change: str, match: Match, *, processed: bool) -> None:
    """The process dies at that request, before or after the host has carried it out."""
    with anyio.CancelScope() as scope:
        scene.on_kill = scope.cancel
        scene.faults.arm(match, Act(scene.kill, processed))
        await assistant.ask("apply_change", change_id=change)


async def two_plans(assistant: Assistant, values: dict[str, Any]) -> tuple[str, str]:
    """Two plans for the same record, made from what it is now."""
    arguments: dict[str, Any] = {"layout": "Jobs", "ids": ["3"], "values": values, "repeat": True}
    one = await planned(assistant, "edit_records", **arguments)
    other = await planned(assistant, "edit_records", **arguments)
    return one["change_id"], other["change_id"]


async def told(assistant: Assistant, change: str) -> str:
    ((word, _),) = (await assistant.ask("list_changes", change_id=change))["records"].items()
    return word


async def test_an_edit_that_never_arrived_is_not_taken_for_another_change_that_wrote_the_same(
    tmp_path: Path,
) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        one, other = await two_plans(assistant, MORE)
        assert (await assistant.carried_out(other))["state"] == "done"
        await killed(scene, assistant, one, Match("PATCH"), processed=False)
    async with scene.process() as assistant:
        assert (await told(assistant, one), await told(assistant, other)) == ("refused", "done")
        assert texts(scene.emulator, "Jobs", "Hours")[2] == "2"


async def test_an_edit_that_arrived_is_found_although_its_field_was_changed_again(tmp_path: Path) -> None:
    """Another process sees what the first wrote and adds to it before the first has heard of its own edit."""
    scene = Scene(tmp_path)

    async def second_process() -> None:
        async with scene.process() as assistant:
            plan = await planned(
                assistant, "edit_records", layout="Jobs", ids=["3"], values=MORE, repeat=True
            )
            assert (await applied(assistant, plan))["state"] == "done"

    async with scene.process() as assistant:
        one, _ = await two_plans(assistant, MORE)
        scene.faults.arm(Match("PATCH"), Drop(processed=True), Act(second_process, processed=True))
        assert (await assistant.carried_out(one))["state"] == "done"
        assert texts(scene.emulator, "Jobs", "Hours")[2] == "3"


async def test_what_filemaker_stored_otherwise_is_told_from_what_somebody_else_wrote(tmp_path: Path) -> None:
    """One field is as it was sent and none as it was before, in the only save since: it was this one."""
    scene = Scene(tmp_path)
    values = {"Customer": "Cy", "Title": "Mend it"}
    trouble: dict[str, tuple[Effect, ...]] = {
        "done": (Drop(processed=True), Rewritten(b'"Cy"', b'"CY"')),
        "refused": (Act(foreign_edit(scene.emulator)), Drop()),
    }
    async with scene.process() as assistant:
        for word, effects in trouble.items():
            plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values=values)
            scene.faults.arm(Match("PATCH", "*/1"), *effects)
            answer = await applied(assistant, plan)
            assert answer["records"] == {word: 1}, answer
            assert "'CY'" in str(answer["details"]) or word == "refused"
            values = {"Customer": "Di", "Title": "Mend it again"}


async def test_a_request_that_arrives_late_is_found_and_not_sent_again(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    late = Late()
    async with scene.process() as assistant:
        for tool, arguments, method in (
            ("edit_records", {"ids": ["3"], "values": MORE}, "PATCH"),
            (
                "edit_records",
                {"ids": ["3"], "values": {"Tasks": {"add": [{"Text": "Whip the ends"}]}}},
                "PATCH",
            ),
            ("create_records", {"records": [{"Title": "Splice"}]}, "POST"),
        ):
            plan = await planned(assistant, tool, layout="Jobs", **arguments)
            scene.faults.arm(Match(method, "*/records*"), late)
            assert (await applied(assistant, plan))["records"] == {"not_attempted": 1}
            await late.arrive()
            assert (await applied(assistant, plan))["records"] == {"done": 1}
        # Between the last look and the second request it can still arrive; modId keeps that from counting twice.
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["3"], values=MORE, repeat=True)
        scene.faults.arm(Match("PATCH"), late)
        await applied(assistant, plan)
        scene.faults.arm(Match("PATCH"), Act(late.arrive))
        assert (await applied(assistant, plan))["records"] == {"done": 1}
    assert texts(scene.emulator, "Jobs", "Hours")[2] == "3"
    assert texts(scene.emulator, "Jobs", "Title").count("Splice") == 1
    assert texts(scene.emulator, "Tasks", "Text").count("Whip the ends") == 1


async def test_taking_back_a_new_row_leaves_the_row_that_another_change_added(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        one, other = await two_plans(assistant, {"Tasks": {"add": [{"Text": "Whip the ends"}]}})
        await assistant.ask("apply_change", change_id=one)
        await killed(scene, assistant, other, Match("PATCH"), processed=False)
    async with scene.process() as assistant:
        assert await told(assistant, other) == "not_attempted"  # the row that is there is the other's
        assert (await assistant.carried_out(other))["state"] == "done"
        assert texts(scene.emulator, "Tasks", "Text").count("Whip the ends") == 2
        assert (await applied(assistant, await assistant.ask("undo_change", change_id=other)))[
            "state"
        ] == "done"
        assert texts(scene.emulator, "Tasks", "Text").count("Whip the ends") == 1


async def test_a_lost_create_is_not_taken_for_another_record_with_the_same_key(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        plans = [
            await planned(
                assistant,
                "create_records",
                layout="Jobs",
                records=[{"Ref": "R9", "Title": title}],
                repeat=True,
            )
            for title in ("Splice", "Splice", "Varnish")
        ]
        assert (await applied(assistant, plans[0]))["state"] == "done"
        for plan in plans[1:]:
            scene.faults.arm(Match("POST", "*/records"), Drop())
            answer = await applied(assistant, plan)
            assert answer["records"] == {"refused": 1}, answer
            assert "R9" in answer["details"][0]["why"]
    assert texts(scene.emulator, "Jobs", "Ref").count("R9") == 1


async def test_a_new_row_that_somebody_changed_since_stays(tmp_path: Path) -> None:
    async with Scene(tmp_path).process() as assistant:
        row = {"Tasks": {"add": [{"Text": "Whip the ends"}]}}
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["3"], values=row)
        await applied(assistant, plan)
        found = await assistant.ask("find_records", layout="Tasks", where={"Text": "Whip the ends"})
        theirs = await planned(
            assistant, "edit_records", found_set=found["found_set"], values={"Text": "Burn them"}
        )
        await applied(assistant, theirs)
        said = await assistant.refused("undo_change", change_id=plan["change_id"])
        assert "was changed" in said
