"""Nothing of the server's records is lost when other programs open and close the state file beside it, and it is killed then."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import re
import sqlite3
import sys
from asyncio.subprocess import PIPE
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client

from filemaker_mcp.server import __main__ as cli
from filemaker_mcp.server.emulator.faults.layer import FaultLayer
from filemaker_mcp.server.emulator.serving import serving
from filemaker_mcp.tools import TOOLS

from ...app.stdio_server import CLIENT
from ...started import its_end, start
from ..workshop_host import command, workshop
from .test_killed import a_process, settings_of

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        not Path("/proc/self/fd").is_dir(), reason="open files are looked at as Linux shows them"
    ),
]

LOOKING: list[tuple[str, dict[str, Any]]] = [
    ("list_layouts", {}),
    ("describe_layout", {"layouts": ["Jobs"]}),
    ("find_records", {"layout": "Jobs", "limit": 1}),
    ("get_record", {"layout": "Jobs", "id": "1"}),
    ("summarize_records", {"layout": "Jobs"}),
    ("export_records", {"layout": "Jobs", "file": "jobs.csv"}),
    ("read_container", {"file": "jobs.csv"}),
    ("create_records", {"layout": "Jobs", "records": [{"Title": "Planned"}]}),
    ("edit_records", {"layout": "Jobs", "ids": ["2"], "values": {"Title": "Planned"}}),
    ("delete_records", {"layout": "Jobs", "ids": ["3"]}),
    ("check_connection", {}),
    ("list_changes", {}),
    ("list_changes", {"change_id": "LATEST"}),
    ("apply_change", {"change_id": "LATEST"}),
    ("undo_change", {"change_id": "LATEST"}),
    ("list_scripts", {}),
    ("run_script", {"script": "Stamp", "layout": "Jobs"}),
    ("check_job", {}),
    ("stop_job", {"job": "JOB"}),
]
"""Each tool there is; `LATEST` stands for the change made last, `JOB` for the job begun last."""
COMMANDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "journal": (
        ("list",),
        ("show", "LATEST"),
        ("export",),
        ("usage",),
        ("verify",),
        ("head",),
        ("adopt", "--from", "nobody", "--to", "somebody"),
        ("hold", "put", "--layout", "Jobs", "--reason", "an audit"),
        ("forget", "--record", "Tasks:99", "--yes"),
        ("retain",),
    ),
    "state": (("backup", "FILE"),),
    "key": (("add", "night"), ("list",), ("revoke", "night")),
    "approve": ((),),
    "halt": (
        ("--writes", "--caller", "keys|night", "--reason", "a look"),
        ("--show",),
        ("--lift", "--caller", "keys|night"),
    ),
    "callers": (("list",), ("show", "nobody"), ("revoke", "nobody"), ("admit", "nobody"), ("invite", "ada")),
    "secrets": (("rotate",),),
}
"""Commands that open the records kept here, in each of their forms."""
SERVING: dict[str, tuple[str, ...]] = {"serve": ()}
"""What keeps them open until it is ended."""
OF_SETTINGS = frozenset({"doctor", "policy", "check", "run", "schedule", "console", "profile", "learn"})
"""They open what the settings name, as a server does: tried beside a server over HTTP (`test_killed_over_http`)."""
OTHERS = frozenset(
    [
        "demo",
        "login",
        "logout",
        "token",
        "token-service",
        "setup",
        "secret",
        "certify",
        "docs",
        "completion",
        "emulator",
    ]
)
"""They have no records of this machine, or some of their own that end with them."""
OWN = frozenset({"certify"})
"""Of the others, that which opens records: of its own, in a folder that goes with it."""
OPENERS = re.compile(
    r"^\s*from [.\w]+ import (\([^)]*|.*)\b(build|stored|http_parts|demo_application)\b", re.MULTILINE
)
IMPORTS = re.compile(r"^\s*from (\.+)([\w.]*) import (\([^)]*\)|.+)$", re.MULTILINE)
AT_REST = {("state", "restored"), ("state", "migrate")}
"""Not beside a running server: one ends all open plans, and the other is about PostgreSQL."""
SPOKEN: tuple[dict[str, Any], ...] = (
    {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": CLIENT},
    {"jsonrpc": "2.0", "method": "notifications/initialized"},
    {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "list_changes", "arguments": {}}},
)
"""To a server: what opens its records."""
COME_AND_GO = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM plan').fetchall(); c.close()"


async def answered(client: Client, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """What is answered at last: a change that outlasts its call on a busy machine is waited for."""
    answer = await client.call_tool(tool, arguments)
    assert not answer.is_error, answer.content
    facts: dict[str, Any] = answer.structured_content or {}
    while tool == "apply_change" and facts.get("state") == "running":
        facts = await answered(client, "check_job", {"job": facts["job"], "wait": 50})
    return facts


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


def forms_of(name: str) -> set[str]:
    """The parts of a command, as the command line has them."""
    folder = cli.COMMANDS[name][0]
    parser = argparse.ArgumentParser()
    importlib.import_module(
        f"filemaker_mcp.server.cli.{folder}.{name.replace('-', '_')}_command"
    ).add_arguments(parser)
    actions: list[Any] = parser._actions  # pyright: ignore[reportPrivateUsage] -- argparse tells it in no other way
    parts = (action.choices for action in actions if isinstance(action, argparse._SubParsersAction))  # pyright: ignore[reportPrivateUsage, reportUnknownVariableType, reportUnknownMemberType] -- as above
    return {str(name) for each in parts for name in each}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] -- as above


def test_every_tool_and_every_command_is_among_those_that_are_tried() -> None:
    assert {tool for tool, _ in LOOKING} == {tool.name for tool in TOOLS}
    assert {*COMMANDS, *SERVING, *OF_SETTINGS, *OTHERS} == set(cli.COMMANDS)
    for name, forms in COMMANDS.items():
        tried = {words[0] for words in forms if words and not words[0].startswith("-")} | {
            part for each, part in AT_REST if each == name
        }
        assert tried == forms_of(name), name


def test_every_command_that_opens_records_is_known_to_do_so() -> None:
    folder = Path(str(cli.__file__)).parent / "cli"
    opening = {
        name
        for name, (part, _) in cli.COMMANDS.items()
        if opens_records(folder / part / f"{name.replace('-', '_')}_command.py", folder)
    }
    assert opening == {*COMMANDS, *SERVING, *OF_SETTINGS, *OWN}


def opens_records(module: Path, folder: Path) -> bool:
    """Whether it, or what it imports of the command line, has what makes an application or opens the records."""
    seen, left = set[Path](), [module]
    while left:
        path = left.pop()
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        source = path.read_text(encoding="utf-8")
        if OPENERS.search(source):
            return True
        for dots, name, imported in IMPORTS.findall(source):
            place = path.parents[len(dots) - 1].joinpath(*name.split(".") if name else ())
            near = [
                place.with_suffix(".py"),
                *(place / f"{each.strip()}.py" for each in imported.strip("()").split(",")),
            ]
            left += [each for each in near if each.is_relative_to(folder)]
    return False


async def come_and_go(state: Path) -> None:
    await anyio.run_process([sys.executable, "-I", "-S", "-c", COME_AND_GO, str(state)])


async def opened_and_killed(words: tuple[str, ...], environment: dict[str, str]) -> None:
    """Another process of ours on the same records, killed as soon as it has them open."""
    state = environment["FILEMAKER_STATE"]
    own = {name: value for name, value in os.environ.items() if not name.startswith("FILEMAKER_")}
    process = await start(*words, env=own | environment, stdin=PIPE, stdout=PIPE)
    try:
        if words[0] == "serve":
            assert process.stdin is not None
            for message in SPOKEN:
                process.stdin.write(json.dumps(message).encode() + b"\n")
        with anyio.fail_after(120):
            while not has_open(process.pid, state):  # noqa: ASYNC110 -- it tells nobody
                await anyio.sleep(0.02)
    finally:
        process.kill()
        await process.communicate()


def has_open(process: int, state: str) -> bool:
    with suppress(OSError):  # it has ended
        for link in Path(f"/proc/{process}/fd").iterdir():
            with suppress(OSError):  # it closed this one meanwhile
                if str(link.readlink()) == state:
                    return True
    return False


async def test_whatever_looks_at_the_state_nothing_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    emulator = workshop()
    state = tmp_path / "state.db"
    made: list[str] = []
    jobs: list[str] = []
    async with serving(FaultLayer(emulator.app, emulator.host.clock)) as url:
        more = {"FILEMAKER_FILES_FOLDER": str(tmp_path / "files")}
        with its_end() as end:
            async with a_process(tmp_path, url, **more) as client:
                process = int((tmp_path / "pid").read_text(encoding="utf-8"))
                made.append(await edited(client, 100))

                async def nothing_lost(what: object) -> None:
                    await come_and_go(state)
                    assert not lost_files(process), f"after {what}"
                    made.append(await edited(client, 100 + len(made)))

                for tool, arguments in LOOKING:
                    stands_for = {"LATEST": made[-1], "JOB": jobs[-1] if jobs else ""}
                    named = {name: stands_for.get(str(value), value) for name, value in arguments.items()}
                    answer = await answered(client, tool, named)
                    if tool == "run_script":
                        made.append(str(answer["change_id"]))
                        answer = await answered(client, "apply_change", {"change_id": made[-1]})
                    jobs += [answer["job"]] if "job" in answer else []
                    await nothing_lost(tool)
                for name, forms in COMMANDS.items():
                    for form in forms:
                        stands_for = {"LATEST": made[-1], "FILE": str(tmp_path / "copy.db")}
                        words = [stands_for.get(word, word) for word in form]
                        status = await command(name, *words, "--state", str(state))
                        known = (
                            2 if name == "callers" or form == ("retain",) else "adopt" in form
                        )  # nobody is there, and has no plans, and no settings say how long contents stay
                        assert status <= known, (name, form)
                        await nothing_lost((name, form))
                for name, form in SERVING.items():
                    await opened_and_killed((name, *form), settings_of(tmp_path, url) | more)
                    await nothing_lost(name)
                end.kill(tmp_path / "pid")
    tried = len(LOOKING) + sum(map(len, COMMANDS.values())) + len(SERVING)
    assert len(made) == 2 + tried
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
