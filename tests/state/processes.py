"""Several real servers on one PostgreSQL that carry out one plan: killed, stopped and cut off in the middle of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from mcp import Client

from filemaker_mcp.server.changes.audit.journal_check import journal_faults
from filemaker_mcp.server.emulator.faults.effects import Act
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match
from filemaker_mcp.server.local.state.postgres_state import PostgresState

from ..changes.applying.test_killed import a_process
from ..changes.workshop_host import own_seal
from ..postgres import Postgres
from .cut import Proxy

TIMEOUT = "2"
"""Seconds after which these servers give a request to FileMaker up."""
MOST_SECONDS = 240


class Trouble(StrEnum):
    KILL = "kill"
    STOP = "stop"
    CUT = "cut"


@dataclass(frozen=True)
class Process:
    client: Client
    line: Proxy
    pid: int


@dataclass
class Course:
    """One plan of edits that each add 1, so that what is written twice shows."""

    folder: Path
    host: str
    faults: FaultLayer
    server: Postgres
    url: str
    chance: random.Random
    change: str = ""
    tally: Counter[str] = field(default_factory=Counter[str])

    @contextlib.asynccontextmanager
    async def process(self, name: str) -> AsyncGenerator[Process]:
        """A server with a line of its own to PostgreSQL, which can be cut."""
        async with Proxy(self.server.port) as line:
            address = self.url.replace(f":{self.server.port}/", f":{line.port}/")
            more = {"FILEMAKER_STATE": address, "FILEMAKER_TIMEOUT": TIMEOUT, "FILEMAKER_LOG_LEVEL": "ERROR"}
            async with a_process(self.folder, self.host, pid=name, **more) as client:
                yield Process(client, line, int((self.folder / name).read_text(encoding="utf-8")))

    async def plan(self, edits: int) -> None:
        async with self.process("planner") as process:
            ids = [str(number) for number in range(1, edits + 1)]
            answer = await process.client.call_tool(
                "edit_records", {"layout": "Jobs", "ids": ids, "values": {"Hours": {"add": 1}}}
            )
            assert answer.structured_content, answer
            self.change = answer.structured_content["change_id"]

    async def troubled(self, troubles: Sequence[Trouble], *, stopped_seconds: tuple[float, float]) -> None:
        """A process carries the plan out until it is killed, stopped or cut off; the one that stands by goes on, to be next."""
        over = asyncio.Event()
        ready = [asyncio.get_running_loop().create_future() for _ in range(len(troubles) + 1)]
        held = [asyncio.create_task(self._held(f"process {n}", each, over)) for n, each in enumerate(ready)]
        processes = await asyncio.wait_for(asyncio.gather(*ready), 60)
        struck = [asyncio.Event() for _ in troubles]
        self._arm(troubles, processes, struck)
        calls: list[asyncio.Task[str]] = []
        for number, what in enumerate(troubles):
            late = time.monotonic() + 30
            hit = asyncio.create_task(struck[number].wait())
            while not hit.done() and time.monotonic() < late:
                applying = asyncio.create_task(self._applied(processes[number].client, wait=False))
                calls.append(applying)
                await asyncio.wait({applying, hit}, return_when=asyncio.FIRST_COMPLETED)
                await asyncio.sleep(0.02)
            hit.cancel()
            self.tally[what] += struck[number].is_set()
            if what is Trouble.STOP and struck[number].is_set():
                seconds = self.chance.uniform(*stopped_seconds)
                await self._stopped(processes[number].pid, processes[number + 1].client, seconds)
        for call in calls:
            call.cancel()
        over.set()
        await asyncio.gather(*calls, *held, return_exceptions=True)

    def _arm(
        self, troubles: Sequence[Trouble], processes: Sequence[Process], struck: Sequence[asyncio.Event]
    ) -> None:
        """At one of the next writes, before or after the host has carried it out; then the next process is the next."""
        if not troubles:
            return
        what, process = troubles[0], processes[0]

        async def strike() -> None:
            if what is Trouble.KILL:
                os.kill(process.pid, signal.SIGKILL)
            elif what is Trouble.STOP:
                os.kill(process.pid, signal.SIGSTOP)
            else:
                await process.line.cut()
            struck[0].set()
            self._arm(troubles[1:], processes[1:], struck[1:])

        match = Match("PATCH", "*/records/*", skip=self.chance.randint(0, 5))
        self.faults.arm(match, Act(strike, processed=self.chance.random() < 0.5))

    async def _held(self, name: str, ready: asyncio.Future[Process], over: asyncio.Event) -> None:
        """In a task of its own: a client whose server is gone ends what it runs in."""
        async with self.process(name) as process:
            ready.set_result(process)
            await over.wait()

    async def _stopped(self, pid: int, other: Client, seconds: float) -> None:
        os.kill(pid, signal.SIGSTOP)
        try:
            late = time.monotonic() + seconds
            while time.monotonic() < late:
                await self._applied(other, wait=False)
                await asyncio.sleep(0.1)
        finally:
            os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(0.2)  # it goes on with what it was at

    async def _applied(self, client: Client, *, wait: bool = True) -> str:
        """The state that is told; a state away is one too."""
        try:
            answer = await client.call_tool("apply_change", {"change_id": self.change})
        except Exception:  # noqa: BLE001 -- however a client learns that its server is gone
            return "gone"
        facts = answer.structured_content or {"state": "away"}
        while wait and facts["state"] == "running" and "job" in facts:
            told = await client.call_tool("check_job", {"job": facts["job"], "wait": 5})
            facts = told.structured_content or {"state": "away"}
        return str(facts["state"])

    async def ends(self) -> None:
        """Carried out to its end by whoever is left; then each record was written once, and all is told as it is."""
        late = time.monotonic() + MOST_SECONDS
        async with self.process("last") as process:
            client = process.client
            while await self._applied(client) != "done":
                assert time.monotonic() < late, await client.call_tool(
                    "list_changes", {"change_id": self.change}
                )
                await asyncio.sleep(0.2)
            listed = await client.call_tool("list_changes", {"change_id": self.change})
            assert listed.structured_content
            assert set(listed.structured_content["records"]) == {"done"}
        state = PostgresState(self.url)
        assert await journal_faults(state, own_seal(), counts=False) == []
        await state.close()
