"""Random lines over stdio: each that is owed an answer gets it, the process lives and stays small.

A short run each time; `FILEMAKER_SOAK=10000` writes 200,000 lines (`make soak-long`), `make soak` a tenth.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from filemaker_mcp.server.app.sample_server import ACCOUNT, PASSWORD
from filemaker_mcp.server.emulator.serving import serving

from ..changes.workshop_host import FREE, PLACE, workshop
from .random_lines import RandomLines, answers_due
from .stdio_server import StdioServer, peak_memory, stdio_server

pytestmark = pytest.mark.anyio

LINES = max(int(os.environ.get("FILEMAKER_SOAK", "0")) * 20, 400)
WINDOW = 100
"""Lines under way at once."""
MOST_MEMORY = 400_000_000
SECONDS = 120
"""For a window, on a busy machine."""


async def test_each_random_line_that_asks_is_answered_and_the_process_lives_and_stays_small(
    tmp_path: Path,
) -> None:
    lines, emulator = RandomLines(seed=LINES), workshop()
    place = PLACE | FREE | {"FILEMAKER_USERNAME": ACCOUNT, "FILEMAKER_PASSWORD": PASSWORD}
    place |= {"FILEMAKER_ACCESS": "delete", "FILEMAKER_STATE": str(tmp_path / "state.db")}
    place |= {"FILEMAKER_FILES_FOLDER": str(tmp_path / "files")}
    async with (
        serving(emulator.app) as url,
        stdio_server("serve", environment=place | {"FILEMAKER_HOST": url}) as server,
    ):
        done = 0
        while done < LINES:
            window = [lines.line() for _ in range(min(WINDOW, LINES - done))]
            due = sum(map(answers_due, window))
            async with asyncio.timeout(SECONDS), asyncio.TaskGroup() as group:
                group.create_task(_written(server, window))
                got = 0
                while got < due:
                    message = json.loads(await _line(server))
                    got += "method" not in message
            assert server.process.returncode is None
            done += len(window)
        pong = await server.ask(b'{"jsonrpc":"2.0","id":"the end","method":"ping"}')
        assert pong["id"] == "the end", "more answers than were owed"
        if sys.platform == "linux":
            assert peak_memory(server.process) < MOST_MEMORY


async def _written(server: StdioServer, window: list[bytes]) -> None:
    for line in window:
        await server.write(line)


async def _line(server: StdioServer) -> bytes:
    assert server.process.stdout is not None
    line = await server.process.stdout.readline()
    assert line, "the server is gone"
    return line
