"""A real server process, killed with SIGKILL in the middle of a change: the next one finds out what became of it."""

from __future__ import annotations

import contextlib
import os
import random
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client

from filemaker_mcp.server.emulator.faults.effects import Act
from filemaker_mcp.server.emulator.faults.layer import FaultLayer
from filemaker_mcp.server.emulator.serving import serving

from ...assistant import SAMPLE
from ...started import its_end, spoken_to, start
from ..workshop_host import FREE, PLACE, workshop
from .fault_matrix import OPERATIONS

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
]

RUNS = 2
"""`soak_kills` kills at any moment of a long change; these hit one request."""


def settings_of(folder: Path, url: str) -> dict[str, str]:
    environment = SAMPLE | PLACE | FREE | {"FILEMAKER_HOST": url, "FILEMAKER_ACCESS": "delete"}
    return environment | {"FILEMAKER_STATE": str(folder / "state.db"), "FILEMAKER_KEYS": '{"Jobs": "Ref"}'}


@contextlib.asynccontextmanager
async def a_process(folder: Path, url: str, *, pid: str = "pid", **more: str) -> AsyncGenerator[Client]:
    """A server on the folder's state; its process id stands in the file `pid`."""
    async with a_fresh_process(folder, url, pid, is_fresh=False, more=more) as client:
        yield client


@contextlib.asynccontextmanager
async def a_fresh_process(
    folder: Path, url: str, pid: str, *, is_fresh: bool = True, more: Mapping[str, str] | None = None
) -> AsyncGenerator[Client]:
    """The same, with its own memory alone."""
    environment = settings_of(folder, url)
    own = {name: value for name, value in os.environ.items() if not name.startswith("FILEMAKER_")}
    process = await start(
        "serve", env=own | environment | dict(more or {}), stdin=PIPE, stdout=PIPE, fresh=is_fresh
    )
    (folder / pid).write_text(str(process.pid), encoding="utf-8")
    async with Client(spoken_to(process)) as client:
        yield client


async def asked(client: Client, tool: str, **arguments: object) -> dict[str, Any]:
    """The answer at last, also where the work outlasts its call on a busy machine."""
    answer = await client.call_tool(tool, arguments)
    assert answer.structured_content, answer
    facts: dict[str, Any] = answer.structured_content
    return (
        await asked(client, "check_job", job=facts["job"], wait=50)
        if facts.get("state") == "running" and "job" in facts  # a change under way is told without one
        else facts
    )


@pytest.mark.parametrize("seed", range(RUNS))
async def test_a_killed_process_leaves_a_record_that_the_next_one_settles(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    operation = OPERATIONS[chance.choice(("edit", "create, with key", "new related row", "delete"))]
    emulator = workshop()
    faults = FaultLayer(emulator.app, emulator.host.clock)
    dead = anyio.Event()

    async with serving(faults) as url:
        change = ""
        with its_end() as end:

            def kill() -> None:
                end.kill(tmp_path / "pid")
                dead.set()

            async with a_process(tmp_path, url) as client:
                change = (await asked(client, operation.tool, **operation.arguments))["change_id"]
                faults.arm(operation.match, Act(kill, processed=chance.random() < 0.5))
                async with anyio.create_task_group() as group:
                    group.start_soon(client.call_tool, "apply_change", {"change_id": change})
                    await dead.wait()
                    group.cancel_scope.cancel()
        assert dead.is_set()
        async with a_process(tmp_path, url) as client:
            ((word, _),) = (await asked(client, "list_changes", change_id=change))["records"].items()
            assert (word == "done") == (operation.carried(emulator) == 1), word
            assert (await asked(client, "apply_change", change_id=change))["state"] == "done"
            assert operation.carried(emulator) == 1
