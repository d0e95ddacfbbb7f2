"""Nothing of the server's records is lost when other programs open and close the state file beside it, and it is killed then."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client

from filemaker_mcp.server.emulator.faults.layer import FaultLayer
from filemaker_mcp.server.emulator.serving import serving

from ..workshop_host import command, workshop
from .test_killed import a_process

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        not Path("/proc/self/fd").is_dir(), reason="open files are looked at as Linux shows them"
    ),
]

LOOKING: list[tuple[str, dict[str, Any]]] = [
    ("check_connection", {}),
    ("list_changes", {}),
    ("list_changes", {"change_id": "LATEST"}),
    ("check_job", {}),
    ("find_records", {"layout": "Jobs", "limit": 1}),
    ("apply_change", {"change_id": "LATEST"}),
    ("undo_change", {"change_id": "LATEST"}),
    ("list_scripts", {}),
]
COMMANDS = (("journal", "list"), ("journal", "verify"), ("approve",))
COME_AND_GO = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM plan').fetchall(); c.close()"


async def answered(client: Client, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    answer = await client.call_tool(tool, arguments)
    assert not answer.is_error, answer.content
    return answer.structured_content or {}


async def edited(client: Client, hours: int) -> str:
    plan = await answered(
        client, "edit_records", {"layout": "Jobs", "ids": ["1"], "values": {"Hours": hours}}
    )
    done = await answered(client, "apply_change", {"change_id": plan["change_id"]})
    assert done["state"] == "done"
    return plan["change_id"]


def lost_files(process: int) -> list[str]:
    """Files that the process has open and that are deleted."""
    targets: list[str] = []
    for link in Path(f"/proc/{process}/fd").iterdir():
        with suppress(OSError):
            targets.append(str(link.readlink()))
    return [target for target in targets if "state.db" in target and target.endswith("(deleted)")]


async def test_whatever_looks_at_the_state_nothing_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    emulator = workshop()
    state = tmp_path / "state.db"
    made: list[str] = []
    async with serving(FaultLayer(emulator.app, emulator.host.clock)) as url:
        with suppress(Exception):  # however a client learns that its server is gone
            async with a_process(tmp_path, url) as client:
                process = int((tmp_path / "pid").read_text(encoding="utf-8"))
                made.append(await edited(client, 100))
                for tool, arguments in LOOKING:
                    named = {
                        name: made[-1] if value == "LATEST" else value for name, value in arguments.items()
                    }
                    await answered(client, tool, named)
                    await anyio.run_process([sys.executable, "-c", COME_AND_GO, str(state)])
                    assert not lost_files(process), f"after {tool}"
                    made.append(await edited(client, 100 + len(made)))
                for words in COMMANDS:
                    assert await command(*words, "--state", str(state)) == 0
                    assert not lost_files(process), f"after {words}"
                    made.append(await edited(client, 100 + len(made)))
                os.kill(process, signal.SIGKILL)
    assert len(made) == 1 + len(LOOKING) + len(COMMANDS)
    with closing(sqlite3.connect(state)) as file:
        kept = {row[0] for row in file.execute("SELECT plan FROM journal WHERE event = 'ended'")}
        states = [
            row[0]
            for row in file.execute(
                "SELECT item.state FROM item WHERE plan IN (SELECT plan FROM journal WHERE event = 'ended')"
            )
        ]
    assert kept == set(made)
    assert set(states) == {"done"}
    assert await command("journal", "--state", str(state), "verify") == 0
