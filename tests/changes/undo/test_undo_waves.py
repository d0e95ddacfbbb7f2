"""New records are taken back in waves: few requests, each delete once, and none of a record that is not as it was left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from filemaker_mcp.server.changes.applying.claim import SEND_WITHIN
from filemaker_mcp.server.changes.audit.journal_check import journal_faults
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.faults.effects import Act, Drop
from filemaker_mcp.server.emulator.faults.exchange import Exchange
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match

from ...assistant import Assistant
from ..applying.faults import Killed, Scene
from ..applying.test_requests import a_hundred_jobs
from ..workshop_host import applied, in_workshop, made, own_seal, somebody

pytestmark = pytest.mark.anyio

RECORDS, MIDDLE = 30, 11
NEW = {
    "layout": "Jobs",
    "records": [{"Title": f"New {n}", "Ref": f"N{n}"} for n in range(1, RECORDS + 1)],
}
KEYED = {"FILEMAKER_KEYS": '{"Jobs": "Ref"}'}
DELETES = Match("DELETE", "*/layouts/Jobs/records/*", skip=MIDDLE)


def left(emulator: Emulator, before: int) -> int:
    """How many of the new records are there; those of before all have to be."""
    numbers = [
        n for n in range(1, before + RECORDS + 1) if emulator.record("Workshop", "Jobs", n) is not None
    ]
    assert numbers[:before] == list(range(1, before + 1))
    return len(numbers) - before


async def way_back(assistant: Assistant) -> dict[str, Any]:
    created = await made(assistant, "create_records", **NEW)
    assert created["records"] == {"done": RECORDS}
    return await assistant.ask("undo_change", change_id=created["change_id"])


async def test_taking_back_new_records_of_a_large_table_takes_few_requests(tmp_path: Path) -> None:
    before = 1_100
    emulator = a_hundred_jobs(tmp_path, before)
    async with in_workshop(emulator, KEYED) as assistant:
        created = await made(assistant, "create_records", **NEW)
        start = len(emulator.requests)
        back = await assistant.ask("undo_change", change_id=created["change_id"])
        assert len(emulator.requests) - start <= 0.2 * RECORDS, "they are far apart, and each has a key"
        start = len(emulator.requests)
        assert (await applied(assistant, back, go_on=True))["records"] == {"done": RECORDS}
        sent = Counter(request.method for request in emulator.requests[start:])
    assert sent["DELETE"] == RECORDS
    assert sent.total() <= 1.4 * RECORDS, sent
    assert left(emulator, before) == 0


@pytest.mark.parametrize(
    "trouble", ["lost answer", "lost and not done", "lost session", "killed", "killed, done"]
)
async def test_each_is_taken_back_once_whatever_happens_within_a_wave(tmp_path: Path, trouble: str) -> None:
    scene = Scene(tmp_path, a_hundred_jobs(tmp_path))
    async with scene.process() as assistant:
        change = (await way_back(assistant))["change_id"]
        with anyio.CancelScope() as scope:
            scene.on_kill = scope.cancel
            effects = {
                "lost answer": [Drop(processed=True)],
                "lost and not done": [Drop()],
                "lost session": [Act(scene.emulator.disconnect_all)],
                "killed": [Act(scene.kill), Drop()],
                "killed, done": [Act(scene.kill, processed=True)],
            }[trouble]
            scene.faults.arm(DELETES, *effects)
            await scene.carried_out(assistant, change, go_on=True)
        if scene.processes:
            raise Killed
    async with scene.process() as assistant:
        done = await applied(assistant, {"change_id": change}, go_on=True)
        assert done["records"] == {"done": RECORDS}, done
        state = assistant.application.workspaces.state
        assert await journal_faults(state, own_seal(), counts=not state.is_shared) == []
    assert left(scene.emulator, 100) == 0


async def test_a_record_on_which_somebody_worked_meanwhile_stays_and_the_others_of_its_wave_go(
    tmp_path: Path,
) -> None:
    emulator = a_hundred_jobs(tmp_path)
    async with in_workshop(emulator, KEYED) as assistant:
        back = await way_back(assistant)
        await somebody(emulator, "PATCH", "Jobs/records/110", {"fieldData": {"Ref": "taken"}})
        row = {"fieldData": {}, "portalData": {"Tasks": [{"Tasks::Text": "theirs"}]}}
        await somebody(emulator, "PATCH", "Jobs/records/121", row)
        await somebody(emulator, "DELETE", "Jobs/records/122", {})
        done = await applied(assistant, back, go_on=True)
        assert done["records"] == {"done": RECORDS - 2, "refused": 2}, done
    assert left(emulator, 100) == 2


@dataclass
class Slow:
    """The answer takes longer than a look at the records holds. Somebody saves the one that is next meanwhile."""

    emulator: Emulator

    async def apply(self, exchange: Exchange) -> None:
        following = int(exchange.scope["path"].rpartition("/")[2]) - 1
        await somebody(self.emulator, "PATCH", f"Jobs/records/{following}", {"fieldData": {"Status": "Done"}})
        await exchange.clock.sleep(SEND_WITHIN)
        await exchange.forward()


async def test_a_delete_that_was_held_up_is_looked_at_again_before_it_goes_out(tmp_path: Path) -> None:
    emulator = a_hundred_jobs(tmp_path)
    faults = FaultLayer(emulator.app, emulator.host.clock)
    only_one = KEYED | {"FILEMAKER_SESSIONS": "1"}
    async with in_workshop(emulator, only_one, transport=httpx.ASGITransport(app=faults)) as assistant:
        back = await way_back(assistant)
        faults.arm(DELETES, Slow(emulator))
        done = await applied(assistant, back, go_on=True)
        assert done["records"] == {"done": RECORDS - 1, "refused": 1}, done
    assert left(emulator, 100) == 1
