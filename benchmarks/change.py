"""Processor time of a server for planning one edit and carrying it out, its records in a file, against an earlier version.

    python -m benchmarks.change [CHECKOUT_OF_AN_EARLIER_VERSION]

A checkout is a folder with that version's files (`git worktree add FOLDER COMMIT`). It runs with this version's libraries. Each
version is a server of its own over stdio. The emulated host of this version and the client are in this process, so that nothing
of theirs counts. Both edit in turn.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

from filemaker_mcp.server.app.sample_server import ACCOUNT, FILE, PASSWORD, sample_folder
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.serving import serving

from .processor_time import processor_seconds
from .start import HELLO, OURS

ROUNDS, EDITS, WARM_UP = 9, 20, 20
ACCESS = {"DATABASE": FILE, "USERNAME": ACCOUNT, "PASSWORD": PASSWORD, "ACCESS": "delete"}


class Editor:
    """Edits one customer, to another value each time."""

    def __init__(self, process: Process, customer: str) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._out, self._in, self._pid = process.stdin, process.stdout, process.pid
        self._customer = customer
        self._numbers, self._values = count(2), count()

    async def greet(self) -> None:
        self._send(HELLO)
        await self._in.readline()
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    async def edit(self) -> None:
        wanted = {"City": f"City {next(self._values)}"}
        plan = await self._call("edit_records", layout="Customers", ids=[self._customer], values=wanted)
        done = await self._call("apply_change", change_id=plan["change_id"])
        assert done["state"] == "done", done

    async def cost(self) -> float:
        """Milliseconds of the server's processor time for each of some edits."""
        spent = processor_seconds(self._pid)
        for _ in range(EDITS):
            await self.edit()
        return (processor_seconds(self._pid) - spent) / EDITS * 1000

    async def _call(self, tool: str, **arguments: object) -> dict[str, Any]:
        number = next(self._numbers)
        params = {"name": tool, "arguments": arguments}
        self._send({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params})
        while (answer := json.loads(await self._in.readline())).get("id") != number:
            pass
        return answer["result"]["structuredContent"]

    def _send(self, message: Mapping[str, object]) -> None:
        self._out.write(json.dumps(message).encode() + b"\n")


@asynccontextmanager
async def editing(url: str, folder: Path, customer: str, checkout: Path | None) -> AsyncGenerator[Editor]:
    """A server with its records in a folder of its own, and who edits by it."""
    await asyncio.to_thread(folder.mkdir)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("FILEMAKER_")}
    own = ACCESS | {"HOST": url, "STATE": str(folder / "state.db")}
    environment |= {f"FILEMAKER_{name}": value for name, value in own.items()}
    if checkout is not None:
        await asyncio.to_thread((folder / "filemaker_mcp").symlink_to, checkout, target_is_directory=True)
        environment["PYTHONPATH"] = str(folder)
    process = await asyncio.create_subprocess_exec(
        *OURS, stdin=PIPE, stdout=PIPE, env=environment, cwd=folder
    )
    editor = Editor(process, customer)
    await editor.greet()
    for _ in range(WARM_UP):
        await editor.edit()
    yield editor
    assert process.stdin is not None
    process.stdin.close()
    await process.wait()


async def main(earlier: Path | None) -> None:
    versions = {"now": None} if earlier is None else {"now": None, "before": earlier}
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as open_servers:
            url = await open_servers.enter_async_context(serving(Emulator([sample_folder()]).app))
            editors = [
                await open_servers.enter_async_context(
                    editing(url, Path(folder, name), str(number), checkout)
                )
                for number, (name, checkout) in enumerate(versions.items(), start=3)
            ]
            costs = [[await editor.cost() for editor in editors] for _ in range(ROUNDS)]
    for name, each in zip(versions, zip(*costs, strict=True), strict=True):
        print(f"an edit, planned and carried out, {name}: {statistics.median(each):.1f} ms of processor time")
    if earlier is not None:
        ratios = sorted(now / before for now, before in costs)
        print(f"now against before: {statistics.median(ratios):.2f}x ({ratios[0]:.2f}x to {ratios[-1]:.2f}x)")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None))
