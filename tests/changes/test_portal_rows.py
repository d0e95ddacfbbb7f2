"""Related rows through a portal: the right record of the right table, once, and nobody else's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.emulator.faults.effects import Drop, Effect
from filemaker_mcp.server.emulator.faults.layer import Match

from ..assistant import Assistant
from ..host_of import host_of
from .applying.fault_matrix import texts
from .applying.faults import Rewritten, Scene
from .workshop_host import applied, in_workshop, made, planned, somebody, workshop

pytestmark = pytest.mark.anyio

ORDERS = Path(__file__).parent / "orders"
LINES = "What is ordered"


async def rows(assistant: Assistant, layout: str) -> list[list[Any]]:
    return (await assistant.ask("find_records", layout=layout)).get("rows", [])


async def test_removing_a_row_deletes_the_record_it_is_and_not_the_one_it_shows() -> None:
    """The portal is named as an object, and most of its fields are those of a further table."""
    async with in_workshop(host_of(ORDERS), {"FILEMAKER_DATABASE": "Orders"}) as assistant:
        products = await rows(assistant, "Products")
        lines = await rows(assistant, "Lines")
        await made(assistant, "edit_records", layout="Orders", ids=["1"], values={LINES: {"remove": ["1"]}})
        assert await rows(assistant, "Lines") == lines[1:]
        back = await assistant.ask("undo_change")
        assert (await applied(assistant, back))["state"] == "done"
        assert [row[1:] for row in await rows(assistant, "Lines")] == [
            row[1:] for row in lines[1:] + lines[:1]
        ]
        assert await rows(assistant, "Products") == products

        added = {"Qty": 7, "Lines::SKU": "B"}
        for tool, arguments in (
            ("edit_records", {"ids": ["2"], "values": {LINES: {"add": [added]}}}),
            ("create_records", {"records": [{"No": "O3", LINES: {"add": [added]}}]}),
        ):
            before = await rows(assistant, "Lines")
            assert (await made(assistant, tool, layout="Orders", **arguments))["state"] == "done"
            assert len(await rows(assistant, "Lines")) == len(before) + 1
            assert (await applied(assistant, await assistant.ask("undo_change")))["state"] == "done"
            assert await rows(assistant, "Lines") == before
        assert await rows(assistant, "Products") == products


async def test_rows_are_read_back_too_and_what_is_not_as_it_was_sent_is_told(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    cases: list[tuple[dict[str, Any], Effect, str, str]] = [
        ({"add": [{"Text": "Whip it"}]}, Rewritten(b"Whip it", b"WHIP IT"), "done", "stored 'WHIP IT'"),
        ({"edit": [{"id": "1", "Minutes": 35}]}, Rewritten(b'"35"', b'"36"'), "done", "stored 36"),
        ({"remove": ["1"]}, Rewritten(b'"Tasks.1"', b""), "refused", "nothing of it is there"),
    ]
    async with scene.process() as assistant:
        for rows_, effect, word, why in cases:
            plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Tasks": rows_})
            scene.faults.arm(Match("PATCH", "*/1"), effect)
            answer = await applied(assistant, plan)
            assert answer["records"] == {word: 1}, answer
            assert why in str(answer["details"]), answer


@pytest.mark.parametrize(
    ("values", "sent", "stored", "word"),
    [
        ({"Tasks": {"add": [{"Text": "Whip it"}]}}, b"Whip it", b"WHIP  IT", "done"),
        ({"Tasks": {"add": [{"Text": "Whip it"}]}}, b"Whip it", b"see above", "unknown"),
        ({"Ref": "lower"}, b"lower", b"LOWER", "done"),
        ({"Ref": "lower"}, b"lower", b"see above", "refused"),  # nothing enters values there: somebody did
    ],
)
async def test_what_filemaker_stored_otherwise_is_not_sent_again_after_a_lost_answer(
    tmp_path: Path, values: dict[str, Any], sent: bytes, stored: bytes, word: str
) -> None:
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["3"], values=values)
        scene.faults.arm(Match("PATCH"), Drop(processed=True), Rewritten(sent, stored))
        answer = await applied(assistant, plan)
        assert answer["records"] == {word: 1}, answer
        assert stored.decode() in str(answer["details"]) or "Tasks" in values
        assert (await applied(assistant, plan))["records"] == {word: 1}
    kept = texts(scene.emulator, "Tasks", "Text") + texts(scene.emulator, "Jobs", "Ref")
    assert kept.count(stored.decode()) == 1


async def test_a_row_that_somebody_added_before_the_request_went_out_is_never_taken_for_our_own(
    tmp_path: Path,
) -> None:
    """It says the same as ours, and no answer tells which is which: the one that was there before is theirs."""
    scene = Scene(tmp_path)
    async with scene.process() as assistant:
        values = {"Tasks": {"add": [{"Text": "Whip it"}]}}
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values=values)
        task = {"fieldData": {"Job ID": "J-001", "Text": "Whip it"}}
        theirs = await somebody(scene.emulator, "POST", "Tasks/records", task)
        scene.faults.arm(Match("PATCH"), Drop(processed=True))
        assert (await applied(assistant, plan))["state"] == "done"
        assert (await applied(assistant, await assistant.ask("undo_change")))["state"] == "done"
        left = await rows(assistant, "Tasks")
        assert [row[0] for row in left if "Whip it" in row] == [theirs["recordId"]]


async def test_a_row_that_somebody_changed_is_neither_removed_nor_taken_back() -> None:
    emulator = workshop()
    async with in_workshop(emulator, {"FILEMAKER_ACCESS": "edit"}) as assistant:
        values = {"Tasks": {"add": [{"Text": "Whip it"}]}}
        for worked_on in (True, False):
            done = await made(assistant, "edit_records", layout="Jobs", ids=["3"], values=values, repeat=True)
            back = await assistant.ask("undo_change", change_id=done["change_id"])
            if worked_on:
                (row,) = [row for row in await rows(assistant, "Tasks") if "Whip it" in row]
                await somebody(emulator, "PATCH", f"Tasks/records/{row[0]}", {"fieldData": {"Minutes": "9"}})
                refused = await applied(assistant, back)
                assert "'Tasks::Minutes' of row" in refused["details"][0]["why"], refused
                assert "changed since" in await assistant.refused("undo_change", change_id=done["change_id"])
            else:
                assert (await applied(assistant, back))["state"] == "done", (
                    "to edit is enough for one's own row"
                )
        assert [row[2:4] for row in await rows(assistant, "Tasks") if "Whip it" in row] == [["Whip it", 9]]
