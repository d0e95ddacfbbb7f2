"""The real server, killed with SIGKILL while FileMaker runs a script of three minutes: it ran once, and the next server says what it knows."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client

from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.emulator.serving import serving

from ..assistant import SAMPLE
from ..host_of import host_of
from ..started import End, its_end, spoken_to, start

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
]
QUESTION = {"script": "Slow", "parameter": "180"}


@contextlib.asynccontextmanager
async def a_server(folder: Path, url: str, effect: str) -> AsyncGenerator[Client]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("FILEMAKER_")}
    settings = SAMPLE | {
        "FILEMAKER_HOST": url,
        "FILEMAKER_ACCESS": "edit",
        "FILEMAKER_STATE": str(folder / "state.db"),
        "FILEMAKER_SCRIPTS": json.dumps({"Slow": {"effect": effect, "layout": "Tasks"}}),
    }
    process = await start("serve", env=own | settings, stdin=PIPE, stdout=PIPE)
    (folder / "pid").write_text(str(process.pid), encoding="utf-8")
    async with Client(spoken_to(process)) as client:
        yield client


async def ask(client: Client, tool: str, **arguments: object) -> dict[str, Any]:
    answer = await client.call_tool(tool, arguments)
    assert answer.structured_content, answer
    return answer.structured_content


async def asked_and_killed(
    client: Client, clock: ManualClock, end: End, folder: Path, tool: str, **asked: Any
) -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(client.call_tool, tool, asked)
        await clock.awaited()
        end.kill(folder / "pid")
        group.cancel_scope.cancel()


async def test_a_script_that_reads_is_unknown_after_the_kill_and_runs_again_only_when_told_to(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    emulator = host_of(clock=clock)
    async with serving(emulator.app) as url:
        with its_end() as end:
            async with a_server(tmp_path, url, "reads") as client:
                await asked_and_killed(client, clock, end, tmp_path, "run_script", **QUESTION)
        clock.advance(200)
        async with a_server(tmp_path, url, "reads") as client:
            (job,) = (await ask(client, "check_job"))["jobs"]
            assert job["state"] == "unknown"
            told = await ask(client, "check_job", job=job["job"])
            assert "not run again by itself" in told["said"]
            again = await ask(client, "run_script", **QUESTION)
            assert (again["state"], again["job"]) == ("unknown", job["job"])
            assert [run.script for run in emulator.scripts_run] == ["Slow"]
            async with anyio.create_task_group() as group:
                group.start_soon(ask_anew, client)
                await clock.awaited()
                clock.advance(200)
            assert [run.script for run in emulator.scripts_run] == ["Slow", "Slow"]


async def ask_anew(client: Client) -> None:
    answer = await ask(client, "run_script", **QUESTION, repeat=True)
    assert (answer["state"], answer["result"]) == ("done", "That took 180 seconds.")


async def test_a_script_that_changes_is_unknown_after_the_kill_and_its_plan_does_not_run_it_again(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    emulator = host_of(clock=clock)
    async with serving(emulator.app) as url:
        change = ""
        with its_end() as end:
            async with a_server(tmp_path, url, "changes") as client:
                change = (await ask(client, "run_script", **QUESTION))["change_id"]
                await asked_and_killed(client, clock, end, tmp_path, "apply_change", change_id=change)
        clock.advance(200)
        async with a_server(tmp_path, url, "changes") as client:
            listed = await ask(client, "list_changes", change_id=change)
            assert listed["records"] == {"unknown": 1}
            again = await ask(client, "apply_change", change_id=change)
            assert again["state"] == "unknown"
            assert "is not run again by itself" in again["details"][0]["why"]
            same = await client.call_tool("run_script", QUESTION)
            assert same.is_error  # the same change within the hour: refused with that change's id
            assert change in str(same.content)
    assert [run.script for run in emulator.scripts_run] == ["Slow"]
