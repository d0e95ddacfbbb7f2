"""Scripts in trouble: a full queue, a stop, a time-out, an answer that is none, a name that is there twice or no more, a restart."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from filemaker_mcp.server.app.sample_server import FILE
from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.emulator.faults.effects import Cut, Drop, Effect, Hang, Page, Refuse
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match

from ..assistant import Assistant, assisted
from ..host_of import host_of
from ..jobs.bookkeeping import SOLUTION
from ..jobs.shared_clock import ServerClock, timed

pytestmark = pytest.mark.anyio
HOUR = 3600.0


class Stage:
    """An emulated host whose clock stands still, with scripts that read, and faults in front of it."""

    def __init__(self, **scripts: dict[str, Any]) -> None:
        self.clock = ManualClock()
        self.emulator = host_of(clock=self.clock)
        self.faults = FaultLayer(self.emulator.app, self.clock)
        self.scripts = {
            name: {"effect": "reads", "layout": "Tasks"} | each
            for name, each in ({"Slow": {}, "Echo": {}} | scripts).items()
        }

    @asynccontextmanager
    async def assistant(self, **environment: str) -> AsyncGenerator[Assistant]:
        environment = {"FILEMAKER_SCRIPTS": json.dumps(self.scripts)} | environment
        transport = httpx.ASGITransport(app=self.faults)
        clock = ServerClock(self.clock)
        async with assisted(
            environment, emulator=self.emulator, clock=clock, transport=transport
        ) as assistant:
            await assistant.ask("list_scripts")
            yield assistant

    async def ask(self, assistant: Assistant, tool: str, **arguments: object) -> dict[str, Any]:
        answer, _ = await timed(self.clock, assistant.ask(tool, **arguments))
        return answer

    @property
    def ran(self) -> list[tuple[str, str]]:
        return [(run.script, run.parameter) for run in self.emulator.scripts_run]


def slow(seconds: int) -> dict[str, Any]:
    return {"script": "Slow", "parameter": str(seconds)}


async def test_a_full_queue_says_how_long_and_stops_are_told_truthfully() -> None:
    stage = Stage()
    one_at_a_time = {"FILEMAKER_SESSIONS": "2", "FILEMAKER_LIMITS": '{"queue": 1}'}
    async with stage.assistant(**one_at_a_time) as assistant:
        running = await stage.ask(assistant, "run_script", **slow(40))
        queued = await stage.ask(assistant, "run_script", **slow(41))
        assert (running["state"], queued["state"], queued["waiting"]) == (
            "running", "running", "others come first",
        )  # fmt: skip
        busy = await assistant.refused("run_script", **slow(42))
        assert "Busy: 1 jobs wait already" in busy
        assert "Try again in 30 seconds" in busy
        assert "Nothing was changed" in busy
        cancelled = await stage.ask(assistant, "stop_job", job=queued["job"])
        assert cancelled["state"] == "cancelled"
        assert "Nothing was sent" in cancelled["said"]
        stopped = await stage.ask(assistant, "stop_job", job=running["job"])
        assert stopped["state"] == "unknown"
        assert "It was stopped" in stopped["said"]
        assert stage.ran == [("Slow", "40")]
        anew = await stage.ask(assistant, "run_script", **slow(1))
        assert anew["result"] == "That took 1 seconds."
        states = {job["state"] for job in (await assistant.ask("check_job"))["jobs"]}
        assert states == {"done", "unknown", "cancelled"}
        assert stage.emulator.open_sessions == 1  # the one that was in the stopped script is logged out


async def test_a_script_that_never_ends_is_given_up_unknown_and_its_session_logged_out() -> None:
    stage = Stage(Slow={"timeout": 30})
    async with stage.assistant() as assistant:
        first = await stage.ask(assistant, "run_script", **slow(3600))
        told = await stage.ask(assistant, "check_job", job=first["job"], wait=50)
        assert told["state"] == "unknown"
        assert "did not answer within 30 seconds" in told["said"]
        assert stage.emulator.open_sessions == 0
        again = await stage.ask(assistant, "run_script", **slow(3600))
        assert (again["state"], again["job"]) == ("unknown", first["job"])
        assert "repeat: true" in again["earlier"]
    assert stage.ran == [("Slow", "3600")]


@pytest.mark.parametrize(
    ("fault", "state", "words", "may_have_run"),
    [
        (Page(200, "<html>Welcome to the hotel</html>"), "unknown", "sent text/html (HTTP 200)", True),
        (Page(502), "unknown", "is not known", True),
        (Page(200, "<html>", processed=True), "unknown", "is not known", True),
        (Drop(processed=True), "unknown", "no answer came back", True),
        (Cut(kept=20), "unknown", "no answer came back", True),
        (Hang(), "unknown", "no answer came back", True),
        (Refuse(112), "unknown", "session was cut", True),
        (Refuse(953), "refused", "data transfer", False),
        (Refuse(104), "refused", "renamed or deleted", False),
        (Refuse(9), "refused", "privileges", False),
    ],
)
async def test_an_answer_that_is_none_is_unknown_and_a_refusal_is_asked_again(
    fault: Effect, state: str, words: str, may_have_run: bool
) -> None:
    stage = Stage()
    async with stage.assistant() as assistant:
        stage.faults.arm(Match(path="*/script/Echo"), fault)
        first = await stage.ask(assistant, "run_script", script="Echo", parameter="x")
        assert first["state"] == state, first
        assert words in first["said"], first
        before = len(stage.ran)
        again = await stage.ask(assistant, "check_job", job=first["job"])
        assert again["said"] == first["said"]
        second = await assistant.call("run_script", script="Echo", parameter="x")
        if may_have_run:
            assert cast("dict[str, Any]", second.structured_content)["job"] == first["job"]
            assert len(stage.ran) == before
        elif isinstance(fault, Refuse) and fault.code != 953:
            assert cast("dict[str, Any]", second.structured_content)["result"] == "x"


async def test_a_script_renamed_while_it_was_queued_is_told_and_nothing_runs() -> None:
    stage = Stage()
    async with stage.assistant(FILEMAKER_SESSIONS="2") as assistant:
        running = await stage.ask(assistant, "run_script", **slow(20))
        queued = await stage.ask(assistant, "run_script", script="Echo", parameter="x")
        file = stage.emulator.host.files.get(FILE)
        assert file is not None
        scripts = cast("dict[str, Any]", file.solution.scripts)
        scripts["Echo of old"] = scripts.pop("Echo")
        told = await stage.ask(assistant, "check_job", job=queued["job"], wait=30)
        assert told["state"] == "refused"
        assert "renamed or deleted" in told["said"]
        assert "Nothing was run" in told["said"]
        assert (await stage.ask(assistant, "check_job", job=running["job"]))["state"] == "done"
    assert stage.ran == [("Slow", "20")]


async def test_twins_in_different_folders_are_refused_with_both_paths(tmp_path: Path) -> None:
    solution = tmp_path / "twins"
    shutil.copytree(SOLUTION, solution)
    definition = solution / "postings.toml"
    menu = '[[script_menu]]\nfolder = "Month"\nitems = ["Post"]\n[[script_menu]]\nfolder = "Year"\nitems = ["Post"]\n'
    definition.write_text(definition.read_text(encoding="utf-8") + menu, encoding="utf-8")
    (solution / "data").mkdir()
    (solution / "data" / "Postings.csv").write_text("ID,Kind,Email,Status,Count\n", encoding="utf-8")
    listed = {"Post": {"effect": "reads", "layout": "Postings"}}
    account = {
        "FILEMAKER_DATABASE": "Postings", "FILEMAKER_USERNAME": "clerk", "FILEMAKER_PASSWORD": "clerk",
    }  # fmt: skip
    async with assisted(
        account | {"FILEMAKER_SCRIPTS": json.dumps(listed)}, solutions=[solution]
    ) as assistant:
        text = await assistant.refused("run_script", script="Post")
        assert "'Month/Post' and 'Year/Post'" in text
        assert "Nothing was run" in text
        (script,) = (await assistant.ask("list_scripts"))["scripts"]
        assert script["twins"] == ["Month", "Year"]
        assert not assistant.emulator.scripts_run


async def test_a_result_that_nobody_heard_is_kept_for_hours_and_found_after_a_restart(tmp_path: Path) -> None:
    stage = Stage()
    kept = {"FILEMAKER_STATE": str(tmp_path / "state.db")}
    async with stage.assistant(**kept) as assistant:
        first = await stage.ask(assistant, "run_script", **slow(12))
        assert first["state"] == "running"
        await stage.ask(assistant, "run_script", **slow(6))
    stage.clock.advance(5 * HOUR)
    async with stage.assistant(**kept) as assistant:
        told = await stage.ask(assistant, "run_script", **slow(12))
        assert (told["job"], told["result"]) == (first["job"], "That took 12 seconds.")
        assert "300 minutes ago; it was not run again" in told["earlier"]
    stage.clock.advance(20 * HOUR)
    async with stage.assistant(**kept) as assistant:
        assert (await assistant.ask("check_job")).get("jobs", []) == []
    assert stage.ran == [("Slow", "12"), ("Slow", "6")]


async def test_a_script_that_was_running_when_the_server_ended_is_unknown_and_not_run_again(
    tmp_path: Path,
) -> None:
    stage = Stage()
    kept = {"FILEMAKER_STATE": str(tmp_path / "state.db")}
    async with stage.assistant(**kept) as assistant:
        first = await stage.ask(assistant, "run_script", **slow(180))
        assert first["state"] == "running"
    assert stage.emulator.open_sessions == 0
    async with stage.assistant(**kept) as assistant:
        told = await assistant.ask("check_job", job=first["job"])
        assert told["state"] == "unknown"
        assert "not run again by itself" in told["said"]
        again = await assistant.ask("run_script", **slow(180))
        assert (again["state"], again["job"]) == ("unknown", first["job"])
    assert stage.ran == [("Slow", "180")]
