"""With `access = "read"` and no script listed, nothing that an assistant can say changes anything: store compared byte for byte."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from mcp.server.mcpserver.tools import Tool

from filemaker_mcp.server.dataapi.models import (
    File,
    PortalWrite,
    Query,
    ScriptCall,
    Scripts,
    Write,
)
from filemaker_mcp.server.database import Database
from filemaker_mcp.server.errors import FilemakerMcpError
from filemaker_mcp.tools import TOOLS

from ..assistant import Assistant
from ..changes.shop import in_workshop

pytestmark = pytest.mark.anyio

READING = {
    "FILEMAKER_ACCESS": "read",
    "FILEMAKER_SCRIPTS": "{}",
    "FILEMAKER_APPROVAL": "host",
    "FILEMAKER_CONFIRM": "never",
}
SAID: dict[str, list[Any]] = {
    "layout": ["Jobs", "Tasks"],
    "layouts": [["Jobs"]],
    "id": ["1", "2"],
    "ids": [["1"], ["1", "2", "3"]],
    "copy_of": [["1"], None],
    "records": [[{"Title": "x"}], {"1": {"Title": "x"}}, None],
    "values": [
        {"Title": "x"},
        {"Tasks": {"remove": ["1"]}},
        {"deleteRelated": "Tasks.1"},
        {"Sketch": {"clear": True}},
    ],
    "where": [None, {}, {"Title": {"raw": "*"}}, {"script": "Stamp"}, {"script.prerequest": "Stamp"}],
    "omit": [None, {"Title": "x"}],
    "field": ["Sketch", "Title"],
    "fields": [None, ["Title"]],
    "script": ["Stamp"],
    "parameter": [None, "x"],
    "change_id": ["edit-1-Jobs-abcd", None],
    "sort": [[], ["Title"]],
    "database": ["Workshop"],
}
EXTRA: tuple[dict[str, Any], ...] = (
    {},
    {"script": "Stamp"},
    {"script.prerequest": "Stamp", "script.prerequest.param": "x"},
    {"script.presort": "Stamp"},
    {"layout.response": "Brief"},
    {"options": {"entrymode": "script", "prohibitmode": "script"}},
    {"deleteRelated": "Tasks.1"},
    {"fieldData": {"Title": "x"}},
    {"globalFields": {"Jobs::Title": "x"}},
    {"confirm": True},
    {"approved": True},
)


async def test_nothing_that_can_be_said_through_any_tool_changes_the_store(tmp_path: Path) -> None:
    async with in_workshop(environment=READING | {"FILEMAKER_FILES_FOLDER": str(tmp_path)}) as assistant:
        before = assistant.emulator.digest()
        offered = {tool.name: tool for tool in (await assistant.client.list_tools()).tools}
        tried = 0
        for name in (declaration.name for declaration in TOOLS):
            for arguments in _everything(offered.get(name), name):
                await assistant.call(name, **arguments)
                tried += 1
        assert tried > 1000
        _unchanged(assistant, before)
        writing = {
            "create_records",
            "edit_records",
            "delete_records",
            "apply_change",
            "undo_change",
            "run_script",
        }
        assert not writing & set(offered)


def _everything(tool: Any, name: str) -> list[dict[str, Any]]:
    """Combinations of what a tool takes; for one that is not offered, what it would take if it were."""
    properties = list(tool.input_schema["properties"]) if tool else _parameters(name)
    known = [each for each in properties if each in SAID]
    some = itertools.islice(itertools.product(*(SAID[each] for each in known)), 60)
    combined = [dict(zip(known, values, strict=True)) for values in some]
    return [each | extra for each in combined for extra in EXTRA[: len(EXTRA) if len(combined) < 20 else 4]]


def _parameters(name: str) -> list[str]:
    (declaration,) = (each for each in TOOLS if each.name == name)
    return list(Tool.from_function(declaration.function, context_kwarg="call").parameters["properties"])


ROW = {"Tasks": (PortalWrite({"Tasks::Text": "x"}, record_id="1"),)}
ONLY_READING: dict[str, Callable[[Database], Awaitable[object]]] = {
    "create": lambda d: d.create("Jobs", Write({"Title": "x"})),
    "create with a related row": lambda d: d.create("Jobs", Write({"Title": "x"}, portals=ROW)),
    "create without validation": lambda d: d.create("Jobs", Write({"Title": "x"}, skip_validation=True)),
    "edit": lambda d: d.edit("Jobs", "1", Write({"Title": "x"}), mod_id=None),
    "edit, said to be one's own": lambda d: d.edit("Jobs", "1", Write({"Title": "x"}), mod_id="0", own=True),
    "edit of a related row": lambda d: d.edit("Jobs", "1", Write({}, portals=ROW), mod_id=None),
    "removing a related row": lambda d: d.edit(
        "Jobs", "1", Write({}, delete_related=(("Tasks", "1"),)), mod_id=None
    ),
    "edit against prohibition": lambda d: d.edit(
        "Jobs", "1", Write({"ID": "x"}, override_prohibition=True), mod_id=None
    ),
    "edit of nothing": lambda d: d.edit("Jobs", "1", Write({}), mod_id=None),
    "delete": lambda d: d.delete("Jobs", "1"),
    "delete, said to be one's own": lambda d: d.delete("Jobs", "1", own=True),
    "duplicate": lambda d: d.duplicate("Jobs", "1"),
    "upload": lambda d: d.upload("Jobs", "1", "Sketch", File("x.txt", "text/plain", b"x")),
    "script": lambda d: d.run_script("Jobs", ScriptCall("Stamp", "x")),
    "script with a global": lambda d: d.run_script(
        "Jobs", ScriptCall("Stamp"), global_fields={"Jobs::Title": "x"}
    ),
    "script before a find": lambda d: d.page(Query("Jobs", scripts=Scripts(prerequest=ScriptCall("Stamp")))),
    "script before the sort": lambda d: d.page(Query("Jobs", scripts=Scripts(presort=ScriptCall("Stamp")))),
    "script after a find": lambda d: d.page(Query("Jobs", scripts=Scripts(after=ScriptCall("Stamp")))),
}
"""Every way in which `Database` could write, run or set validation aside, by effect and not by HTTP verb."""


@pytest.mark.parametrize("what", ONLY_READING)
async def test_every_endpoint_and_parameter_that_writes_or_runs_is_refused_before_it_is_sent(
    what: str,
) -> None:
    async with in_workshop(environment=READING) as assistant:
        before = assistant.emulator.digest()
        (workspace,) = assistant.application.workspaces.values()
        sent = len(assistant.emulator.requests)
        with pytest.raises(FilemakerMcpError) as refused:
            await ONLY_READING[what](workspace.database)
        assert "owner" in str(refused.value) or "script" in str(refused.value)
        writes = [
            r
            for r in assistant.emulator.requests[sent:]
            if r.method in ("PATCH", "DELETE") or "script" in r.path
        ]
        assert not writes
        _unchanged(assistant, before)


def _unchanged(assistant: Assistant, before: str) -> None:
    assert assistant.emulator.digest() == before
