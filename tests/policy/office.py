"""A host with two files, one that is open to the assistant and one under the rules in question, for trying everything."""

from __future__ import annotations

import csv
import re
import shutil
import zipfile
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from mcp import Client
from mcp.client.session import ElicitationFnT

from filemaker_mcp.server.app.app import build
from filemaker_mcp.server.config.configuration import settled
from filemaker_mcp.server.config.strict_settings import Secret
from filemaker_mcp.server.emulator.app import Emulator

from ..assistant import Assistant
from ..changes.workshop_host import FOLDER, SOMEBODY, applied, planned
from .attempts import FILE, FOUND, PLAN, Attempt, Reach, attempts, beside_the_tools, facts, whole

Row = dict[str, str]
CLOSED, OPEN = "Workshop", "Yard"
PLACE = {
    "host": "http://127.0.0.1",
    "account": "assistant",
    "password": Secret.model_validate({"value": "demo"}),
}
ECHO = """

def echo(script: ScriptContext) -> str:
    return script.parameter
"""
LATEST = 4
"""Plans of which every attempt on a plan speaks."""
ALLOWED: dict[str, Any] = {
    "access": "delete",
    "approval": "client",
    "scripts": {"Stamp": {"effect": "reads", "in_scope": True}},
}


def hosted(folder: Path, *, secret: Callable[[Row], Row] | None = None) -> Emulator:
    """The workshop, and a copy of it by another name. `secret` says what the jobs of the first hold that is not to be told."""
    solutions: list[Path] = []
    for name in (CLOSED, OPEN):
        solution = folder / "solutions" / name
        shutil.copytree(FOLDER, solution)
        definition = solution / "workshop.toml"
        text = definition.read_text(encoding="utf-8").replace('name = "Workshop"', f'name = "{name}"')
        text = text.replace('"Count" = "count"', '"Count" = "count"\n"Echo" = "echo"')
        definition.write_text(text, encoding="utf-8")
        with (solution / "scripts.py").open("a", encoding="utf-8") as scripts:
            scripts.write(ECHO)
        solutions.append(solution)
    if secret is not None:
        _changed(solutions[0] / "data" / "Jobs.csv", secret)
        _changed(solutions[0] / "data" / "Tasks.csv", secret)
    return Emulator(solutions)


def _changed(file: Path, secret: Callable[[Row], Row]) -> None:
    with file.open(encoding="utf-8", newline="") as opened:
        rows = [secret(row) for row in csv.DictReader(opened)]
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@asynccontextmanager
async def ruled(
    emulator: Emulator,
    folder: Path,
    rules: Mapping[str, Any],
    *,
    open: Mapping[str, Any] | None = None,  # noqa: A002 -- the other file, and the word for it
    person: ElicitationFnT | None = None,
    open_browser: Callable[[str], bool] | None = None,
    runbooks: Path | None = None,
) -> AsyncGenerator[Assistant]:
    """An assistant that has both files, one under `rules`; plans are in a file that outlives it."""
    async with governed(
        emulator,
        folder,
        {CLOSED: {"file": CLOSED, **rules}, OPEN: {"file": OPEN} | ALLOWED | dict(open or {})},
        person=person,
        open_browser=open_browser,
        runbooks=runbooks,
    ) as assistant:
        yield assistant


@asynccontextmanager
async def governed(
    emulator: Emulator,
    folder: Path,
    databases: Mapping[str, Mapping[str, Any]],
    *,
    person: ElicitationFnT | None = None,
    open_browser: Callable[[str], bool] | None = None,
    runbooks: Path | None = None,
) -> AsyncGenerator[Assistant]:
    """An assistant that has these databases, each with its `file` and rules; all share the state and the files folder."""
    files = folder / "files"
    files.mkdir(exist_ok=True)
    with (files / FILE).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["ID", "Title"], ["J-001", "from a file"], ["J-002", "from a file"]])
    tree: dict[str, Any] = {
        "state": str(folder / "state.db"),
        "files_folder": str(files),
        "database": {name: PLACE | dict(rules) for name, rules in databases.items()},
    }
    if runbooks is not None:
        tree["runbooks"] = str(runbooks)
    transport = httpx.ASGITransport(app=emulator.app)
    application = build(
        settled(tree, None), emulated=dict.fromkeys(databases, transport), open_browser=open_browser
    )
    try:
        async with Client(application.server, elicitation_callback=person) as client:
            yield Assistant(client, emulator, application)
    finally:
        await application.close()


async def plans_made_before(emulator: Emulator, folder: Path) -> list[str]:
    """Plans that the same caller made in the closed file while it was open: waiting, agreed to, carried out."""
    async with ruled(emulator, folder, ALLOWED) as assistant:
        where = {"database": CLOSED, "layout": "Jobs"}
        waiting = [
            await planned(assistant, "edit_records", **where, ids=["3"], values={"Title": "planned before"}),
            await planned(assistant, "delete_records", **where, ids=["3"]),
            await planned(assistant, "create_records", **where, records=[{"Title": "planned before"}]),
        ]
        carried_out = await planned(assistant, "edit_records", **where, ids=["1"], values={"Ref": "R9"})
        assert (await applied(assistant, carried_out, database=CLOSED))["state"] == "done"
        changes = assistant.application.workspaces[CLOSED].changes
        for plan in waiting:
            progress = await changes.known.found_by_anybody(plan["change_id"])
            await changes.agreements.agreed(progress.plan, progress.plan.who, SOMEBODY)
        return [plan["change_id"] for plan in (*waiting, carried_out)]


async def try_everything(
    assistant: Assistant, plans: Sequence[str] = (), reach: Reach = Reach.PAIRS
) -> list[tuple[Attempt, bool, str]]:
    """(attempt, whether it was answered, all that was said)"""
    found = await assistant.call("find_records", database=CLOSED, layout="Jobs")
    handle = facts(found).get("found_set", "none")
    heard: list[tuple[Attempt, bool, str]] = []
    known = list(plans)
    for attempt in await attempts(assistant.client, reach):
        speaks_of_a_plan = PLAN in attempt.arguments.values()
        for plan in known[-LATEST:] if speaks_of_a_plan and known else ["none"]:
            arguments = attempt.with_real({FOUND: handle, PLAN: plan})
            result = await assistant.call(attempt.tool, database=CLOSED, **arguments)
            heard.append((attempt, not result.is_error, whole(result)))
            if (made := facts(result).get("change_id")) is not None:
                known.append(str(made))
    heard.append((Attempt("prompts and resources", {}), True, await beside_the_tools(assistant.client)))
    return heard


def everything_written(folder: Path) -> bytes:
    """All that lies on the disk afterwards: exports, saved files, plans and journal; workbooks unpacked."""
    content = b""
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or "solutions" in file.parts:
            continue
        content += file.name.encode() + file.read_bytes()
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as packed:
                content += b"".join(packed.read(name) for name in packed.namelist())
    return content


def without_chance(said: str, folder: Path) -> str:
    """What is said without times, random letters of ids, and where the folder of this run is."""
    said = said.replace(str(folder), "FOLDER")
    said = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?", "TIME", said).replace(
        "TIME to TIME", "TIME"
    )
    said = re.sub(r"\b[0-9a-f]{64}\b", "DIGEST", said)
    said = re.sub(r"(bytes\W+)\d+", r"\1SIZE", said)  # a workbook says when it was made
    return re.sub(r"(?<=[A-Za-z0-9]-)[a-z0-9]{4,5}\b", "ABCD", said)
