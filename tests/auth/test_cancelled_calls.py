"""Calls that their client gives up, at any moment, leave nothing behind on which the next call would wait."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest
from mcp import Client

from filemaker_mcp.server.app.app import build
from filemaker_mcp.server.app.sample_server import everything_allowed, sample_folder
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.serving import serving

from ..assistant import SAMPLE

pytestmark = pytest.mark.anyio

CALLS = 60
DEEPEST = 90
"""Turns of the event loop after which a call is given up, at the most; one over a new connection takes about as many."""


async def test_a_call_given_up_while_its_connection_opens_does_not_hold_up_the_next(tmp_path: Path) -> None:
    emulator = Emulator([sample_folder()])
    async with serving(emulator.app) as url:
        environment = {"FILEMAKER_HOST": url, "FILEMAKER_SESSIONS": "1"}
        tree = overlaid({}, everything_allowed() | SAMPLE | environment)
        application = build(settled(tree | {"state": str(tmp_path / "state.db")}, None))
        try:
            async with Client(application.server) as client:
                for number in range(CALLS):
                    async with anyio.create_task_group() as group:
                        group.start_soon(
                            client.call_tool, "find_records", {"layout": "Tasks", "limit": number % 20 + 1}
                        )
                        for _ in range(number * 7 % DEEPEST):
                            await anyio.lowlevel.checkpoint()
                        group.cancel_scope.cancel()
                with anyio.fail_after(10):
                    answer = await client.call_tool("find_records", {"layout": "Tasks"})
                assert not answer.is_error
                assert emulator.open_sessions <= 1
        finally:
            await application.close()
    assert emulator.open_sessions == 0
