"""Calls a second over stdio and over HTTP with 1, 16 and 64 callers at once, and how many a core carries, against an earlier version.

    python -m benchmarks.throughput [--calls 5000] [--runs 5] [PYTHON_OF_AN_EARLIER_VERSION]

The call is `find_records` as an assistant makes it, with 20 records. Over stdio, a client that does nothing but write and read lines
stands on the other side; over HTTP, one for each caller, with a key of its own. They are in this process together with the host: what
a core carries is told by the server's own processor time. Medians of the runs, those of both versions in turn, some ten minutes on
a machine that does nothing else. An earlier version is measured over stdio alone: the first ones serve nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from .http_load import Target, loaded
from .processor_time import processor_seconds
from .replay import FIELDS, bookkeeping, replaying
from .start import ENVIRONMENT, HELLO, OURS
from .team_servers import ours

CALLERS = (1, 16, 64)
WARM_UP = 200
SHOWN = 20
LONGEST_LINE = 1 << 20
ARGUMENTS = {"layout": "Invoices", "where": {"Status": "Open"}, "fields": list(FIELDS), "limit": SHOWN}
FIND = {"name": "find_records", "arguments": ARGUMENTS}


@dataclass(frozen=True)
class Run:
    """What one run came to, in calls."""

    a_second: float
    a_core: float
    """In a second of the server's processor time."""


class Server(Protocol):
    """One that is asked."""

    async def run(self, callers: int, calls: int) -> Run:
        """`calls` calls, `callers` of them always under way."""
        ...


class OverStdio:
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
        return processor_seconds(self._process.pid)


@dataclass(frozen=True)
class OverHttp:
    """A client for each caller, which waits for one answer after the other."""

    target: Target

    async def run(self, callers: int, calls: int) -> Run:
        spent = processor_seconds(self.target.pid)
        load = await loaded(self.target, callers, calls)
        spent = processor_seconds(self.target.pid) - spent
        return Run(
            load.rate, (calls + callers) / spent
        )  # each caller is answered once before the clock begins


@asynccontextmanager
async def calling(python: str, url: str, folder: Path) -> AsyncGenerator[OverStdio]:
    """A server that is started with an interpreter, and its client."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("FILEMAKER_")}
    own = ENVIRONMENT | {"FILEMAKER_HOST": url, "FILEMAKER_STATE": str(folder / "state.db")}
    folder.mkdir()  # noqa: ASYNC240 -- nothing else runs
    process = await asyncio.create_subprocess_exec(
        python, *OURS[1:], stdin=PIPE, stdout=PIPE, env=inherited | own, limit=LONGEST_LINE, cwd=folder
    )
    caller = OverStdio(process)
    await caller.greet()
    await caller.run(1, WARM_UP)
    yield caller
    assert process.stdin is not None
    process.stdin.close()
    await process.wait()


async def run(earlier: str, runs: int, calls: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with replaying(bookkeeping(SHOWN)) as url:
            async with AsyncExitStack() as stack:
                pythons = {"now": OURS[0]} | ({"before": earlier} if earlier else {})
                servers = {
                    each: await stack.enter_async_context(calling(python, url, folder / each))
                    for each, python in pythons.items()
                }
                await measured("stdio", servers, runs, calls)
            async with ours(folder, url, []) as (target, _):
                over_http = OverHttp(replace(target, arguments=ARGUMENTS))
                await over_http.run(max(CALLERS), WARM_UP)
                await measured("HTTP", {"now": over_http}, runs, calls)


async def measured(way: str, servers: Mapping[str, Server], runs: int, calls: int) -> None:
    for callers in CALLERS:
        done: dict[str, list[Run]] = {name: [] for name in servers}
        for _ in range(runs):
            for name, server in servers.items():
                done[name].append(await server.run(callers, calls))
        for name, each in done.items():
            speed = statistics.median(run.a_second for run in each)
            core = statistics.median(run.a_core for run in each)
            told = f"{speed:7.0f} calls/s {core:7.0f} calls/s per core"
            print(f"{callers:3} callers over {way}, {name:7} {told}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("earlier", nargs="?", default="", metavar="PYTHON_OF_AN_EARLIER_VERSION")
    parser.add_argument("--calls", type=int, default=5_000)
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args()
    asyncio.run(run(chosen.earlier, chosen.runs, chosen.calls))


if __name__ == "__main__":
    main()
