"""Scripts through the front door: told apart, run once, waited for, and never run without the owner's word."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.clock import ManualClock

from ..assistant import Assistant, assisted
from ..changes.workshop_host import ended
from ..host_of import host_of
from ..jobs.shared_clock import ServerClock, timed

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def scripted(scripts: dict[str, dict[str, Any]], **more: Any) -> AsyncGenerator[Assistant]:
    async with assisted({"FILEMAKER_SCRIPTS": json.dumps(scripts)}, **more) as assistant:
        yield assistant


def runs(emulator: Emulator, script: str) -> int:
    """How often the host was asked to run a script, by its own log."""
    return sum(f"/script/{script.replace(' ', '%20')}" in request.path for request in emulator.requests)


async def test_a_result_that_is_json_comes_as_json() -> None:
    async with scripted({"Month Report": {"effect": "reads", "layout": "Invoices"}}) as assistant:
        answer = await assistant.ask("run_script", script="Month Report", parameter="2025-10")
        assert answer["state"] == "done"
        assert answer["result"]["month"] == "2025-10"
        assert isinstance(answer["result"]["invoices"], int)


async def test_a_script_that_reports_failure_is_not_done() -> None:
    async with scripted(
        {"Month Report": {"effect": "reads", "layout": "Invoices", "ok_errors": [0, 500]}}
    ) as assistant:
        answer = await assistant.ask("run_script", script="Month Report", parameter="soon")
        assert answer["state"] == "refused"
        assert answer["outcome"] == "failure reported"
        assert "The parameter is a month" in answer["said"]


async def test_a_last_error_is_told_with_its_meaning() -> None:
    async with scripted({"Fail": {"effect": "reads", "layout": "Tasks"}}) as assistant:
        answer = await assistant.ask("run_script", script="Fail", parameter="301")
        assert (answer["state"], answer["outcome"], answer["script_error"]) == (
            "refused",
            "script error",
            301,
        )
        assert "in use by another user" in answer["said"]


async def test_a_script_that_the_owner_lists_and_filemaker_has_not_is_told_apart() -> None:
    async with scripted(
        {"Ecko": {"effect": "reads", "layout": "Tasks"}, "Fail": {"effect": "reads"}}
    ) as assistant:
        listed = (await assistant.ask("list_scripts"))["scripts"]
        assert [s["name"] for s in listed if "missing" in s] == ["Ecko"]
        assert "renamed or deleted" in await assistant.refused("run_script", script="Ecko")
        assert "Say `layout`" in await assistant.refused("run_script", script="Fail")
        text = await assistant.refused("run_script", script="Eckoo", layout="Tasks")
        assert "Did you mean 'Ecko'" in text
        assert "Restock" not in await assistant.refused("run_script", script="Restok", layout="Tasks")


async def test_a_long_script_is_answered_by_a_job_and_runs_once() -> None:
    clock = ManualClock()
    emulator = host_of(clock=clock)
    slow = {"Slow": {"effect": "reads", "layout": "Tasks"}}
    async with scripted(slow, emulator=emulator, clock=ServerClock(clock)) as assistant:
        await assistant.ask("list_scripts")
        question = {"script": "Slow", "parameter": "180"}
        first, seconds = await timed(clock, assistant.ask("run_script", **question))
        assert first["state"] == "running"
        assert seconds < 10
        second, _ = await timed(clock, assistant.ask("run_script", **question))
        assert second["job"] == first["job"]
        done: dict[str, Any] = {"state": "running"}
        while done["state"] == "running":
            done, _ = await timed(clock, assistant.ask("check_job", job=first["job"], wait=50))
        assert done["result"] == "That took 180 seconds."
        again = await assistant.ask("run_script", **question)
        assert "not run again" in again["earlier"]
        assert again["result"] == done["result"]
        assert runs(emulator, "Slow") == 1


def hears_threads_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """What threads answer comes some turns of the event loop later, and not in its order, as on a machine with much to do."""
    loop, chance = asyncio.get_running_loop(), random.Random(1)
    at_once = loop.call_soon_threadsafe

    def later(turns: int, heard: Callable[..., object], *arguments: Any) -> None:
        if turns:
            loop.call_soon(later, turns - 1, heard, *arguments)
        else:
            heard(*arguments)

    def late(heard: Callable[..., object], *arguments: Any, **more: Any) -> asyncio.Handle:
        return at_once(later, chance.randrange(8), heard, *arguments, **more)

    monkeypatch.setattr(loop, "call_soon_threadsafe", late)


async def test_whoever_looks_while_a_script_is_written_down_takes_it_for_no_orphan(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = 4
    answers: list[dict[str, Any]] = []
    scripts = json.dumps({"Echo": {"effect": "reads", "layout": "Tasks"}})
    environment = {"FILEMAKER_SCRIPTS": scripts, "FILEMAKER_LIMITS": json.dumps({"queue": asked})}
    async with assisted(environment | {"FILEMAKER_STATE": str(tmp_path / "state.db")}) as assistant:
        hears_threads_late(monkeypatch)

        async def run(number: int) -> None:
            answer = await assistant.ask("run_script", script="Echo", parameter=str(number))
            answers.append(await ended(assistant, answer))

        async def look() -> None:
            while len(answers) < asked:
                await assistant.ask("check_job")

        async with anyio.create_task_group() as group:
            for number in range(asked):
                group.start_soon(run, number)
            for _ in range(2):
                group.start_soon(look)
        monkeypatch.undo()
    assert {answer["state"] for answer in answers} == {"done"}
    assert sorted(int(answer["result"]) for answer in answers) == list(range(asked))
