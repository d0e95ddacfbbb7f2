"""Where the time of a start, a find, a plan and its application goes, by what it is spent in: `python -m benchmarks.profile`.

Milliseconds of processor time as the profiler of Python sees them, the client and the host in the same process included. The profiler
itself makes everything slower, small steps more than large ones: what the parts tell is their share.
"""

from __future__ import annotations

import asyncio
import cProfile
import os
import pstats
import re
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import cast

from mcp import Client

from filemaker_mcp.server.app.app import build
from filemaker_mcp.server.config.configuration import overlaid, settled

from .find import found
from .in_process import editing
from .replay import bookkeeping, replaying
from .start import ENVIRONMENT, OURS

CALLS, WARM_UP = 100, 10
IMPORTED = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")
PARTS = (
    ("ours: server/emulator (the host)", "filemaker_mcp/server/emulator/"),
    ("ours: tools", "filemaker_mcp/tools/"),
    ("ours: server/{}", "filemaker_mcp/server/"),
    ("the client", "mcp/client/"),
    ("the SDK", "/mcp/", "/mcp_types/"),
    ("pydantic", "pydantic"),
    ("HTTP", "/httpx/", "/httpcore/", "/h11/", "/starlette/"),
    ("the loop", "asyncio", "/anyio/", "/sniffio/", "selectors.py", "'poll'"),
    ("SQLite", "sqlite", "SimpleQueue"),
    ("JSON", "json", "msgspec"),
)
EVERYTHING_ELSE = "Python itself"
Function = tuple[str, int, str]
"""File, line and name."""
Spent = tuple[int, int, float, float, object]
"""Calls, calls that were no recursion, seconds of its own, seconds with what it called, callers."""


def part_of(place: str) -> str:
    """What a function or a module belongs to, by its path."""
    for name, *marks in PARTS:
        for mark in marks:
            if mark in place:
                return name.format(place.partition(mark)[2].partition("/")[0])
    return EVERYTHING_ELSE


def table(what: str, spent: Mapping[str, float]) -> str:
    """A line for each part, the dearest first."""
    whole = sum(spent.values())
    lines = [f"{what}: {whole:.1f} ms"]
    lines += [
        f"  {milliseconds:8.2f} {milliseconds / whole:5.0%}  {part}"
        for part, milliseconds in sorted(spent.items(), key=lambda each: -each[1])
        if milliseconds / whole > 0.005
    ]
    return "\n".join(lines)


def of_start(state: Path) -> dict[str, float]:
    """What the modules cost that are imported until the input ends."""
    command = [OURS[0], "-X", "importtime", *OURS[1:]]
    environment = {**os.environ, **ENVIRONMENT, "FILEMAKER_STATE": str(state)}
    told = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment, check=True
    )
    spent: dict[str, float] = defaultdict(float)
    for microseconds, module in IMPORTED.findall(told.stderr):
        spent[part_of(f"/{module.replace('.', '/')}/")] += int(microseconds) / 1000
    return spent


async def of_calls(call: Callable[[], Awaitable[object]]) -> dict[str, float]:
    """What one of the calls costs."""
    for _ in range(WARM_UP):
        await call()
    profile = cProfile.Profile(time.process_time)
    profile.enable()
    for _ in range(CALLS):
        await call()
    profile.disable()
    spent: dict[str, float] = defaultdict(float)
    functions = cast("Mapping[Function, Spent]", vars(pstats.Stats(profile))["stats"])
    for (file, _, function), (_, _, own, *_) in functions.items():
        spent[part_of(f"{file} {function}")] += own * 1000 / CALLS
    return spent


async def of_find(records: int, state: Path) -> dict[str, float]:
    question = found(records, "")
    async with replaying(bookkeeping(records)) as url:
        environment = ENVIRONMENT | {"FILEMAKER_HOST": url, "FILEMAKER_STATE": str(state)}
        application = build(settled(overlaid({}, environment), None))
        async with Client(application.server) as client:
            spent = await of_calls(lambda: client.call_tool(question.tool, question.arguments))
        await application.close()
    return spent


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder, "state.db")
        print(table("A start, its imports", of_start(state)))
        for records in (100, 1000):
            print(table(f"A find of {records:,} records", await of_find(records, state)))
    async with editing() as edit:
        print(table("An edit, planned and carried out", await of_calls(edit)))


if __name__ == "__main__":
    asyncio.run(main())
