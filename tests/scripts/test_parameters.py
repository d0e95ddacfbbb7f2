"""A script's parameter arrives byte for byte, by every route of the Data API and with every character that gets in the way."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from filemaker_mcp.server.app.sample_server import ACCOUNT, FILE, PASSWORD
from filemaker_mcp.server.auth.clock import SystemClock
from filemaker_mcp.server.auth.credentials import BasicAccount
from filemaker_mcp.server.auth.http_connection import connections
from filemaker_mcp.server.auth.sessions.session_pool import Pool
from filemaker_mcp.server.dataapi.client import DataApi
from filemaker_mcp.server.dataapi.query import FindRequest, Query
from filemaker_mcp.server.dataapi.request_scripts import ScriptCall, ScriptOutcome, Scripts
from filemaker_mcp.server.dataapi.transport import Transport
from filemaker_mcp.server.dataapi.write import Write
from filemaker_mcp.server.emulator.app import Emulator

from ..assistant import assisted
from ..host_of import host_of

pytestmark = pytest.mark.anyio

TROUBLE = ('"', "&", "/", "#", "+", "%", "\r", "\n", "\r\n", "ü", "\\", "?", "=", " ", "%2F", "日本", "😀")
TEXTS = (*((each, each) for each in TROUBLE), ("all of them", "".join(TROUBLE)))
IN_BODY, IN_ADDRESS = 6_000, 1_200

Route = Callable[[DataApi, str, Scripts], Awaitable[ScriptOutcome | None]]


def text_of(trouble: str, size: int) -> str:
    """So many bytes of UTF-8: what is in the way, at both ends and in between, so rarely that an address still takes it."""
    piece = trouble + "x" * (24 * len(trouble.encode()))
    body = piece * (size // len(piece.encode()))
    rest = size - len(body.encode()) - len(trouble.encode())
    return f"{body}{'x' * rest}{trouble}" if rest >= 0 else body


async def created(api: DataApi, record: str, scripts: Scripts) -> ScriptOutcome | None:
    return (await api.create("Tasks", Write({"Title": record}), scripts)).scripts.after


async def edited(api: DataApi, record: str, scripts: Scripts) -> ScriptOutcome | None:
    answer = await api.edit("Tasks", record, Write({"Title": "two"}), mod_id=None, scripts=scripts)
    return answer.scripts.after


async def found(api: DataApi, record: str, scripts: Scripts) -> ScriptOutcome | None:
    query = Query("Tasks", (FindRequest({"Title": "*"}),), limit=1, scripts=scripts)
    return (await api.page(query)).scripts.after


async def duplicated(api: DataApi, record: str, scripts: Scripts) -> ScriptOutcome | None:
    return (await api.duplicate("Tasks", record, scripts)).scripts.after


async def by_itself(api: DataApi, record: str, scripts: Scripts) -> ScriptOutcome | None:
    assert scripts.after is not None
    return await api.run_script("Tasks", scripts.after)


async def read_one(api: DataApi, record: str, scripts: Scripts) -> ScriptOutcome | None:
    read = await api.record("Tasks", record, portals=(), scripts=scripts)
    assert read.record_id == record
    return None


async def read_range(api: DataApi, record: str, scripts: Scripts) -> ScriptOutcome | None:
    return (await api.page(Query("Tasks", limit=1, scripts=scripts))).scripts.after


async def deleted(api: DataApi, record: str, scripts: Scripts) -> ScriptOutcome | None:
    doomed = await api.create("Tasks", Write({"Title": "doomed"}))
    return (await api.delete("Tasks", doomed.record_id, scripts)).scripts.after


ROUTES: dict[str, tuple[Route, int]] = {
    "find": (found, IN_BODY),
    "create": (created, IN_BODY),
    "edit": (edited, IN_BODY),
    "duplicate": (duplicated, IN_BODY),
    "script": (by_itself, IN_ADDRESS),
    "record": (read_one, IN_ADDRESS),
    "range": (read_range, IN_ADDRESS),
    "delete": (deleted, IN_ADDRESS),
}


@asynccontextmanager
async def a_client(emulator: Emulator) -> AsyncGenerator[DataApi]:
    connect = connections(ca_file=None, transport=httpx.ASGITransport(app=emulator.app))
    where: dict[str, Any] = {"base_url": "http://127.0.0.1", "database": FILE, "api": "vLatest"}
    clock = SystemClock()
    account = BasicAccount(ACCOUNT, lambda: PASSWORD, clock)
    pool = Pool(**where, credentials=account, size=1, http=connect, clock=clock)
    meter: list[int] = []
    try:
        yield DataApi(Transport(pool, **where, http=connect, clock=clock, timeout=30, on_bytes=meter.append))
    finally:
        await pool.close()


@pytest.mark.parametrize("route", ROUTES)
async def test_a_parameter_arrives_byte_for_byte_by(route: str) -> None:
    emulator = host_of()
    send, size = ROUTES[route]
    async with a_client(emulator) as api:
        record = (await api.create("Tasks", Write({"Title": "one"}))).record_id
        for name, trouble in TEXTS:
            text = text_of(trouble, size)
            assert size - len(trouble.encode()) * 25 < len(text.encode()) <= size
            outcome = await send(api, record, Scripts(after=ScriptCall("Echo", text)))
            (run,) = emulator.scripts_run[-1:]
            assert run.parameter.encode() == text.encode(), f"{name!r} by {route}"
            assert outcome is None or outcome.result == text
    assert len(emulator.scripts_run) == len(TEXTS)


async def test_a_parameter_of_the_assistant_arrives_byte_for_byte_by_address_and_by_carrier() -> None:
    carrier = {"layout": "Products", "where": {"SKU": "*"}}
    echo = {"Echo": {"effect": "reads", "layout": "Tasks", "carrier": carrier}}
    async with assisted({"FILEMAKER_SCRIPTS": json.dumps(echo)}) as assistant:
        for _, trouble in TEXTS:
            for size, path in ((IN_ADDRESS, "/script/Echo"), (IN_BODY, "/layouts/Products/_find")):
                text = text_of(trouble, size)
                answer = await assistant.ask("run_script", script="Echo", parameter=text, repeat=True)
                assert answer["result"] == text
                assert assistant.emulator.scripts_run[-1].parameter.encode() == text.encode()
                assert path in assistant.emulator.requests[-1].path
        for text in ('{ "month" : 1 }', "[1,2]", "007", "true", "null", '"quoted"'):
            await assistant.ask("run_script", script="Echo", parameter=text, repeat=True)
            assert assistant.emulator.scripts_run[-1].parameter == text


async def test_the_same_json_in_another_order_or_as_text_is_the_same_run() -> None:
    same = ({"a": 1, "b": [2]}, {"b": [2], "a": 1}, '{"b": [2],\n "a": 1}')
    scripts = {
        "Echo": {"effect": "reads", "layout": "Tasks"},
        "Restock": {"effect": "changes", "layout": "Products"},
    }
    environment = {"FILEMAKER_SCRIPTS": json.dumps(scripts), "FILEMAKER_APPROVAL": "client"}
    async with assisted(environment) as assistant:
        for parameter in same:
            await assistant.ask("run_script", script="Echo", parameter=parameter)
        plan, *others = [
            await assistant.ask("run_script", script="Restock", parameter=parameter) for parameter in same
        ]
        await assistant.ask("apply_change", change_id=plan["change_id"])
        for other in others:
            await assistant.ask("apply_change", change_id=other["change_id"])
        assert [run.script for run in assistant.emulator.scripts_run] == ["Echo", "Restock"]


async def test_a_long_parameter_without_a_carrier_is_refused_before_anything_is_sent() -> None:
    reads = {"effect": "reads", "layout": "Tasks"}
    async with assisted({"FILEMAKER_SCRIPTS": json.dumps({"Echo": reads})}) as assistant:
        before = len(assistant.emulator.requests)
        for text in (*(text_of(trouble, IN_BODY) for _, trouble in TEXTS), "x" * 100_000):
            refusal = await assistant.refused("run_script", script="Echo", parameter=text)
            assert "Nothing was sent" in refusal
            assert len(refusal) < 600
        assert len(assistant.emulator.requests) == before
        assert assistant.emulator.scripts_run == []
