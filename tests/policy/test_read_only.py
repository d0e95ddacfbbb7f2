"""With `access = "read"` and no script listed, nothing that an assistant can say changes anything: store compared byte for byte."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.dataapi.client import DataApi
from filemaker_mcp.server.dataapi.query import FindRequest, PortalRange, Query, SortKey
from filemaker_mcp.server.dataapi.record import File
from filemaker_mcp.server.dataapi.request_scripts import ScriptCall, Scripts
from filemaker_mcp.server.dataapi.write import PortalWrite, Write
from filemaker_mcp.server.database.database import Database
from filemaker_mcp.server.errors import FilemakerMcpError
from filemaker_mcp.tools import TOOLS
from filemaker_mcp.tools._tool import Need

from ..changes.workshop_host import in_workshop
from .attempts import FIRST, Reach
from .office import ALLOWED, CLOSED, hosted, plans_made_before, ruled, try_everything

pytestmark = pytest.mark.anyio

READING: Mapping[str, Any] = {"access": "read", "scripts": {}, "approval": "client", "confirm": "never"}


async def test_nothing_that_can_be_said_through_any_tool_changes_the_store(tmp_path: Path) -> None:
    """The tools that change are offered, because another file on the host is open; plans of an open past are there."""
    emulator = hosted(tmp_path)
    plans = await plans_made_before(emulator, tmp_path)
    before = emulator.digest()
    async with ruled(emulator, tmp_path, READING) as assistant:
        heard = await try_everything(assistant, plans)
    assert emulator.digest() == before
    assert not emulator.scripts_run
    assert {attempt.tool for attempt, _, _ in heard} > set(FIRST)
    assert not [(attempt, said) for attempt, _, said in heard if "did not foresee" in said]


async def test_where_all_is_allowed_the_same_attempts_change_the_store_and_run_scripts(
    tmp_path: Path,
) -> None:
    emulator = hosted(tmp_path)
    plans = await plans_made_before(emulator, tmp_path)
    before = emulator.digest().splitlines()
    async with ruled(emulator, tmp_path, ALLOWED | {"confirm": "never"}) as assistant:
        heard = await try_everything(assistant, plans, Reach.FIRST)
    after = emulator.digest().splitlines()
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, True], CLOSED
    assert emulator.scripts_run
    assert {attempt.tool for attempt, answered, _ in heard if answered} > set(FIRST) - {
        "stop_job"
    }  # no job runs


async def test_the_tools_that_change_are_not_even_offered(tmp_path: Path) -> None:
    environment = {"FILEMAKER_ACCESS": "read", "FILEMAKER_SCRIPTS": "{}"}
    async with in_workshop(environment=environment) as assistant:
        offered = {tool.name for tool in (await assistant.client.list_tools()).tools}
        assert offered == {tool.name for tool in TOOLS if tool.need is Need.NOTHING}
        before = assistant.emulator.digest()
        for name in set(FIRST) - offered:
            for arguments in FIRST[name]:
                assert (await assistant.call(name, **arguments)).is_error
        assert assistant.emulator.digest() == before


# Below the tools: every endpoint of the Data API, and every parameter of it, that can write, run or reveal.

READS = {"product", "databases", "validate_session", "layouts", "scripts", "channel", "remark"}
"""Methods of the client without anything that could write, run or reveal a record."""
STAMP = ScriptCall("Stamp", "x")
ROW = {"Tasks": (PortalWrite({"Tasks::Text": "x"}, record_id="1"),)}
FORBIDDEN: dict[str, tuple[str, Callable[[Database], Awaitable[object]]]] = {
    "create": ("create", lambda d: d.create("Jobs", Write({"Title": "x"}))),
    "edit": ("edit", lambda d: d.edit("Jobs", "1", Write({"Title": "x"}), mod_id=None)),
    "edit, said to be one's own": (
        "edit",
        lambda d: d.edit("Jobs", "1", Write({"Title": "x"}), mod_id="0", own=True),
    ),
    "edit of nothing": ("edit", lambda d: d.edit("Jobs", "1", Write({}), mod_id=None)),
    "delete": ("delete", lambda d: d.delete("Jobs", "1")),
    "delete, said to be one's own": ("delete", lambda d: d.delete("Jobs", "1", own=True)),
    "duplicate": ("duplicate", lambda d: d.duplicate("Jobs", "1")),
    "upload": ("upload", lambda d: d.upload("Jobs", "1", "Sketch", File("x.txt", "text/plain", b"x"))),
    "script": ("run_script", lambda d: d.run_script("Jobs", STAMP)),
    "script by the body of a find": (
        "page",
        lambda d: d.run_script("Jobs", STAMP, carrier={"Title": "*"}),
    ),
    "script with a global": (
        "set_globals",
        lambda d: d.run_script("Jobs", STAMP, global_fields={"Jobs::Title": "x"}),
    ),
    "hidden layout": ("layout", lambda d: d.layout("Tasks")),
    "hidden layout, by a record": ("layout", lambda d: d.layout("Tasks", record_id="1")),
    "hidden layout, older metadata": ("legacy_layout", lambda d: d.layout("Tasks", fresh=True)),
    "record of a hidden layout": ("record", lambda d: d.record("Tasks", "1")),
    "hidden portal of a record": ("record", lambda d: d.record("Jobs", "1", portals=(PortalRange("Tasks"),))),
    "container of a hidden layout": ("download", lambda d: d.download("Tasks", "1", "Text", most=99)),
    "hidden container": ("download", lambda d: d.download("Jobs", "1", "Sketch", most=99)),
    "text for a container": ("download", lambda d: d.download("Jobs", "1", "Title", most=99)),
    "unread page of a hidden layout": ("sealed", lambda d: d.sealed(Query("Tasks"))),
    "opening a hidden field": ("sealed", lambda d: d.opener("Jobs", ["Code"])),
}
"""What -> the client's method that it would come to, and the attempt at the choke point under the rules below."""
CLOSING = {
    "FILEMAKER_ACCESS": "read",
    "FILEMAKER_SCRIPTS": "{}",
    "FILEMAKER_LAYOUTS": '["Jobs"]',
    "FILEMAKER_HIDDEN_FIELDS": '["Code", "Sketch"]',
    "FILEMAKER_SCOPE": '{"Jobs": {"where": {"Customer": "Ada"}, "key": "ID"}}',
}
QUERIES: dict[str, Query] = {
    "layout": Query("Tasks"),
    "requests": Query("Jobs", (FindRequest({"Code": "*"}),)),
    "requests, omit": Query("Jobs", (FindRequest({"Code": "*"}, omit=True),)),
    "requests, repetition": Query("Jobs", (FindRequest({"code(1)": "*"}),)),
    "sort": Query("Jobs", sort=(SortKey("Code"),)),
    "portals": Query("Jobs", portals=(PortalRange("Tasks"),)),
    "response_layout": Query("Jobs", response_layout="Tasks"),
    "scripts, prerequest": Query("Jobs", scripts=Scripts(prerequest=STAMP)),
    "scripts, presort": Query("Jobs", scripts=Scripts(presort=STAMP)),
    "scripts, after": Query("Jobs", scripts=Scripts(after=STAMP)),
}
"""A part of a query -> how it could reveal or run."""
WRITES: dict[str, Write] = {
    "fields": Write({"Title": "x"}),
    "portals": Write({}, portals=ROW),
    "delete_related": Write({}, delete_related=(("Tasks", "1"),)),
    "skip_validation": Write({"Title": "x"}, skip_validation=True),
    "override_prohibition": Write({"ID": "x"}, override_prohibition=True),
}
"""A part of a write -> how it could write."""
HARMLESS = {"offset", "limit", "needs"}
"""Parts of a query that say which of the records it has are answered, and what is missed in the answer; `needs` is not sent."""


def _every_attempt() -> list[tuple[str, Callable[[Database], Awaitable[object]]]]:
    found = [(what, attempt) for what, (_, attempt) in FORBIDDEN.items()]
    for part, query in QUERIES.items():
        found.append((f"query: {part}", partial(Database.page, query=query)))
        found.append((f"unread query: {part}", partial(Database.sealed, query=query)))
    for part, write in WRITES.items():
        found.append((f"create: {part}", partial(Database.create, layout="Jobs", write=write)))
        edit = partial(Database.edit, layout="Jobs", record_id="1", write=write, mod_id=None)
        found.append((f"edit: {part}", edit))
    return found


def test_every_endpoint_and_every_part_of_a_request_is_in_the_table() -> None:
    methods = {
        name for name, _ in inspect.getmembers(DataApi, inspect.isfunction) if not name.startswith("_")
    }
    assert methods == READS | {method for method, _ in FORBIDDEN.values()}
    assert {part.partition(",")[0] for part in QUERIES} | HARMLESS == _parts(Query)
    assert {part.partition(", ")[2] for part in QUERIES if part.startswith("scripts")} == _parts(Scripts)
    assert set(WRITES) == _parts(Write)


def _parts(kind: Any) -> set[str]:
    return {field.name for field in dataclasses.fields(kind)}


async def test_every_endpoint_and_parameter_that_writes_runs_or_reveals_is_refused_before_it_is_sent() -> (
    None
):
    async with in_workshop(environment=CLOSING) as assistant:
        before = assistant.emulator.digest()
        (workspace,) = assistant.application.workspaces.values()
        database = workspace.database
        await database.record("Jobs", "1")
        for what, attempt in _every_attempt():
            sent = len(assistant.emulator.requests)
            with pytest.raises(FilemakerMcpError):
                await attempt(database)
            asked = [r.path for r in assistant.emulator.requests[sent:]]
            assert not asked, f"{what} sent {asked}"
        assert assistant.emulator.digest() == before
        assert not assistant.emulator.scripts_run
