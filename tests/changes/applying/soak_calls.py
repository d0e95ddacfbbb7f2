"""Two servers on one state: mixed calls, one in ten given up by its client, each server killed again and again.

20,000 calls, 2,000 given up and 200 kills with `FILEMAKER_SOAK=10000` (`make soak-long`), a tenth in `make soak`. In the end every
change that was carried out is in the store once, the journal's chain holds, and nothing was waited for in vain.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from mcp import Client

from filemaker_mcp.server.changes.audit.journal_check import journal_faults
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.serving import serving
from filemaker_mcp.server.local.state.sqlite_state import SqliteState

from ...started import End, its_end
from ..workshop_host import own_seal
from .test_killed import a_fresh_process, a_process
from .test_requests import a_hundred_jobs

pytestmark = pytest.mark.anyio

CALLS = max(int(os.environ.get("FILEMAKER_SOAK", "100")) * 2, 200)
LIFE = 100
"""Calls of a server before it is killed."""
AT_ONCE = 3
GIVEN_UP = 0.1
STUCK_SECONDS = 60.0
"""A call that takes longer on a busy machine is stuck."""
MOST_MEMORY = 120_000_000
RECORDS = 100
SESSIONS = 2_000
"""FileMaker ends the sessions of a server that was killed after fifteen idle minutes, and 200 are killed in five."""


class Course:
    """What both servers go through, and what they are known to have done."""

    def __init__(self, folder: Path, url: str, chance: random.Random) -> None:
        self._folder, self._url, self._chance = folder, url, chance
        self.left = CALLS
        self.sent: dict[str, int] = {}
        """Plans that somebody asked to carry out, and by how much each raises a number."""
        self.tally = Counter[str]()
        self.memory = self.files = 0
        self._begun = monotonic()
        self.faults: list[str] = []

    async def one_server(self, name: str) -> None:
        while self.left > 0:
            with its_end() as end:
                async with a_fresh_process(self._folder, self._url, name) as client:
                    await self._one_life(client, end, self._folder / name)

    async def _one_life(self, client: Client, end: End, pid_file: Path) -> None:
        await asked(client, "list_layouts", {})
        pid = int(pid_file.read_text(encoding="utf-8"))  # noqa: ASYNC240 -- a few bytes
        files = descriptors(pid)
        life = [LIFE]
        await asyncio.gather(*(self._calls(client, life) for _ in range(AT_ONCE)))
        await asked(client, "list_layouts", {})
        if descriptors(pid) > files + 12:
            self.faults.append(f"{descriptors(pid)} descriptors, and {files} at the beginning")
        self.memory, self.files = max(self.memory, peak_memory(pid)), max(self.files, descriptors(pid))
        under_way = [asyncio.ensure_future(self._call(client)) for _ in range(AT_ONCE)]
        await asyncio.sleep(self._chance.uniform(0, 0.05))
        end.kill(pid_file)
        self.tally["kills"] += 1
        if self.tally["kills"] % 10 == 0:
            self.told()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _calls(self, client: Client, life: list[int]) -> None:
        while life[0] > 0 and self.left > 0:
            life[0] -= 1
            self.left -= 1
            self.tally["calls"] += 1
            call = asyncio.ensure_future(self._call(client))
            if self._chance.random() < GIVEN_UP:
                self.tally["given up"] += 1
                await asyncio.sleep(self._chance.uniform(0, 0.03))
                call.cancel()
            try:
                async with asyncio.timeout(STUCK_SECONDS):
                    await call
            except asyncio.CancelledError:
                pass
            except TimeoutError:
                self.faults.append("a call is stuck")

    async def _call(self, client: Client) -> None:
        record = str(self._chance.randint(1, RECORDS))
        match self._chance.randrange(8):
            case 0 | 1:
                amount = self._chance.randint(1, 1_000_000)
                plan = await asked(
                    client,
                    "edit_records",
                    {"layout": "Jobs", "ids": [record], "values": {"Hours": {"add": amount}}},
                )
                self.sent[plan["change_id"]] = amount
                await asked(client, "apply_change", {"change_id": plan["change_id"]})
            case 2:
                await asked(client, "get_record", {"layout": "Jobs", "id": record})
            case 3:
                await asked(client, "summarize_records", {"layout": "Jobs", "group_by": ["Status"]})
            case 4:
                await asked(client, "list_changes", {})
            case _:
                await asked(
                    client, "find_records", {"layout": "Jobs", "limit": 5, "offset": int(record) % 90}
                )

    def told(self) -> None:
        """Prints how far the course is."""
        figures = ", ".join(f"{count} {what}" for what, count in self.tally.items())
        figures += (
            f", {len(self.sent)} plans, {self.memory // 1_000_000} MB, {self.files} descriptors at the most"
        )
        print(f"{monotonic() - self._begun:.0f} s: {figures}", flush=True)  # noqa: T201 -- the figures of the course

    async def settled(self) -> int:
        """What the plans that were carried out come to, by a server that nobody kills."""
        raised = 0
        async with a_process(self._folder, self._url, pid="last") as client:
            for plan, amount in self.sent.items():
                answer = await asked(client, "apply_change", {"change_id": plan})
                while answer.get("state") == "running":
                    answer = await asked(client, "check_job", {"job": answer["job"], "wait": 50})
                listed = await asked(client, "list_changes", {"change_id": plan})
                assert listed.get("records", {}).keys() <= {"done", "refused", "not_attempted"}, (
                    answer,
                    listed,
                )
                if listed["records"].get("done"):
                    raised += amount
                    self.tally["done"] += 1
        return raised


async def asked(client: Client, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    answer = await client.call_tool(tool, dict(arguments))
    return answer.structured_content or {"state": "refused", "records": {}, "text": answer.content}


def descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def peak_memory(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024


def hours(emulator: Emulator) -> int:
    found = (emulator.record("Workshop", "Jobs", number) for number in range(1, RECORDS + 1))
    return sum(int((row.values.get("Hours") or ("0",))[0] or 0) for row in found if row is not None)


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
async def test_two_servers_on_one_state_lose_nothing_double_nothing_and_hang_nowhere(tmp_path: Path) -> None:
    emulator = a_hundred_jobs(tmp_path)
    emulator.set_capacity(SESSIONS)
    before = hours(emulator)
    async with serving(emulator.app) as url:
        course = Course(tmp_path, url, random.Random(CALLS))
        await asyncio.gather(course.one_server("one"), course.one_server("two"))
        sessions = emulator.open_sessions
        raised = await course.settled()
        assert emulator.open_sessions <= sessions, "a server that ends by itself leaves no session"
    state = SqliteState(tmp_path / "state.db")
    assert await journal_faults(state, own_seal(), counts=not state.is_shared) == []
    await state.close()
    course.told()
    assert course.faults == []
    assert hours(emulator) - before == raised
    assert course.memory < MOST_MEMORY
