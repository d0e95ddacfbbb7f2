"""A server, its client and the emulated host in one process, so that a profile sees all of them."""

from __future__ import annotations

import tempfile
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
