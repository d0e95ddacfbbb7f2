"""Whoever can write to the state alone sets the state of a record's change: nothing is sent again, nothing is told as done that was
not, and `journal verify` names the plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.app import Emulator

from ...approval.test_seals import Place
from ...assistant import Assistant
from ..workshop_host import FREE, planned, titles

pytestmark = pytest.mark.anyio
OPEN = "UPDATE plan SET state = 'open' WHERE id = '{plan}'"
DONE = {
    "open again": ("UPDATE item SET state = 'open' WHERE plan = '{plan}' AND number = 0", OPEN),
    "open and without outcome": (
        "UPDATE item SET state = 'open', outcome_box = NULL, sent = 0 WHERE plan = '{plan}'",
        OPEN,
    ),
    "left in the hands of a process that is gone": (
        "UPDATE item SET state = 'open', outcome_box = NULL WHERE plan = '{plan}' AND number = 1",
        "UPDATE plan SET state = 'applying', runner = 'gone' WHERE id = '{plan}'",
    ),
    "on its way again": (
        "UPDATE item SET state = 'sent', outcome_box = NULL WHERE plan = '{plan}'",
        "UPDATE plan SET state = 'applying', runner = 'gone' WHERE id = '{plan}'",
    ),
    "open, and so the entry says": (
        "UPDATE item SET state = 'open' WHERE plan = '{plan}'",
        "UPDATE journal SET facts = '{{\"state\": \"open\"}}' WHERE plan = '{plan}' AND event = 'outcome'",
        OPEN,
    ),
    "of which something else is said": ("UPDATE item SET state = 'refused' WHERE plan = '{plan}' AND number = 0",),
    "swapped": (
        "UPDATE item SET number = 9 - number WHERE plan = '{plan}'",
        "UPDATE item SET state = 'open' WHERE plan = '{plan}' AND number = 8",
        OPEN,
    ),
    "one more": (
        "INSERT INTO item (plan, step, number, body, state, takes_back, writes, key, box)"
        " SELECT plan, step, 2, body, 'open', takes_back, writes, key, box FROM item WHERE plan = '{plan}' AND number = 1",
        OPEN,
    ),
    "one less": ("DELETE FROM item WHERE plan = '{plan}' AND number = 1", OPEN),
}  # fmt: skip


def writes(emulator: Emulator) -> int:
    return sum(
        request.method in ("POST", "PATCH", "DELETE") and "/records" in request.path
        for request in emulator.requests
    )


async def creating(assistant: Assistant, title: str) -> str:
    new = [{"Title": f"{title} 1"}, {"Title": f"{title} 2"}]
    return str((await planned(assistant, "create_records", layout="Jobs", records=new))["change_id"])


async def test_what_was_done_and_is_said_to_be_open_is_not_sent_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path)
    async with place.assistant(rules=FREE) as assistant:
        plans = {what: await creating(assistant, what) for what in DONE}
        whole = await creating(assistant, "whole")
        for plan in plans.values():
            assert (await assistant.carried_out(plan))["state"] == "done"
        for what, statements in DONE.items():
            for statement in statements:
                await place.sql(statement.format(plan=plans[what]))
        sent, there = writes(place.emulator), await titles(assistant)
        for what, plan in plans.items():
            for tool in ("apply_change", "undo_change"):
                refusal = await assistant.refused(tool, change_id=plan)
                assert "is not the one that was made" in refusal, (what, tool, refusal)
    async with place.assistant(
        rules=FREE
    ) as assistant:  # and by one that takes over what a dead one had in hand
        for plan in plans.values():
            assert "is not the one that was made" in await assistant.refused("apply_change", change_id=plan)
        assert (writes(place.emulator), await titles(assistant)) == (sent, there)
        assert (await assistant.carried_out(whole))["state"] == "done", "and nobody else's waits for it"
    status, told = await place.verified(capsys)
    assert status == 1
    for what, plan in plans.items():
        assert f"the plan {plan} " in told, what
    assert whole not in told


async def test_what_was_never_sent_and_is_said_to_be_done_is_not_told_as_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path)
    async with place.assistant(rules=FREE) as assistant:
        plan = await creating(assistant, "Never")
        await place.sql(f"UPDATE item SET state = 'done' WHERE plan = '{plan}'")
        await place.sql(f"UPDATE plan SET state = 'applied' WHERE id = '{plan}'")
        assert "is not the one that was made" in await assistant.refused("apply_change", change_id=plan)
        assert "is not the one that was made" in await assistant.refused("undo_change", change_id=plan)
    status, told = await place.verified(capsys)
    assert (status, f"the plan {plan} has a record whose state" in told) == (1, True)
