"""The server over HTTP in this process, and real clients of it: the SDK's, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult

from filemaker_mcp.server.app.http.http_application import put_together
from filemaker_mcp.server.app.http.http_service import PATH, HttpParts, http_service
from filemaker_mcp.server.app.sample_server import everything_allowed
from filemaker_mcp.server.auth.clock import Clock
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.config.settings import Settings
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.http.web_server import Listening, web_server

from ..assistant import SAMPLE, Mode, said
from ..host_of import host_of


@dataclass(frozen=True)
class HttpServer:
    url: str
    parts: HttpParts
    emulator: Emulator
    host: str = ""
    """As whoever calls names it."""

    @property
    def origin(self) -> str:
        return self.url.removesuffix(PATH)

    @asynccontextmanager
    async def person(self, token: str, mode: Mode = "auto") -> AsyncGenerator[Person]:
        """A client that comes with this token."""
        headers = {"Authorization": f"Bearer {token}", "Host": self.host}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60) as http,
            Client(streamable_http_client(self.url, http_client=http), mode=mode) as client,
        ):
            yield Person(client)

    async def status_of(self, token: str, **headers: str) -> tuple[int, str]:
        """What whoever comes with this token is answered: status, and what is said."""
        asked: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
        speaks = {
            "Accept": "application/json, text/event-stream",
            "Authorization": f"Bearer {token}",
            "Host": self.host,
        }
        async with httpx.AsyncClient(headers=speaks | headers) as http:
            answer = await http.post(self.url, json=asked)
        return answer.status_code, answer.text


@dataclass(frozen=True)
class Person:
    client: Client

    async def call(self, tool: str, **arguments: object) -> CallToolResult:
        return await self.client.call_tool(tool, arguments)

    async def ask(self, tool: str, **arguments: object) -> dict[str, Any]:
        """The facts of an answer. Work that outlasts its call on a busy machine is waited for."""
        result = await self.call(tool, **arguments)
        assert not result.is_error, said(result)
        facts = cast("dict[str, Any]", result.structured_content)
        while facts.get("state") == "running" and "job" in facts:
            facts = await self.ask("check_job", job=facts["job"], wait=50)
        return facts

    async def refused(self, tool: str, **arguments: object) -> str:
        result = await self.call(tool, **arguments)
        assert result.is_error, result.structured_content
        return said(result)


@asynccontextmanager
async def http_server(
    settings: Mapping[str, Any] | None = None,
    *,
    emulator: Emulator | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Clock | None = None,
    reread: Callable[[], Settings] | None = None,
) -> AsyncGenerator[HttpServer]:
    """On the sample solution, with everything allowed unless `settings` (as a file) say otherwise."""
    emulator = emulator or host_of()
    tree = dict(settings or {})
    if "database" not in tree:
        tree = overlaid(tree, everything_allowed() | SAMPLE)
    configured = settled(tree, None)
    transport = transport or httpx.ASGITransport(app=emulator.app)
    parts = put_together(
        configured, dict.fromkeys(configured.database, transport), clock=clock, reread=reread
    )
    listening = Listening("127.0.0.1", 0, parts.settings.connections, parts.settings.proxies)
    socket = listening.socket()
    server = web_server(http_service(parts).app, listening)
    serving = asyncio.create_task(server.serve([socket]))
    try:
        here = f"127.0.0.1:{socket.getsockname()[1]}"
        public = (parts.settings.public_url or "").partition("://")[2]
        yield HttpServer(f"http://{here}{PATH}", parts, emulator, public or here)
    finally:
        server.should_exit = True
        await serving


def bearer() -> str:
    """The bearer of this machine."""
    from filemaker_mcp.server.local.places import bearer_file

    return Path(bearer_file()).read_text("ascii")
