"""Every way to sign in behind host names of one pretended internet, and an assistant in front of it."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from mcp import Client
from mcp_types import CallToolResult, TextContent
from starlette.types import ASGIApp, Receive, Scope, Send

from filemaker_mcp.server.app.app import build
from filemaker_mcp.server.auth.claris.cognito import UserPool
from filemaker_mcp.server.auth.claris.pool_discovery import PoolDiscovery
from filemaker_mcp.server.auth.claris.token_giver import TokenGiver
from filemaker_mcp.server.auth.claris.token_service import application
from filemaker_mcp.server.auth.oauth import OAuthHost, saved_name
from filemaker_mcp.server.auth.saved_login import LoginFiles
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.emulator.cognito.pool import UserPool as EmulatedPool
from filemaker_mcp.server.emulator.faults.layer import FaultLayer
from filemaker_mcp.server.emulator.serving import Dated
from filemaker_mcp.server.emulator.sign_in.cloud import CloudFront

from ..host_of import host_of
from .hosts import EmulatedTime, Internet

SOLUTION = Path(__file__).parent / "ways_in"
HOST = "fm.example.com"
CLOUD = "shop.account.filemaker-cloud.com"
OTTO = "otto.example.com"
COGNITO = "cognito-idp.us-west-2.amazonaws.com"
TOKENS = "localhost"
OTTO_KEY = "dk_0123456789"
ADA = "ada@example.com"
ADAS_PASSWORD = "Analytical Engine 1843"

FILE_ACCOUNT = {
    "FILEMAKER_HOST": HOST,
    "FILEMAKER_DATABASE": "Shop",
    "FILEMAKER_USERNAME": "till",
    "FILEMAKER_PASSWORD": "cash",
}
CLARIS_ID = {
    "FILEMAKER_HOST": CLOUD,
    "FILEMAKER_DATABASE": "Shop",
    "FILEMAKER_USERNAME": ADA,
    "FILEMAKER_PASSWORD": ADAS_PASSWORD,
}
BY_PROVIDER = {"FILEMAKER_HOST": HOST, "FILEMAKER_DATABASE": "Shop", "FILEMAKER_PROVIDER": "Microsoft"}
BY_OTTO = {"FILEMAKER_HOST": OTTO, "FILEMAKER_DATABASE": "Shop", "FILEMAKER_OTTO_KEY": OTTO_KEY}
BY_SERVICE = CLARIS_ID | {"FILEMAKER_TOKEN_SERVICE": f"https://{TOKENS}"}


class Otto:
    """OttoFMS as a client sees it: a path of its own, and a key in place of sessions (section 16 [U])."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._key = key
        self.token = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix("/otto")
        authorization = dict(scope["headers"]).get(b"authorization", b"").decode()
        if authorization and authorization != f"Bearer {self._key}":
            body = b'{"messages":[{"code":"952","message":"Invalid key"}],"response":{}}'
            await send(
                {
                    "type": "http.response.start",
                    "status": 401,
                    "headers": [(b"content-type", b"application/json")],
                }
            )
            await send({"type": "http.response.body", "body": body})
            return
        if authorization and not self.token:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://inside") as inside:
                sessions = "/fmi/data/vLatest/databases/Shop/sessions"
                answer = await inside.post(sessions, auth=("till", "cash"), json={})
                self.token = answer.headers["x-fm-data-access-token"]
        kept = [(name, value) for name, value in scope["headers"] if name != b"authorization"]
        if authorization:
            kept.append((b"authorization", f"Bearer {self.token}".encode()))
        await self._app({**scope, "path": path, "raw_path": path.encode(), "headers": kept}, receive, send)


class Stand:
    """The emulated host and everything beside it; `fm`, `cognito` and `tokens` take faults."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = ManualClock()
        self.time = EmulatedTime(self.clock)
        self.emulator = host_of(SOLUTION, clock=self.clock)
        app = Dated(self.emulator.app, self.clock)
        self.front = CloudFront(app, self.pool, self.clock)
        self.fm = FaultLayer(app, self.clock)
        self.cloud = FaultLayer(self.front, self.clock)
        self.cognito = FaultLayer(app, self.clock)
        self.otto = Otto(app, OTTO_KEY)
        self.internet = Internet()
        giver = TokenGiver(self.internet.client, PoolDiscovery(UserPool(), self.internet.client), self.time)
        self.tokens = FaultLayer(application(giver), self.clock)
        self.internet.hosts = {
            HOST: self.fm,
            CLOUD: self.cloud,
            COGNITO: self.cognito,
            OTTO: self.otto,
            TOKENS: self.tokens,
        }

    @property
    def pool(self) -> EmulatedPool:
        assert self.emulator.pool is not None
        return self.emulator.pool

    @asynccontextmanager
    async def assistant(
        self,
        environment: Mapping[str, str],
        file: Mapping[str, Any] | None = None,
        *,
        has_screen: bool = False,
    ) -> AsyncGenerator[Assistant]:
        """A real MCP client before the real tools; `file` is a configuration file's content. `has_screen`: a person is there."""
        own = {"FILEMAKER_STATE": str(self.folder / "state.sqlite")}
        settings = settled(overlaid(dict(file or {}), own | dict(environment)), None)
        transport = httpx.ASGITransport(app=self.internet)
        application = build(
            settings,
            clock=self.time,
            emulated=dict.fromkeys(settings.database, transport),
            open_browser=(lambda address: True) if has_screen else None,
        )
        try:
            async with Client(application.server) as client:
                yield Assistant(client)
        finally:
            await application.close()


@dataclass(frozen=True)
class Assistant:
    client: Client
    heard: list[str] = field(default_factory=list[str])
    """Everything that a model was told."""

    async def call(self, tool: str, **arguments: object) -> CallToolResult:
        result = await self.client.call_tool(tool, arguments)
        self.heard.append(result.model_dump_json())
        return result

    async def text(self, tool: str, **arguments: object) -> str:
        result = await self.call(tool, **arguments)
        return "".join(block.text for block in result.content if isinstance(block, TextContent))

    async def sales(self) -> str:
        """What a tool that needs FileMaker answers."""
        return await self.text("find_records", layout="Sales")

    async def stages(self, **arguments: object) -> list[dict[str, Any]]:
        result = await self.call("check_connection", **arguments)
        assert result.structured_content is not None
        return result.structured_content["stages"]


async def consented(
    stand: Stand, account: str = "grace@example.com", file: str = "Shop", host: str = HOST
) -> None:
    """What `filemaker-mcp login` keeps after a person consented in the browser."""
    provider = OAuthHost(f"https://{host}", stand.internet.client)
    assert await provider.providers() == ("Microsoft",)
    consent = await provider.begin("Microsoft", "http://127.0.0.1:49152/")
    async with stand.internet.client() as browser:
        page = await browser.get(consent.page)
        state = re.search(r'name="state" value="([^"]+)"', page.text)
        assert state is not None
        back = await browser.post(
            f"https://{host}/pretend-provider", data={"state": state[1], "account": account}
        )
    identifier = parse_qs(urlsplit(back.headers["location"]).query)["identifier"][0]
    values = {"request_id": consent.request_id, "identifier": identifier}
    LoginFiles(stand.folder / "sign-in").write(saved_name(f"https://{host}", file, "Microsoft"), values)
