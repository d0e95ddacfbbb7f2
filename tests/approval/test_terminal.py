"""`filemaker-mcp approve`, as a person sees it: a real terminal, typed answers."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import anyio
import anyio.to_thread
import pytest
from mcp import Client, StdioServerParameters

from ..changes.workshop_host import applied, command, in_workshop, planned, titles
from ..started import forked
from .people import ASKED, SOON, many_jobs

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminal in Python"),
]


AGREE = "what the screen says"
QUESTION = re.compile(rb"Type (\S+)[^\n]* to agree, anything else")
COMMANDS = b"q: leave it]"
SILENCE_SECONDS = 15.0


def at_a_terminal(path: Path, *words: str, typed: str = "", commands: Sequence[str] = ()) -> tuple[int, str]:
    """Exit status and everything on the screen. `commands` are given one after another, then `typed` where it is asked for."""
    import pty

    given = list(commands)

    screen, keyboard = pty.openpty()
    environment = os.environ | {"TERM": "dumb", "COLUMNS": "100"}
    process = forked(("approve", "--state", str(path), *words), environment, (keyboard, keyboard, keyboard))
    os.close(keyboard)
    try:
        seen = b""
        last = b""
        while True:
            if not select.select([screen], [], [], SILENCE_SECONDS)[0]:
                os.write(
                    screen, last
                )  # a key that was pressed while the terminal was being set up can be lost
                continue
            try:
                piece = os.read(screen, 4096)
            except OSError:  # Linux: the other end has closed
                break
            if not piece:
                break
            seen += piece
            flat = b" ".join(seen.split())  # a question is broken between words where the screen ends
            question = QUESTION.search(flat)
            if typed and question:
                last = (question[1] if typed == AGREE else typed.encode()) + b"\n"
                os.write(screen, last)
                typed = ""
            elif given and flat.endswith(COMMANDS):
                last = f"{given.pop(0)}\n".encode()
                os.write(screen, last)
    finally:
        os.close(screen)
    process.join()
    assert process.exitcode is not None
    return process.exitcode, seen.decode()


async def test_a_person_agrees_at_a_terminal_and_the_assistant_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    environment = {"FILEMAKER_APPROVAL": "by_risk", "FILEMAKER_STATE": str(path)}
    async with in_workshop(environment=environment) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        change = plan["change_id"]
        waiting = await applied(assistant, plan)
        assert f"filemaker-mcp approve {change}" in waiting["next"]
        status, listed = await anyio.to_thread.run_sync(at_a_terminal, path)
        assert (status, change in listed) == (0, True)

        def answered(typed: str) -> tuple[int, str]:
            return at_a_terminal(path, change, typed=typed)

        status, seen = await anyio.to_thread.run_sync(answered, "yes")
        assert (status, "Nothing will be changed" in seen) == (1, True)
        assert "Paint the hull" in seen, "what is deleted is shown"
        assert (await applied(assistant, plan))["state"] == "planned"
        status, seen = await anyio.to_thread.run_sync(answered, change.rpartition("-")[2])
        assert (status, "Nothing will be changed" in seen) == (1, True), "an assistant knows these letters"
        status, seen = await anyio.to_thread.run_sync(answered, AGREE)
        assert (status, "Agreed" in seen) == (0, True)
        assert (await applied(assistant, plan))["state"] == "done"
        assert await titles(assistant) == ["Mend the sail", "New rope"]


async def test_a_pipe_is_no_person(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    environment = {"FILEMAKER_APPROVAL": "by_risk", "FILEMAKER_STATE": str(path)}
    async with in_workshop(environment=environment) as assistant:
        change = (await planned(assistant, "delete_records", layout="Jobs", ids=["2"]))["change_id"]
        command = [sys.executable, "-m", "filemaker_mcp.server", "approve", "--state", str(path), change]
        letters = change.rpartition("-")[2].encode()

        def piped() -> subprocess.CompletedProcess[bytes]:
            return subprocess.run(command, input=letters, capture_output=True, check=False)

        result = await anyio.to_thread.run_sync(piped)
        assert result.returncode == 2
        assert b"A person agrees at a terminal" in result.stderr


async def test_a_plan_of_the_demo_can_be_agreed_to_at_a_terminal_while_it_runs(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FILEMAKER_")}
    environment = kept | {"TMPDIR": str(tmp_path), "DISPLAY": "", "WAYLAND_DISPLAY": "", "BROWSER": "false"}
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "filemaker_mcp.server", "--demo"], env=environment
    )
    async with Client(server) as client:

        async def asked(tool: str, **arguments: object) -> dict[str, Any]:
            answer = await client.call_tool(tool, arguments)
            assert not answer.is_error
            return cast("dict[str, Any]", answer.structured_content)

        plan = await asked("delete_records", layout="Tasks", ids=["1"])
        waiting = await asked("apply_change", change_id=plan["change_id"])
        assert "page" not in waiting["next"], "no browser could be started"
        line = re.search(r"-m filemaker_mcp\.server approve (\S+) --state (\S+)\. Then", waiting["next"])
        assert line is not None, waiting["next"]
        change, path = line.groups()
        status, _ = await anyio.to_thread.run_sync(lambda: at_a_terminal(Path(path), change, typed=AGREE))
        assert status == 0
        assert (await asked("apply_change", change_id=change))["state"] == "done"
    assert not [left async for left in anyio.Path(tmp_path).iterdir()]


async def test_what_a_record_holds_cannot_write_on_the_screen_of_whoever_agrees(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    forged = "x\x1b[2J\r\nTo agree, type: aaaa\u202ekcart\u200b"
    async with in_workshop(environment={"FILEMAKER_APPROVAL": "person", "FILEMAKER_STATE": str(path)}) as it:
        plan = await planned(it, "create_records", layout="Jobs", records=[{"Title": forged}])
        await applied(it, plan)
        _, seen = await anyio.to_thread.run_sync(lambda: at_a_terminal(path, plan["change_id"], typed="no"))
        for mark in ("\x1b", "\u202e", "\u200b", "\nTo agree, type: aaaa", "\rTo agree"):
            assert mark not in seen
        assert "x⟨U+001B⟩[2J⏎To agree, type: aaaa" in seen
        assert await command("journal", "--state", str(path), "show", plan["change_id"]) == 0


async def test_a_plan_is_paged_searched_and_read_whole_at_a_terminal(tmp_path: Path) -> None:
    path, long = tmp_path / "state.db", "All of it. " * 100
    environment = ASKED | SOON | {"FILEMAKER_STATE": str(path), "FILEMAKER_APPROVAL_PAGE": "false"}
    emulator = many_jobs(tmp_path, 25, Ref=lambda number: long if number == 3 else "r")
    async with in_workshop(emulator, environment) as assistant:
        found = await assistant.ask("find_records", layout="Jobs")
        plan = await planned(assistant, "delete_records", found_set=found["found_set"], max_records=25)
        change = plan["change_id"]

        def looked(*commands: str) -> tuple[int, str]:
            return at_a_terminal(path, change, typed=AGREE, commands=commands)

        status, seen = await anyio.to_thread.run_sync(looked, "d")
        assert (status, "open the other 2 pages too" in seen) == (1, True)
        assert "Type" not in seen, "nobody agrees to deletes that they have not seen"
        status, seen = await anyio.to_thread.run_sync(looked, "/Job 17", "w 3", "/", "2", "", "d")
        assert status == 0
        for number in range(1, 26):
            assert f"Job {number}" in seen
        assert "Page 1 of 1, records: 1." in seen
        assert "".join(seen.split()).count("".join(long.split())) == 1, (
            "shortened in the list, whole by itself"
        )
        assert "3 of 3 pages opened, with 25 of 25 records" in seen
        assert (await applied(assistant, plan))["state"] == "done"


async def test_a_replaced_plan_is_named_at_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    environment = ASKED | SOON | {"FILEMAKER_STATE": str(path), "FILEMAKER_APPROVAL_PAGE": "false"}
    async with in_workshop(environment=environment) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        more = await planned(
            assistant, "delete_records", layout="Jobs", ids=["3"], change_id=plan["change_id"]
        )
        status, seen = await anyio.to_thread.run_sync(at_a_terminal, path, plan["change_id"])
        assert (status, f"replaced by {more['change_id']}" in " ".join(seen.split())) == (2, True)
