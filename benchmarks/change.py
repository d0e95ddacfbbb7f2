"""Processor time of planning one edit and carrying it out, the emulated host and the client in the same process included.

`python benchmarks/change.py` prints it, with the state in a file.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

import httpx
from mcp import Client

from filemaker_mcp.server.app.app import build
from filemaker_mcp.server.app.sample_server import ACCOUNT, FILE, PASSWORD, everything_allowed, sample_folder
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.emulator.app import Emulator

ROUNDS, WARM_UP = 60, 10


async def measured(state: str) -> float:
    """Milliseconds of processor time for each edit."""
    emulator = Emulator([sample_folder()])
    place = {"HOST": "http://127.0.0.1", "DATABASE": FILE, "USERNAME": ACCOUNT, "PASSWORD": PASSWORD}
    environment = {f"FILEMAKER_{name}": value for name, value in place.items()}
    settings = settled(overlaid({}, everything_allowed() | environment | {"FILEMAKER_STATE": state}), None)
    transport = httpx.ASGITransport(app=emulator.app)
    application = build(settings, emulated=dict.fromkeys(settings.database, transport))
    try:
        async with Client(application.server) as client:
            began = 0.0
            for number in range(ROUNDS + WARM_UP):
                if number == WARM_UP:
                    began = time.process_time()
                edit = {"layout": "Customers", "ids": ["3"], "values": {"City": f"City {number}"}}
                plan = await client.call_tool("edit_records", edit)
                assert plan.structured_content, plan
                done = await client.call_tool(
                    "apply_change", {"change_id": plan.structured_content["change_id"]}
                )
                assert done.structured_content, done
                assert done.structured_content["state"] == "done", done
            return (time.process_time() - began) / ROUNDS * 1000
    finally:
        await application.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        spent = asyncio.run(measured(str(Path(folder, "state.db"))))
        print(f"an edit, planned and carried out: {spent:.1f} ms of processor time")


if __name__ == "__main__":
    main()
