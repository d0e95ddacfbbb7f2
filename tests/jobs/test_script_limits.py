"""What must not happen with scripts: one that is not listed, one that runs twice over a restart, a parameter that arrives otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from filemaker_mcp.server.app.sample import ACCOUNT, FILE, PASSWORD, sample_folder
from filemaker_mcp.server.auth.clock import SystemClock
from filemaker_mcp.server.auth.connection import connections
from filemaker_mcp.server.auth.credentials import BasicAccount
from filemaker_mcp.server.auth.pool import Pool
from filemaker_mcp.server.dataapi.client import DataApi
from filemaker_mcp.server.dataapi.models import FindRequest, Query, ScriptCall, Scripts, Write
from filemaker_mcp.server.dataapi.transport import Transport
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.tools import TOOLS

from ..assistant import assisted
from .one_clock import ServerClock, timed

pytestmark = pytest.mark.anyio

ODD = '" & / # + % \\ \r\n ü 日本 '


async def test_no_tool_and_no_parameter_runs_a_script_that_is_not_listed() -> None:
    listed = {"Echo": {"effect": "reads", "layout": "Tasks"}}
    async with assisted({"FILEMAKER_ACCESS": "delete", "FILEMAKER_SCRIPTS": json.dumps(listed)}) as assistant:
        tools = {tool.name: tool for tool in (await assistant.client.list_tools()).tools}
        tricks: list[object] = [
            "Restock",
            "restock",
            "Restock?script=Restock",
            "Echo/../Restock",
            {"script": "Restock"},
            {"script.prerequest": "Restock", "script": "Restock"},
            [{"script": "Restock"}],
            ["Restock"],
        ]
        for declaration in TOOLS:
            parameters = dict(tools[declaration.name].input_schema["properties"])
            base: dict[str, object] = {"layout": "Products"} if "layout" in parameters else {}
            for name in (*parameters, "script", "script.prerequest", "script.presort", "scripts"):
                for trick in tricks:
                    await assistant.call(declaration.name, **{**base, name: trick})
        paths = [request.path for request in assistant.emulator.requests]
        assert not [path for path in paths if "/script/" in path and "/script/Echo" not in path]
        products = await assistant.ask("find_records", layout="Products", where={"To Reorder": 1}, limit=1)
        assert products["found"] > 0


async def test_a_script_that_was_running_when_the_server_ended_is_unknown_and_not_run_again(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    emulator = Emulator([sample_folder()], clock=clock)
    environment = {
        "FILEMAKER_SCRIPTS": json.dumps({"Slow": {"effect": "reads", "layout": "Tasks"}}),
        "FILEMAKER_STATE": str(tmp_path / "state.db"),
    }
    question: dict[str, Any] = {"script": "Slow", "parameter": "180"}
    async with assisted(environment, emulator=emulator, clock=ServerClock(clock)) as assistant:
        await assistant.ask("list_scripts")
        first, _ = await timed(clock, assistant.ask("run_script", **question))
        assert first["state"] == "running"
    async with assisted(environment, emulator=emulator, clock=ServerClock(clock)) as assistant:
        told = await assistant.ask("check_job", job=first["job"])
        assert told["state"] == "unknown"
        assert "not run again by itself" in told["said"]
        again = await assistant.ask("run_script", **question)
        assert (again["state"], again["job"]) == ("unknown", first["job"])
    assert sum("/script/Slow" in request.path for request in emulator.requests) <= 1


async def test_a_parameter_arrives_byte_for_byte_by_every_way_that_a_script_can_take() -> None:
    emulator = Emulator([sample_folder()])
    connect = connections(ca_file=None, transport=httpx.ASGITransport(app=emulator.app))
    where = {"base_url": "http://127.0.0.1", "database": FILE, "api": "vLatest"}
    clock = SystemClock()
    pool = Pool(
        **where, credentials=BasicAccount(ACCOUNT, lambda: PASSWORD), size=1, http=connect, clock=clock
    )
    count: Callable[[int], None] = lambda count: None  # noqa: E731 -- nothing to count here
    api = DataApi(Transport(pool, **where, http=connect, clock=clock, timeout=30, on_bytes=count))
    long = (ODD * 400)[:6000]
    echo = Scripts(after=ScriptCall("Echo", long))
    try:
        written = await api.create("Tasks", Write({"Title": "one"}), echo)
        outcomes = [written.scripts.after]
        edited = await api.edit(
            "Tasks", written.record_id, Write({"Title": "two"}), mod_id=None, scripts=echo
        )
        outcomes.append(edited.scripts.after)
        outcomes.append((await api.duplicate("Tasks", written.record_id, echo)).scripts.after)
        found = Query("Tasks", (FindRequest({"Title": "*"}),), limit=1, scripts=echo)
        outcomes.append((await api.page(found)).scripts.after)
        assert [outcome.result for outcome in outcomes if outcome is not None] == [long] * 4
        short = (ODD * 80)[: 1200 // 3]
        assert (await api.run_script("Tasks", ScriptCall("Echo", short))).result == short
        scripts = Scripts(after=ScriptCall("Echo", short))
        assert (await api.page(Query("Tasks", limit=1, scripts=scripts))).scripts.after is not None
        gone = await api.delete("Tasks", written.record_id, scripts)
        assert gone.scripts.after is not None
        assert gone.scripts.after.result == short
    finally:
        await pool.close()
