"""A call that its client gives up leaves nothing behind on which the next one would wait."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import anyio
import pytest
from httpcore import Request, Response
from httpcore._async.http11 import AsyncHTTP11Connection
from httpcore._trace import Trace
from mcp import Client

from filemaker_mcp.server.app.app import build
from filemaker_mcp.server.app.sample_server import everything_allowed
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.emulator.serving import serving

from ..assistant import SAMPLE
from ..host_of import host_of

pytestmark = pytest.mark.anyio


async def test_a_call_given_up_while_its_connection_opens_does_not_hold_up_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given up at the one turn of the event loop at which the HTTP library has opened a connection and not begun to use it: the
    library keeps its place for ever (httpcore 1.0)."""
    handle = AsyncHTTP11Connection.handle_async_request
    scopes: list[anyio.CancelScope] = []

    async def given_up(self: AsyncHTTP11Connection, request: Request) -> Response:
        if scopes and b"/layouts" in request.url.target:
            scopes.pop().cancel()
        return await handle(self, request)

    monkeypatch.setattr(AsyncHTTP11Connection, "handle_async_request", given_up)
    emulator = host_of()
    async with serving(emulator.app) as url:
        environment = {"FILEMAKER_HOST": url, "FILEMAKER_SESSIONS": "1"}
        tree = overlaid({}, everything_allowed() | SAMPLE | environment)
        application = build(settled(tree | {"state": str(tmp_path / "state.db")}, None))
        try:
            async with Client(application.server) as client:
                for limit in range(1, 4):
                    async with anyio.create_task_group() as group:
                        scopes.append(group.cancel_scope)
                        group.start_soon(
                            client.call_tool, "find_records", {"layout": "Tasks", "limit": limit}
                        )
                    assert group.cancel_scope.cancelled_caught
                    with anyio.fail_after(120):
                        answer = await client.call_tool(
                            "find_records", {"layout": "Tasks", "limit": 5 + limit}
                        )
                    assert not answer.is_error
                assert emulator.open_sessions <= 1
        finally:
            await application.close()
    assert emulator.open_sessions == 0


STEPS = (
    *("connect_tcp", "send_request_headers", "send_request_body", "receive_response_headers"),
    *("receive_response_body", "response_closed"),
)
"""Of one request, as the HTTP library names them."""


async def test_a_call_given_up_at_any_step_of_any_request_does_not_hold_up_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the beginning and at the end of each step, of the sign-in and of the find, with one session for all."""
    armed: list[tuple[str, str, anyio.CancelScope]] = []

    def reached(trace: Trace, when: str) -> None:
        if armed and armed[-1][:2] == (trace.name, when):
            armed.pop()[2].cancel()

    enter, leave = Trace.__aenter__, Trace.__aexit__

    async def entered(self: Trace) -> Trace:
        reached(self, "begun")
        return await enter(self)

    async def left(self: Trace, *error: Any) -> None:
        await leave(self, *error)
        reached(self, "done")

    monkeypatch.setattr(Trace, "__aenter__", entered)
    monkeypatch.setattr(Trace, "__aexit__", left)
    emulator = host_of()
    async with serving(emulator.app) as url:
        environment = {"FILEMAKER_HOST": url, "FILEMAKER_SESSIONS": "1"}
        tree = overlaid({}, everything_allowed() | SAMPLE | environment)
        application = build(settled(tree | {"state": str(tmp_path / "state.db")}, None))
        given_up = 0
        try:
            async with Client(application.server) as client:
                for number, (step, when) in enumerate(product(STEPS, ("begun", "done"))):
                    for is_signed_in in (False, True):
                        if not is_signed_in:
                            emulator.disconnect_all()
                        async with anyio.create_task_group() as group:
                            armed.append((step, when, group.cancel_scope))
                            group.start_soon(client.call_tool, "find_records", question(number))
                        given_up += group.cancel_scope.cancelled_caught
                        armed.clear()
                        with anyio.fail_after(120):
                            answer = await client.call_tool("find_records", question(100 + number))
                        assert not answer.is_error, (step, when, answer.content)
                        assert emulator.open_sessions <= 1
        finally:
            await application.close()
    assert given_up >= 2 * len(STEPS)
    assert emulator.open_sessions == 0


def question(number: int) -> dict[str, object]:
    """One that is not answered from what was read before."""
    return {"layout": "Tasks", "limit": 1, "offset": number}
