"""A caller who asks for cheap things while something hostile is under way, and how long it waited for them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any

from filemaker_mcp.server.app.sample_server import ACCOUNT, FILE, PASSWORD, everything_allowed

from .stdio_server import StdioServer, stdio_server

ANSWER_SECONDS = 60.0
"""For an answer, on a busy machine; the bounds of a document are 20 seconds."""
PAUSE = 0.01
"""Seconds between cheap calls: asking without a pause would itself be the load."""
CHEAP = ("list_layouts", "check_job")

Call = tuple[str, Mapping[str, Any]]
QUIET: Call = ("check_job", {})


class Caller:
    """Asks over one connection, several things at once."""

    def __init__(self, server: StdioServer) -> None:
        self._server, self._number = server, 0
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def hear(self) -> None:
        assert self._server.process.stdout is not None
        while line := await self._server.process.stdout.readline():
            head = line[:60]
            if b'"id":' in head and (waiting := self._waiting.pop(_id(head), None)) is not None:
                waiting.set_result({"bytes": len(line), "line": line})

    async def ask(self, tool: str, arguments: Mapping[str, Any]) -> bytes:
        self._number += 1
        params = {"name": tool, "arguments": arguments}
        message = {"jsonrpc": "2.0", "id": self._number, "method": "tools/call", "params": params}
        waiting = self._waiting[self._number] = asyncio.get_running_loop().create_future()
        await self._server.write(json.dumps(message).encode())
        async with asyncio.timeout(ANSWER_SECONDS):
            return (await waiting)["line"]

    async def _ended(self, tool: str, arguments: Mapping[str, Any]) -> bytes:
        answer = await self.ask(tool, arguments)
        while b'"state":"running"' in answer[:2_000] and (
            facts := json.loads(answer)["result"]["structuredContent"]
        ):
            answer = await self.ask("check_job", {"job": facts["job"], "wait": 20})
        return answer

    async def _read(self, line: bytes) -> bytes:
        """Lines are read one after another, so that what is asked after this one is answered after it."""
        await self._server.write(line)
        return await self.ask(*QUIET)

    async def delays(self, call: Call | bytes, twin: Caller) -> tuple[Delay, bytes]:
        """The worst delay of cheap calls until this one is answered, or this line is read, and the answer."""
        begun = monotonic()
        asked = self._read(call) if isinstance(call, bytes) else self._ended(*call)
        hostile = asyncio.ensure_future(asked)
        worst = Delay()
        number = 0
        while not hostile.done():
            tool, before = CHEAP[number % len(CHEAP)], Clocks.of(self._server.process.pid)
            own, other = await asyncio.gather(self._timed(tool), twin._timed(tool))
            spent = Clocks.of(self._server.process.pid) - before
            delay = Delay(own, other, spent.loop, spent.queued)
            worst, number = max(worst, delay, key=lambda each: each.ours), number + 1
            await asyncio.wait({hostile}, timeout=PAUSE)
        return replace(worst, took=monotonic() - begun), await hostile

    async def _timed(self, tool: str) -> float:
        asked = monotonic()
        await self.ask(tool, {})
        return monotonic() - asked


@dataclass(frozen=True)
class Clocks:
    """Of a server and of the process that asks it, in seconds; 0 where the system does not tell (only Linux does)."""

    loop: float = 0.0
    """Processor time of the server's first thread, where its event loop runs."""
    queued: float = 0.0
    """That the server's threads and the asker's were ready and the machine had no processor for them."""

    @classmethod
    def of(cls, process: int) -> Clocks:
        threads = [path for each in (process, os.getpid()) for path in Path(f"/proc/{each}/task").glob("*")]
        loop = queued = 0.0
        for thread in threads:
            with contextlib.suppress(OSError):  # it ended
                run, wait, _ = (thread / "schedstat").read_text(encoding="ascii").split()
                queued += int(wait) / 1e9
                loop += int(run) / 1e9 if thread.name == str(process) else 0.0
        return cls(loop, queued)

    def __sub__(self, other: Clocks) -> Clocks:
        return Clocks(self.loop - other.loop, max(0.0, self.queued - other.queued))


@dataclass(frozen=True)
class Delay:
    """One cheap call, in seconds: how long its caller waited, a twin's caller did, and the clocks."""

    waited: float = 0.0
    twin: float = 0.0
    loop: float = 0.0
    queued: float = 0.0
    took: float = 0.0
    """The hostile call itself, until its answer."""

    @property
    def ours(self) -> float:
        """Without what the machine added, and never less than the event loop was held by work of its own."""
        return max(self.loop, self.waited - max(self.twin, self.queued))


def _id(head: bytes) -> int:
    digits = head.partition(b'"id":')[2].split(b",")[0].split(b"}")[0]
    return int(digits) if digits.strip().isdigit() else -1


@asynccontextmanager
async def a_server(folder: Path) -> AsyncGenerator[Caller]:
    folder.mkdir()  # noqa: ASYNC240 -- nobody waits yet
    pipe = asyncio.subprocess.PIPE
    host = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.app.hostile_host", str(folder)), stdin=pipe, stdout=pipe
    )
    assert host.stdout is not None
    url = (await host.stdout.readline()).decode().strip()
    place = {"FILEMAKER_HOST": url, "FILEMAKER_DATABASE": FILE, "FILEMAKER_USERNAME": ACCOUNT}
    place |= {"FILEMAKER_PASSWORD": PASSWORD, "FILEMAKER_STATE": str(folder / "state.db")}
    place |= {"FILEMAKER_FILES_FOLDER": str(folder / "files"), "FILEMAKER_APPROVAL": "client"}
    scripts = json.dumps({"Echo": {"effect": "reads", "layout": "Tasks"}})
    place |= everything_allowed() | {"FILEMAKER_SCRIPTS": scripts}
    try:
        async with stdio_server("serve", environment=place, fresh=True) as server:
            caller = Caller(server)
            hearing = asyncio.create_task(caller.hear())
            for tool in CHEAP:
                await caller.ask(tool, {})
            await caller.ask("find_records", {"layout": "Tasks", "limit": 1})
            yield caller
            hearing.cancel()
    finally:
        host.kill()
        await host.wait()
