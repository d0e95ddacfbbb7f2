"""A real server process, killed with SIGKILL at any moment of a long change, started again, and killed again: `make soak`."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from filemaker_mcp.server.changes.audit.journal_check import journal_faults
from filemaker_mcp.server.changes.journal.journal import Journal
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.serving import serving
from filemaker_mcp.server.local.state.sqlite_state import SqliteState

from ...started import its_end
from ..workshop_host import own_seal
from .fault_matrix import texts
from .test_killed import a_process, asked
from .test_requests import a_hundred_jobs

pytestmark = pytest.mark.anyio

RUNS, BATCH = 30, 15
EDITS, ROWS, NEW = 20, 10, 10
WRITES = EDITS + ROWS + NEW
KILLS = 2
"""In each run; the change is then carried out to its end."""


class Run:
    def __init__(self, folder: Path, url: str, emulator: Emulator, chance: random.Random) -> None:
        self._folder, self._url, self._emulator, self._chance = folder, url, emulator, chance
        self._change = ""
        self.tally = Counter[str]()

    async def told(self) -> None:
        for _ in range(KILLS):
            await self._killed()
        async with a_process(self._folder, self._url) as client:
            await self._agrees(client)
            await asked(client, "apply_change", change_id=self._change)
            answer = await asked(client, "apply_change", change_id=self._change)
            assert answer["records"] == {"done": WRITES}, answer["details"]
            await self._agrees(client)

    async def _killed(self) -> None:
        """The process dies a few milliseconds after a write of its that is chosen at random has reached the host."""
        wanted = self._writes + self._chance.randint(1, WRITES // KILLS)
        with its_end() as end:
            async with a_process(self._folder, self._url) as client:
                if self._change:
                    await self._agrees(client)
                else:
                    self._change = await planned(client)
                applying = asyncio.create_task(asked(client, "apply_change", change_id=self._change))
                while self._writes < wanted and not applying.done():  # noqa: ASYNC110 -- the host tells nobody
                    await asyncio.sleep(0.001)
                await asyncio.sleep(self._chance.uniform(0, 0.02))
                end.kill(self._folder / "pid")
                applying.cancel()
                await asyncio.wait([applying])
        await self._count()

    async def _count(self) -> None:
        state = SqliteState(self._folder / "state.db")
        states = Counter(str(row["state"]) for row in await state.rows("SELECT state FROM item"))
        await state.close()
        self.tally["kills"] += 1
        self.tally["kills in the middle of a change"] += 0 < states["open"] + states["sent"] < WRITES
        self.tally["kills while a request was out"] += states["sent"]

    @property
    def _writes(self) -> int:
        return sum(
            request.method in ("PATCH", "POST") and "/records" in request.path
            for request in self._emulator.requests
        )

    async def _agrees(self, client: Client) -> None:
        """What is told to be done is in the store once, and nothing else is; the journal's chain holds."""
        listed = await asked(client, "list_changes", change_id=self._change)
        state = SqliteState(self._folder / "state.db")
        journal = Journal(state, now=lambda: 0, seal=own_seal())
        assert await journal_faults(state, own_seal(), counts=not state.is_shared) == []
        last = {
            (entry.step, entry.item): entry.facts["state"]
            for entry in reversed(await journal.entries(plan=self._change))
            if entry.event in ("outcome", "settled")
        }
        await state.close()
        done = Counter(step for (step, _), word in last.items() if word == "done")
        assert set(last.values()) <= {"done", "open"}
        assert listed["records"].get("done", 0) == done.total()
        hours = [int(text) for text in texts(self._emulator, "Jobs", "Hours")[:EDITS]]
        added = [now - before for before, now in enumerate(hours, start=1)]
        assert set(added) <= {0, 1}
        assert sum(added) == done[0]
        rows = Counter(texts(self._emulator, "Tasks", "Text"))
        assert rows["Inspect"] == done[1]
        titles = Counter(self._titles())
        assert all(titles[f"New {n}"] <= 1 for n in range(NEW))
        assert sum(titles[f"New {n}"] for n in range(NEW)) == done[2]

    def _titles(self) -> list[str]:
        found = (self._emulator.record("Workshop", "Jobs", number) for number in range(101, 141))
        return [(row.values.get("Title") or ("",))[0] for row in found if row is not None]


async def planned(client: Client) -> str:
    """Edits, related rows and new records, in one plan."""
    edits = [str(number) for number in range(1, EDITS + 1)]
    rows = [str(number) for number in range(EDITS + 1, EDITS + ROWS + 1)]
    steps: list[tuple[str, dict[str, Any]]] = [
        ("edit_records", {"ids": edits, "values": {"Hours": {"add": 1}}}),
        ("edit_records", {"ids": rows, "values": {"Tasks": {"add": [{"Text": "Inspect"}]}}}),
        ("create_records", {"records": [{"Title": f"New {number}"} for number in range(NEW)]}),
    ]
    change: dict[str, str] = {}
    for tool, arguments in steps:
        answer = await asked(client, tool, layout="Jobs", **arguments, **change)
        change = {"change_id": answer["change_id"]}
    return change["change_id"]


@pytest.mark.parametrize("batch", range(RUNS // BATCH))
async def test_store_and_journal_agree_whenever_the_process_is_killed(batch: int, tmp_path: Path) -> None:
    tally = Counter[str]()
    for number in range(BATCH):
        folder = tmp_path / str(number)
        folder.mkdir()
        emulator = a_hundred_jobs(folder)
        async with serving(emulator.app) as url:
            run = Run(folder, url, emulator, random.Random(batch * BATCH + number))
            await run.told()
        tally += run.tally
    print(f"{BATCH} runs: " + ", ".join(f"{count} {what}" for what, count in tally.items()))  # noqa: T201 -- `make soak` shows it
    assert tally["kills"] == BATCH * KILLS
    assert tally["kills in the middle of a change"] >= BATCH * KILLS * 2 // 3
