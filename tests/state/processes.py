"""Several real servers on one PostgreSQL: one carries a plan out until it is killed, stopped or cut off, and another goes on unasked."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg
from mcp import Client
from psycopg.rows import dict_row

from filemaker_mcp.server.changes.audit.journal_check import journal_faults
from filemaker_mcp.server.emulator.faults.effects import Act
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match
from filemaker_mcp.server.local.state.postgres_presence import NAME
from filemaker_mcp.server.local.state.postgres_state import PostgresState

from ..changes.applying.test_killed import a_process, asked
from ..changes.workshop_host import own_seal
from ..postgres import Postgres
from .cut import Proxy

TIMEOUT = "2"
"""Seconds after which these servers give a request to FileMaker up."""
AT_WORK = f"""
SELECT plan.state, plan.runner, activity.client_port FROM plan
LEFT JOIN pg_locks AS held ON held.locktype = 'advisory' AND held.objsubid = 1 AND held.granted
    AND ((held.classid::bigint << 32) | held.objid::bigint) = {NAME.replace("?", "plan.runner")}
LEFT JOIN pg_stat_activity AS activity ON activity.pid = held.pid
WHERE plan.id = %s
"""


class Trouble(StrEnum):
    KILL = "kill"
    STOP = "stop"
    CUT = "cut"


@dataclass(frozen=True)
class Process:
    client: Client
    line: Proxy
    """To PostgreSQL, which can be cut."""
    pid: int
    over: asyncio.Event


@dataclass
class Course:
    """One plan, and the servers that may carry it out."""

    folder: Path
    host: str
    faults: FaultLayer
    server: Postgres
    url: str
    chance: random.Random
    stopped_seconds: Iterator[float]
    """For how long each one that is stopped stands still."""
    more: dict[str, str] = field(default_factory=dict[str, str])
    method: str = "PATCH"
    path: str = "*/records/*"
    asks_again: bool = False
    """A run that ended early, since what became of a script is not known, is asked to go on."""
    change: str = ""
    tally: Counter[Trouble] = field(default_factory=Counter[Trouble])
    taken_up: list[float] = field(default_factory=list[float])
    """Seconds from each kill until a living server had the plan in hand."""
    processes: list[Process] = field(default_factory=list[Process])
    _held: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])

    async def carry_out(
        self,
        tool: str,
        troubles: Sequence[Trouble],
        *,
        found: Mapping[str, object] | None = None,
        **arguments: Any,
    ) -> tuple[dict[str, Any], Sequence[Trouble]]:
        """Three servers; one is asked, and asked nothing again whatever happens to it. Ends when all was attempted: with what
        one of them tells then, and the troubles for which it was too short. The journal is unbroken. `found`: the find whose
        records the tool is asked about."""
        try:
            await asyncio.gather(*(self._started() for _ in range(3)))
            first = self.processes[0]
            if found is not None:
                arguments["found_set"] = (await asked(first.client, "find_records", **found))["found_set"]
            self.change = (await asked(first.client, tool, **arguments))["change_id"]
            left = list(troubles)
            struck: asyncio.Future[tuple[Process, str]] = self._arm(left[0])
            asking = asyncio.create_task(self._asked(first))
            ended = asyncio.create_task(self._ended())
            while left:
                signs: set[asyncio.Future[Any]] = {struck, ended}
                await asyncio.wait(signs, return_when=asyncio.FIRST_COMPLETED)
                if not struck.done():
                    break
                self.tally[left[0]] += 1
                process, runner = struck.result()
                struck = await self._after(left.pop(0), process, runner, left)
            await ended
            asking.cancel()
            self.faults.clear()
            state = PostgresState(self.url)
            assert await journal_faults(state, own_seal(), counts=False) == []
            await state.close()
            return await asked(self.processes[-1].client, "list_changes", change_id=self.change), left
        finally:
            for process in self.processes:
                os.kill(process.pid, signal.SIGCONT)
                process.over.set()
            await asyncio.gather(*self._held, return_exceptions=True)
            self.processes.clear()

    async def _after(
        self, what: Trouble, process: Process, runner: str, following: Sequence[Trouble]
    ) -> asyncio.Future[tuple[Process, str]]:
        """What becomes of the process; the next trouble is armed before anything more can be sent."""
        if what is Trouble.KILL:
            self.processes.remove(process)
            process.over.set()
        if what is Trouble.STOP:
            await asyncio.sleep(next(self.stopped_seconds))
        struck = self._arm(following[0]) if following else asyncio.get_running_loop().create_future()
        if what is Trouble.KILL:
            await self._taken_up(runner)
            if Trouble.KILL in following:
                await self._started()
        elif what is Trouble.STOP:
            os.kill(process.pid, signal.SIGCONT)
        else:
            await asyncio.sleep(self.chance.uniform(0.0, 1.0))
            await process.line.mend()
        return struck

    def _arm(self, what: Trouble) -> asyncio.Future[tuple[Process, str]]:
        """At one of the next requests, before or after the host has carried it out, for whoever sends it."""
        struck: asyncio.Future[tuple[Process, str]] = asyncio.get_running_loop().create_future()

        async def strike() -> None:
            row = await self._looked()
            process = next((each for each in self.processes if row["client_port"] in each.line.onward), None)
            if process is None:  # sent by one that came to its end
                self._armed(strike, 0)
                return
            if what is Trouble.CUT:
                await process.line.cut()
            else:
                os.kill(process.pid, signal.SIGKILL if what is Trouble.KILL else signal.SIGSTOP)
            struck.set_result((process, row["runner"]))

        self._armed(strike, self.chance.randint(0, 2))
        return struck

    def _armed(self, strike: Callable[[], Awaitable[None]], skip: int) -> None:
        match = Match(self.method, self.path, skip=skip)
        self.faults.arm(match, Act(strike, processed=self.chance.random() < 0.5))

    async def _looked(self) -> dict[str, Any]:
        async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as look:
            cursor = look.cursor(row_factory=dict_row)
            row = await (await cursor.execute(AT_WORK.encode(), (self.change,))).fetchone()
        assert row is not None
        return row

    async def _taken_up(self, killed: str) -> None:
        begun = time.monotonic()
        while (row := await self._looked())["runner"] in ("", killed) and row["state"] != "applied":  # noqa: ASYNC110 -- others write it
            await asyncio.sleep(0.02)
        if row["state"] == "applying":
            self.taken_up.append(time.monotonic() - begun)

    async def _ended(self) -> None:
        """Nobody asks, as long as it goes on by itself."""
        left = "SELECT 1 FROM item WHERE plan = %s AND state IN ('open', 'sent')"
        work = "SELECT 1 FROM job WHERE plan = %s AND state IN ('waiting', 'running')"
        asking: asyncio.Task[None] | None = None
        while True:
            async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as look:
                row = await (await look.execute(left.encode(), (self.change,))).fetchone()
                at_work = await (await look.execute(work.encode(), (self.change,))).fetchone()
            if row is None:
                return
            if self.asks_again and at_work is None and (asking is None or asking.done()):
                asking = asyncio.create_task(self._asked(self.processes[-1]))
            await asyncio.sleep(0.2)

    async def _asked(self, process: Process) -> None:
        """Whatever becomes of the asking: what counts is what becomes of the plan."""
        with contextlib.suppress(Exception):
            await process.client.call_tool("apply_change", {"change_id": self.change, "go_on": True})

    async def _started(self) -> None:
        ready: asyncio.Future[Process] = asyncio.get_running_loop().create_future()
        name = f"process {len(self._held)}"
        self._held.append(asyncio.create_task(self._hold(name, ready)))
        self.processes.append(await asyncio.wait_for(ready, 120))

    async def _hold(self, name: str, ready: asyncio.Future[Process]) -> None:
        """In a task of its own: a client whose server is gone ends what it runs in."""
        async with self._process(name) as process:
            ready.set_result(process)
            await process.over.wait()

    @contextlib.asynccontextmanager
    async def _process(self, name: str) -> AsyncGenerator[Process]:
        async with Proxy(self.server.port) as line:
            address = self.url.replace(f":{self.server.port}/", f":{line.port}/")
            more = {"FILEMAKER_STATE": address, "FILEMAKER_TIMEOUT": TIMEOUT, "FILEMAKER_LOG_LEVEL": "ERROR"}
            async with a_process(self.folder, self.host, pid=name, **more, **self.more) as client:
                pid = int((self.folder / name).read_text(encoding="utf-8"))
                yield Process(client, line, pid, asyncio.Event())
