"""Random lines over stdio: each that is owed an answer gets it, the process lives and stays small.

A short run each time; `FILEMAKER_SOAK=10000` writes 200,000 lines (`make soak-long`), `make soak` a tenth.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from time import monotonic

import pytest

from filemaker_mcp.server.app.sample_server import ACCOUNT, PASSWORD
from filemaker_mcp.server.emulator.serving import serving

from ..changes.workshop_host import FREE, PLACE, workshop
from .random_lines import RandomLines, answers_due
from .stdio_server import StdioServer, open_files, peak_memory, stdio_server

pytestmark = pytest.mark.anyio

LINES = max(int(os.environ.get("FILEMAKER_SOAK", "0")) * 20, 400)
WINDOW = 100
"""Lines under way at once."""
MOST_MEMORY = 400_000_000
SECONDS = 120
"""For a window, on a busy machine."""
MORE_FILES = 8
"""Descriptors beyond those of the first tenth: connections to the host."""


class Figures:
    """What the course has come to so far."""

    def __init__(self, server: StdioServer) -> None:
        self._process, self._begun = server.process, monotonic()
        self.files: list[int] = []

    def of(self, lines: int, answers: int) -> str:
        figures = f"{lines} lines, {answers} answers, {monotonic() - self._begun:.0f} s"
        if sys.platform == "linux":
            self.files.append(open_files(self._process))
            megabytes = peak_memory(self._process) // 1_000_000
            figures += f", {megabytes} MB at the most, {self.files[-1]} descriptors"
        return figures


async def test_each_random_line_that_asks_is_answered_and_the_process_lives_and_stays_small(
    tmp_path: Path,
) -> None:
    lines, emulator = RandomLines(seed=LINES), workshop()
    place = PLACE | FREE | {"FILEMAKER_USERNAME": ACCOUNT, "FILEMAKER_PASSWORD": PASSWORD}
    place |= {"FILEMAKER_ACCESS": "delete", "FILEMAKER_STATE": str(tmp_path / "state.db")}
    place |= {"FILEMAKER_FILES_FOLDER": str(tmp_path / "files")}
    async with (
        serving(emulator.app) as url,
        stdio_server("serve", environment=place | {"FILEMAKER_HOST": url}, fresh=True) as server,
    ):
        done = answers = 0
        figures = Figures(server)
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
            answers += due
            if done % max(LINES // 10, WINDOW) == 0:
                print(figures.of(done, answers), flush=True)  # noqa: T201 -- the figures of the course
        pong = await server.ask(b'{"jsonrpc":"2.0","id":"the end","method":"ping"}')
        assert pong["id"] == "the end", "more answers than were owed"
        if sys.platform == "linux":
            assert peak_memory(server.process) < MOST_MEMORY
            assert max(figures.files) <= figures.files[0] + MORE_FILES


async def _written(server: StdioServer, window: list[bytes]) -> None:
    for line in window:
        await server.write(line)


async def _line(server: StdioServer) -> bytes:
    assert server.process.stdout is not None
    line = await server.process.stdout.readline()
    assert line, "the server is gone"
    return line
