"""The whole server over a real socket, with people who sign in, and a browser in which they do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import httpx2
from mcp import Client
from mcp.client.auth import OAuthClientProvider
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
from filemaker_mcp.server.app.http.http_service import PATH, http_service
from filemaker_mcp.server.app.sample_server import everything_allowed, sample_folder
from filemaker_mcp.server.authorization.address_limit import AddressLimit
from filemaker_mcp.server.authorization.authorization_server import AuthorizationServer, Premises
from filemaker_mcp.server.authorization.clients.client_directory import ClientRules
from filemaker_mcp.server.authorization.clients.oauth_client import Client as KnownClient
from filemaker_mcp.server.authorization.sign_in.arrival_desk import ArrivalDesk
from filemaker_mcp.server.authorization.sign_in.invitation_store import InvitationStore
from filemaker_mcp.server.authorization.sign_in.passkey_sign_in import PasskeySignIn
from filemaker_mcp.server.authorization.sign_in.passkey_store import PasskeyStore
from filemaker_mcp.server.authorization.sign_in.way import Way
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.http.web_server import Listening, web_server
from filemaker_mcp.server.local.keys.key_ring import KeyRing
from filemaker_mcp.server.local.state.sqlite_state import SqliteState

from ..approval.browser import chromium
from ..assistant import SAMPLE

BACK = "http://localhost:1/callback"
DESK = ClientRules(listed=(KnownClient("desk", "Desk", ("http://localhost/callback",)),))
Ways = Callable[[ArrivalDesk, Premises], Sequence[Way]]


@dataclass(frozen=True)
class Served:
    origin: str
    server: AuthorizationServer
    invitations: InvitationStore
    state: SqliteState


def passkeys(desk: ArrivalDesk, given: Premises) -> PasskeySignIn:
    invitations = InvitationStore(given.state, given.now)
    store = PasskeyStore(given.state, given.ring, invitations, given.origin, given.owner, given.now)
    return PasskeySignIn(store, invitations, desk.frame, desk.pending, desk, AddressLimit(30, 60, given.now))


@asynccontextmanager
async def served(
    folder: Path, ways: Ways = lambda desk, given: [passkeys(desk, given)]
) -> AsyncGenerator[Served]:
    settings = settled(overlaid({}, everything_allowed() | SAMPLE), None)
    emulator = Emulator([sample_folder()])
    parts = put_together(settings, dict.fromkeys(settings.database, httpx.ASGITransport(app=emulator.app)))
    listening = Listening("127.0.0.1", 0, 100)
    socket = listening.socket()
    origin = f"http://localhost:{socket.getsockname()[1]}"
    state = SqliteState(folder / "state.db")
    premises = Premises(origin, origin + PATH, "Rope & Sons", state, KeyRing.passing(), time.time, rules=DESK)
    own = AuthorizationServer(premises, ways)
    http = parts.settings.model_copy(update={"public_url": origin})
    metadata = own.metadata.removeprefix(origin)
    whole = replace(parts, settings=http, verifier=own, routes=own.routes, metadata=metadata)
    server = web_server(http_service(whole).app, listening)
    serving = asyncio.create_task(server.serve([socket]))
    try:
        yield Served(origin, own, InvitationStore(state, time.time), state)
    finally:
        server.should_exit = True
        await serving
        await state.close()


@asynccontextmanager
async def person(**context: Any) -> AsyncGenerator[Page]:
    """A browser with a device that knows its person by a finger."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        try:
            page = await (await browser.new_context(**context)).new_page()
            tools = await page.context.new_cdp_session(page)
            await tools.send("WebAuthn.enable")
            device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                      "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
            await tools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
            yield page
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
    origin: str, sign_in: Callable[[str], Any], kept: Kept | None = None
) -> AsyncGenerator[Client]:
    """The SDK's own client. `sign_in` presses the buttons of the address and returns the address that the browser was sent to."""
    came: list[str] = []

    async def opened(address: str) -> None:
        came.append(await sign_in(address))

    async def returned() -> AuthorizationCodeResult:
        query = {name: values[0] for name, values in parse_qs(urlsplit(came[-1]).query).items()}
        return AuthorizationCodeResult(code=query["code"], state=query["state"], iss=query.get("iss"))

    told = OAuthClientMetadata(redirect_uris=[AnyUrl(BACK)], client_name="Desk")
    auth = OAuthClientProvider(origin + PATH, told, kept or Kept(), opened, returned)
    async with (
        httpx2.AsyncClient(auth=auth, timeout=60) as http,
        Client(streamable_http_client(origin + PATH, http_client=http)) as client,
    ):
        yield client
