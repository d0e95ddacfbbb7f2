"""How long other calls wait while something hostile is read: `make soak` prints the longest delay of each.

The host, the server and the callers are processes of their own. The second caller asks for what needs neither FileMaker nor much
work, again and again, until the first has its answer. In the same moments a twin of the server, of which nothing else is asked,
gets the same calls: its longest delay is what the machine itself adds, and is taken off. Each course is run up to three times,
until one is short enough: what the machine does in between falls on the one or the other by chance.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from filemaker_mcp.server.app.sample_server import ACCOUNT, FILE, PASSWORD, everything_allowed

from ..documents.hostile_pdfs import FURTHER_PDFS, PDFS
from ..documents.hostile_sheets import FURTHER_SHEETS, SHEETS
from ..tools.test_hostile_answers import CONTENTS, RESULTS
from .hostile_host import RESULT
from .hostile_values import FURTHER_NAMES, FURTHER_RESULTS, FURTHER_VALUES
from .stdio_server import StdioServer, stdio_server

pytestmark = pytest.mark.anyio

MOST_DELAY = 0.1
"""Seconds beyond what the machine itself adds."""
TRIES = 3
ANSWER_SECONDS = 60.0
"""For an answer, on a busy machine; the bounds of a document are 20 seconds."""
CHEAP = ("list_layouts", "check_job")

Call = tuple[str, Mapping[str, Any]]


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

    async def delays(self, call: Call, twin: Caller) -> tuple[Delays, bytes]:
        """Of cheap calls until this one is answered, and its answer."""
        begun = monotonic()
        hostile = asyncio.ensure_future(self._ended(*call))
        longest = twins = 0.0
        number = 0
        while not hostile.done():
            tool = CHEAP[number % len(CHEAP)]
            own, other = await asyncio.gather(self._timed(tool), twin._timed(tool))
            longest, twins, number = max(longest, own), max(twins, other), number + 1
        return Delays(longest, twins, monotonic() - begun), await hostile

    async def _timed(self, tool: str) -> float:
        asked = monotonic()
        await self.ask(tool, {})
        return monotonic() - asked


@dataclass(frozen=True)
class Delays:
    """The longest of the server's and of its twin's, and how long the hostile call took, in seconds."""

    longest: float
    twins: float
    took: float

    @property
    def own(self) -> float:
        return self.longest - self.twins


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
        async with stdio_server("serve", environment=place) as server:
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


def courses(folder: Path) -> list[tuple[str, Call, Callable[[], object]]]:
    """What is asked, with what makes the hostile thing first."""
    (folder / "files").mkdir()

    def put(name: str, make: Callable[[], bytes]) -> Callable[[], object]:
        return lambda: (folder / name).write_bytes(make())

    found: list[tuple[str, Call, Callable[[], object]]] = []
    sheets = {f"{name}.xlsx": make for name, (make, _) in SHEETS.items()} | FURTHER_SHEETS
    for number, (name, make) in enumerate(sheets.items()):
        call: Call = ("read_container", {"file": name})
        if number % 2:
            call = ("edit_records", {"layout": "Tasks", "file": name, "key": "Title"})
        found.append((f"{name}, {call[0]}", call, put(f"files/{name}", make)))
    read = ("read_container", {"layout": "Documents", "id": "1", "field": "File"})
    for name, make in (PDFS | FURTHER_PDFS).items():
        found.append((f"PDF: {name}", read, put("container", make)))
    for name, result in (RESULTS | FURTHER_RESULTS).items():
        call = ("run_script", {"script": "Echo", "parameter": RESULT, "repeat": True})
        found.append((f"result: {name}", call, put("value", result.encode)))
    for name, value in (CONTENTS | FURTHER_VALUES).items():
        calls: dict[str, Mapping[str, Any]] = {
            "find_records": {"layout": "Tasks", "limit": 200},
            "get_record": {"layout": "Tasks", "id": "1"},
            "summarize_records": {"layout": "Tasks", "group_by": ["Priority"]},
            "export_records": {"layout": "Tasks", "file": "tasks.xlsx"},
        }
        for number, (tool, arguments) in enumerate(calls.items()):
            prepare = put("value", lambda value=value: value) if not number else lambda: None
            found.append((f"value: {name}, {tool}", (tool, arguments), prepare))
    plain = put("value", lambda: b'"High"')
    for name, (tool, arguments) in FURTHER_NAMES.items():
        found.append((f"name: {name}", (tool, arguments), plain))
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="a limit of the shell's")
async def test_nothing_hostile_keeps_other_callers_waiting(tmp_path: Path) -> None:
    late: list[str] = []
    own = tmp_path / "own"
    async with a_server(own) as caller, a_server(tmp_path / "twin") as twin:
        print(f"{'delay':>7} {'twin':>7} {'answer':>7}")  # noqa: T201 -- the figures of the course
        for name, call, prepare in courses(own):
            await asyncio.to_thread(prepare)
            best, answer = Delays(float("inf"), 0, 0), b""
            for _ in range(TRIES):
                delays, answer = await caller.delays(call, twin)
                best = min(best, delays, key=lambda each: each.own)
                if best.own <= MOST_DELAY:
                    break
            figures = f"{best.longest * 1000:5.0f}ms {best.twins * 1000:5.0f}ms {best.took:6.1f}s"
            print(f"{figures}  {name}: {_words(answer)}", flush=True)  # noqa: T201 -- as above
            if best.own > MOST_DELAY:
                late.append(f"{name}: {best.own * 1000:.0f} ms")
            if b"did not foresee" in answer:
                late.append(f"{name}: an internal error")
    assert not late, late


def _words(answer: bytes) -> str:
    with contextlib.suppress(ValueError, KeyError, IndexError):
        message = json.loads(answer)
        if "error" in message:
            return f"error {message['error']['message'][:120]}"
        result = message["result"]
        return f"{'refused ' if result.get('isError') else ''}{result['content'][0].get('text', '')[:100]}".replace(
            "\n", " "
        )
    return repr(answer[:100])
