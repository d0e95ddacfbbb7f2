"""The whole server over a real socket, with people who sign in, and a browser in which they do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.session import ElicitationFnT
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import (
    AuthorizationCodeResult,
    OAuthClientInformationFull,
    OAuthClientMetadata,
    OAuthToken,
)
from playwright.async_api import Page, async_playwright
from pydantic import AnyUrl

from filemaker_mcp.server.app.http.http_application import put_together
from filemaker_mcp.server.app.http.http_service import PATH, HttpParts, http_service
from filemaker_mcp.server.app.sample_server import everything_allowed
from filemaker_mcp.server.auth.clock import Clock
from filemaker_mcp.server.authorization.clients.guarded_fetch import GuardedFetch
from filemaker_mcp.server.authorization.sign_in.invitation_store import InvitationStore
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.config.settings import Settings
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.clock import SystemClock
from filemaker_mcp.server.emulator.faults.layer import FaultLayer
from filemaker_mcp.server.http.web_server import Listening, web_server
from filemaker_mcp.server.local.state.state import State
from filemaker_mcp.server.local.state.state_place import is_address

from ..approval.browser import SETTINGS, chromium
from ..assistant import ACCOUNT, SAMPLE
from ..host_of import host_of
from ..postgres import stored

BACK = "http://localhost:48219/callback"  # nobody listens there; a low port is refused by browsers before they ask


@dataclass(frozen=True)
class Served:
    origin: str
    parts: HttpParts
    emulator: Emulator
    faults: FaultLayer
    file: dict[str, Any]
    """What its file says."""

    async def revised(self, **change: Any) -> None:
        """The file says something else, and is read again as after a SIGHUP."""
        self.file.update(change)
        assert self.parts.reload is not None
        await self.parts.reload()

    @property
    def state(self) -> State:
        return self.parts.servers.state

    @property
    def invitations(self) -> InvitationStore:
        return InvitationStore(self.state, time.time)


@asynccontextmanager
async def served(
    folder: Path,
    sign_in: Mapping[str, Any] | None = None,
    *,
    clock: Clock | None = None,
    http: Mapping[str, Any] | None = None,
    fetch: GuardedFetch | None = None,
    roles: Mapping[str, str] | None = None,
    **more: Any,
) -> AsyncGenerator[Served]:
    """With passkeys, unless `sign_in` says otherwise. Whoever is called ada has everything, and so has the sample's account;
    `http` and `more` are of the file, `roles` of further people who come by invitation."""
    emulator = host_of()
    state = stored({"FILEMAKER_STATE": str(folder / "state.db")})["FILEMAKER_STATE"]
    socket = Listening("127.0.0.1", 0, 50).socket()
    origin = f"http://localhost:{socket.getsockname()[1]}"
    own = {
        "name": "Rope & Sons",
        "more_clients": [{"id": "desk", "name": "Desk", "redirects": ["http://localhost/callback"]}],
    }
    tree: dict[str, Any] = {
        "state": {"postgres": {"env": "STATE_OF_ALL"}} if is_address(state) else state,
        "seal_key": str(folder / "seal.key"),
        "http": {
            "public_url": origin,
            "people": origin,
            "sign_in": {**own, **(sign_in or {"passkeys": True})},
            **(http or {}),
        },
        "callers": [
            {"match": {"issuer": origin, "claim": claim, "has": name}}
            for claim, name in (("person", "ada"), ("account", ACCOUNT))
        ]
        + [
            {"match": {"issuer": origin, "claim": "person", "has": name}, "role": role}
            for name, role in (roles or {}).items()
        ],
        **more,
    }

    def read() -> Settings:
        return settled(overlaid(tree, everything_allowed() | SAMPLE), None)

    settings = read()
    faults = FaultLayer(emulator.app, SystemClock())
    transport = httpx.ASGITransport(app=faults)
    try:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("STATE_OF_ALL", state)
            parts = put_together(
                settings, dict.fromkeys(settings.database, transport), clock=clock, reread=read, fetch=fetch
            )
    except BaseException:
        socket.close()
        raise
    server = web_server(http_service(parts).app, Listening("127.0.0.1", 0, 100))
    serving = asyncio.create_task(server.serve([socket]))
    try:
        yield Served(origin, parts, emulator, faults, tree)
    finally:
        server.should_exit = True
        await serving


@dataclass(frozen=True)
class Device:
    """A browser, and whether its person is there to lay a finger on it."""

    page: Page
    tools: Any
    authenticator: str

    async def is_attended(self, there: bool) -> None:
        told = {"authenticatorId": self.authenticator, "isUserVerified": there}
        await self.tools.send("WebAuthn.setUserVerified", told)


@asynccontextmanager
async def person(**context: Any) -> AsyncGenerator[Device]:
    """A browser with a device that knows its person by a finger."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=SETTINGS)
        try:
            page = await (await browser.new_context(**context)).new_page()
            tools: Any = await page.context.new_cdp_session(page)
            await tools.send("WebAuthn.enable")
            device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                      "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
            made = await tools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
            yield Device(page, tools, made["authenticatorId"])
        finally:
            await browser.close()


class Kept:
    """What the SDK's client keeps: it is registered already."""

    def __init__(self) -> None:
        self.tokens: OAuthToken | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull:
        return OAuthClientInformationFull(
            client_id="desk", redirect_uris=[AnyUrl(BACK)], token_endpoint_auth_method="none"
        )

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        raise AssertionError("nothing is registered here")


@asynccontextmanager
async def assistant(
    origin: str, sign_in: Callable[[str], Any], kept: Kept, person: ElicitationFnT | None = None
) -> AsyncGenerator[Client]:
    """The SDK's own client. `sign_in` presses the buttons of the address and returns the address that the browser was sent to."""
    came: list[str] = []

    async def opened(address: str) -> None:
        came.append(await sign_in(address))

    async def returned() -> AuthorizationCodeResult:
        query = {name: values[0] for name, values in parse_qs(urlsplit(came[-1]).query).items()}
        return AuthorizationCodeResult(code=query["code"], state=query["state"], iss=query.get("iss"))

    told = OAuthClientMetadata(redirect_uris=[AnyUrl(BACK)], client_name="Desk")
    auth = OAuthClientProvider(origin + PATH, told, kept, opened, returned)
    async with (
        httpx2.AsyncClient(auth=auth, timeout=60) as http,
        Client(
            streamable_http_client(origin + PATH, http_client=http), elicitation_callback=person
        ) as connected,
    ):
        yield connected


async def asked(client: Client, tool: str, **arguments: object) -> dict[str, Any]:
    """The facts of an answer. A change that outlasts its call on a busy machine is waited for."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    facts = cast("dict[str, Any]", result.structured_content)
    while tool == "apply_change" and facts.get("state") == "running":
        facts = await asked(client, "check_job", job=facts["job"], wait=50)
    return facts
