"""Calls a second over stdio with 1, 16 and 64 callers at once, and how many a core carries, against an earlier version.

    python -m benchmarks.throughput [PYTHON_OF_AN_EARLIER_VERSION]

The call is `find_records` as an assistant makes it, with 20 records. A client that does nothing but write and read lines stands
on the other side, in this process together with the host: what a core carries is told by the server's own processor time. Five
runs of 5,000 calls each, those of both versions in turn, some five minutes on a machine that does nothing else.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from .replay import FIELDS, bookkeeping, replaying
from .start import ENVIRONMENT, HELLO, OURS

CALLERS = (1, 16, 64)
RUNS, CALLS, WARM_UP = 5, 5_000, 200
SHOWN = 20
LONGEST_LINE = 1 << 20
FIND = {
    "name": "find_records",
    "arguments": {"layout": "Invoices", "where": {"Status": "Open"}, "fields": list(FIELDS), "limit": SHOWN},
}


@dataclass(frozen=True)
class Run:
    """What one run came to, in calls."""

    a_second: float
    a_core: float
    """In a second of the server's processor time."""


class Caller:
    """A client of one server: any number of its calls may be under way."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._out, self._in = process.stdin, process.stdout
        self._number = 1

    async def greet(self) -> None:
        self._send(HELLO)
        await self._in.readline()
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    async def run(self, callers: int, calls: int) -> Run:
        """`calls` calls, `callers` of them always under way."""
        began, spent = time.perf_counter(), self._processor_seconds()
        for _ in range(callers):
            self._call()
        for answered in range(1, calls + 1):
            line = await self._in.readline()
            assert b'"isError":false' in line, line[:500]
            if answered + callers <= calls:
                self._call()
        elapsed, spent = time.perf_counter() - began, self._processor_seconds() - spent
        return Run(calls / elapsed, calls / spent)

    def _call(self) -> None:
        self._number += 1
        self._send({"jsonrpc": "2.0", "id": self._number, "method": "tools/call", "params": FIND})

    def _send(self, message: Mapping[str, object]) -> None:
        self._out.write(json.dumps(message).encode() + b"\n")

    def _processor_seconds(self) -> float:
        tasks = Path(f"/proc/{self._process.pid}/task")
        return sum(int((task / "schedstat").read_text("utf-8").split()[0]) for task in tasks.iterdir()) / 1e9


@asynccontextmanager
async def calling(python: str, url: str, folder: Path) -> AsyncGenerator[Caller]:
    """A server that is started with an interpreter, and its client."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("FILEMAKER_")}
    own = ENVIRONMENT | {"FILEMAKER_HOST": url, "FILEMAKER_STATE": str(folder / "state.db")}
    folder.mkdir()  # noqa: ASYNC240 -- nothing else runs
    process = await asyncio.create_subprocess_exec(
        python, *OURS[1:], stdin=PIPE, stdout=PIPE, env=inherited | own, limit=LONGEST_LINE, cwd=folder
    )
    caller = Caller(process)
    await caller.greet()
    await caller.run(1, WARM_UP)
    yield caller
    assert process.stdin is not None
    process.stdin.close()
    await process.wait()


async def main(earlier: str | None, runs: int, calls: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with replaying(bookkeeping(SHOWN)) as url, calling(OURS[0], url, Path(folder, "now")) as now:
            if earlier is None:
                await measured({"now": now}, runs, calls)
                return
            async with calling(earlier, url, Path(folder, "before")) as before:
                await measured({"now": now, "before": before}, runs, calls)


async def measured(servers: Mapping[str, Caller], runs: int, calls: int) -> None:
    for callers in CALLERS:
        done: dict[str, list[Run]] = {name: [] for name in servers}
        for _ in range(runs):
            for name, server in servers.items():
                done[name].append(await server.run(callers, calls))
        for name, each in done.items():
            speed = statistics.median(run.a_second for run in each)
            core = statistics.median(run.a_core for run in each)
            print(
                f"{callers:3} callers, {name:7} {speed:7.0f} calls/s {core:7.0f} calls/s per core", flush=True
            )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else None, RUNS, CALLS))
