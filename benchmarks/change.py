"""Processor time of planning one edit and carrying it out, the emulated host and the client in the same process included.

`python -m benchmarks.change` prints it, with the state in a file.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import httpx
from mcp import Client

from filemaker_mcp.server.app.app import build
from filemaker_mcp.server.app.sample_server import ACCOUNT, FILE, PASSWORD, everything_allowed, sample_folder
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.emulator.app import Emulator

ROUNDS, WARM_UP = 60, 10
Edit = Callable[[], Awaitable[None]]


@asynccontextmanager
async def editing() -> AsyncGenerator[Edit]:
    """What plans one edit and carries it out, another value each time."""
    emulator = Emulator([sample_folder()])
    place = {"HOST": "http://127.0.0.1", "DATABASE": FILE, "USERNAME": ACCOUNT, "PASSWORD": PASSWORD}
    with tempfile.TemporaryDirectory() as folder:
        place["STATE"] = str(Path(folder, "state.db"))
        environment = {f"FILEMAKER_{name}": value for name, value in place.items()}
        settings = settled(overlaid({}, everything_allowed() | environment), None)
        transport = httpx.ASGITransport(app=emulator.app)
        application = build(settings, emulated=dict.fromkeys(settings.database, transport))
        numbers = count()

        async def edit() -> None:
            values = {"City": f"City {next(numbers)}"}
            plan = await client.call_tool(
                "edit_records", {"layout": "Customers", "ids": ["3"], "values": values}
            )
            assert plan.structured_content, plan
            done = await client.call_tool("apply_change", {"change_id": plan.structured_content["change_id"]})
            assert done.structured_content, done
            assert done.structured_content["state"] == "done", done

        try:
            async with Client(application.server) as client:
                yield edit
        finally:
            await application.close()


async def measured() -> float:
    """Milliseconds of processor time for each edit."""
    async with editing() as edit:
        for _ in range(WARM_UP):
            await edit()
        began = time.process_time()
        for _ in range(ROUNDS):
            await edit()
        return (time.process_time() - began) / ROUNDS * 1000


if __name__ == "__main__":
    print(f"an edit, planned and carried out: {asyncio.run(measured()):.1f} ms of processor time")
