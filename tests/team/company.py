"""A company whose people sign in at its identity provider: in a browser without scripts, and with an assistant."""

from __future__ import annotations

import asyncio
import html
import re
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from filemaker_mcp.server.app.http.http_service import PATH, http_service
from filemaker_mcp.server.auth.clock import Clock
from filemaker_mcp.server.authorization.clients.guarded_fetch import GuardedFetch
from filemaker_mcp.server.http.web_server import Listening, web_server

from ..authorization.provider import CLIENT, SECRET, Provider
from ..authorization.served import BACK, Served, asked, served
from ..authorization.stand import Browser, returned

GROUPS = {"ada": "sales", "bob": "sales", "lea": "leads", "olga": "owners"}


@dataclass
class Company:
    here: Served
    provider: Provider
    names: Mapping[str, str]
    signed: dict[str, Browser] = field(default_factory=dict[str, Browser])

    @property
    def origin(self) -> str:
        return self.here.origin

    def caller(self, name: str) -> str:
        return f"{self.provider.issuer}|{name}"

    def window(self) -> Browser:
        """Of somebody who has not signed in."""
        return Browser(http_service(self.here.parts).app, "192.0.2.7", urlsplit(self.origin).netloc)

    async def browser(self, name: str) -> Browser:
        """In which this person is signed in."""
        if name not in self.signed:
            window = self.window()
            answer = await window.get("/")
            assert answer.status_code == 303, answer.text
            await window.get(answer.headers["location"])
            assert (await self.back(window, name)).headers["location"] == "/"
            self.signed[name] = window
        return self.signed[name]

    async def back(self, window: Browser, name: str) -> httpx.Response:
        """From the provider, whose page this one leads to, as this person."""
        self.provider.claims = {
            "sub": name,
            "name": self.names.get(name, name.title()),
            "groups": [GROUPS.get(name, "none")],
            "region": "P-1",
        }
        self.provider.userinfo = {"sub": name}
        if 'action="/sign-in/way"' in window.page:
            await window.send("/sign-in/way", self.origin, way="provider")
        (address,) = set(re.findall(rf'<a href="({self.provider.issuer}/[^"]+)"', window.page))
        return await window.get(self.provider.signed_in(html.unescape(address)))

    async def token(self, name: str, **ticked: str) -> str:
        """Of a program that this person let in."""
        window, asks = self.window(), {"client_id": "desk", "redirect_uri": BACK}
        await window.ask(**asks, resource=self.origin + PATH)
        await window.send("/consent", self.origin, answer="yes", **{"fm:delete": "yes", **ticked})
        code = returned(await self.back(window, name))["code"]
        answer = await window.redeem(code, **asks, resource=self.origin + PATH)
        return str(answer.json()["access_token"])

    @asynccontextmanager
    async def assistant(self, token: str) -> AsyncGenerator[Client]:
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60) as http,
            Client(streamable_http_client(self.origin + PATH, http_client=http)) as client,
        ):
            yield client

    async def plan(self, token: str, tool: str = "delete_records", **arguments: object) -> str:
        """A change that waits for a person."""
        arguments = arguments or {"layout": "Products", "ids": ["1"]}
        async with self.assistant(token) as client:
            return str((await asked(client, tool, **arguments))["change_id"])

    async def agreed(self, window: Browser, change: str, name: str) -> httpx.Response:
        """The plan is looked at, agreed to, and the person signs in anew for it."""
        assert (await window.get(f"/agree/{change}")).status_code == 200, window.page
        answer = await window.send(origin=self.origin, answer="yes")
        return answer if answer.status_code != 200 else await self.back(window, name)


@asynccontextmanager
async def company(
    folder: Path,
    sign_in: Mapping[str, Any] | None = None,
    *,
    clock: Clock | None = None,
    http: Mapping[str, Any] | None = None,
    fetch: GuardedFetch | None = None,
    leads: str | None = None,
    four_eyes: bool = False,
    same: tuple[str, ...] = (),
    names: Mapping[str, str] | None = None,
    keyed: bool = False,
    **more: Any,
) -> AsyncGenerator[Company]:
    """Sales people, a lead who approves and an owner. `leads` names the policy of the lead, `same` those who are one person, `names` what they call themselves,
    and with `keyed` agents have keys; `more` is of the file."""
    socket = Listening("127.0.0.1", 0, 50).socket()
    issuer = f"http://127.0.0.1:{socket.getsockname()[1]}"
    provider = Provider(clock.wall if clock is not None else time.time, issuer)
    secret = folder / "secret"
    secret.write_text(SECRET)
    told = {"issuer": issuer, "client_id": CLIENT, "client_secret": {"file": str(secret)}}
    callers: list[dict[str, Any]] = [
        {"match": {"issuer": issuer, "claim": "groups", "has": group}, "role": role}
        for group, role in (("sales", "user"), ("leads", "approver"), ("owners", "owner"))
    ]
    if keyed:
        callers.append({"match": {"issuer": "keys"}})
    if leads is not None:
        callers[1]["policy"] = leads
    tree: dict[str, Any] = {"callers": callers, **more}
    if four_eyes:
        tree["policies"] = {"two": {"four_eyes": True}}
        for entry in (callers[0], *(callers[3:] if keyed else ())):
            entry["policy"] = "two"
    if same:
        tree["persons"] = {"one": [f"{issuer}|{name}" for name in same]}
    server = web_server(provider.app, Listening("127.0.0.1", 0, 50))
    serving = asyncio.create_task(server.serve([socket]))
    try:
        async with served(
            folder,
            {"provider": told, **(sign_in or {})},
            clock=clock,
            http={"people": issuer, **(http or {})},
            fetch=fetch,
            **tree,
        ) as here:
            yield Company(here, provider, names or {})
    finally:
        server.should_exit = True
        await serving
