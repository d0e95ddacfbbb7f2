"""Real servers over the emulated host behind one real proxy, and whoever comes to it from another address of this machine."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import httpx2
from anyio import to_thread
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from filemaker_mcp.server.callers.caller_keys import CallerKeys
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.clock import SystemClock
from filemaker_mcp.server.emulator.faults.layer import FaultLayer
from filemaker_mcp.server.emulator.serving import serving
from filemaker_mcp.server.local.state.postgres_state import PostgresState

from ..assistant import Mode
from ..authorization.stand import Browser, returned
from ..changes.applying.test_requests import a_hundred_jobs
from ..free_port import free_port
from ..http.fleet import Fleet, fleet, told
from ..http.http_server import Person
from ..postgres import postgres
from .proxy import Proxy, proxied

OUTSIDE = "127.0.0.9"
"""From where people come. The proxy is 127.0.0.1 for the servers."""
PAGE = "https://inspector.example.com"
BACK = "http://localhost:48219/callback"
ACCOUNT, PASSWORD = "assistant", "demo"
SPEAKS = {"Accept": "application/json, text/event-stream"}


@dataclass
class Premises:
    proxy: Proxy
    servers: Fleet
    emulator: Emulator
    faults: FaultLayer
    state: str

    @property
    def origin(self) -> str:
        return self.proxy.origin

    @property
    def resource(self) -> str:
        return f"{self.origin}/mcp"

    @property
    def ports(self) -> list[int]:
        return [httpx.URL(url).port or 0 for _, url in self.servers.running]

    def outsider(self, **headers: str) -> httpx.AsyncClient:
        """Somebody at another address, with headers of their own."""
        transport = httpx.AsyncHTTPTransport(verify=self.proxy.trust, local_address=OUTSIDE)
        return httpx.AsyncClient(transport=transport, base_url=self.origin, headers=headers, timeout=60)

    async def key(self, name: str, *networks: str, scope: str = "fm:edit") -> str:
        store = PostgresState(self.state)
        try:
            return await CallerKeys(lambda: store, lambda: self.servers.seal).add(
                name, scopes=[scope], days=None, networks=list(networks), owner="", now=0.0
            )
        finally:
            await store.close()

    @asynccontextmanager
    async def browser(self) -> AsyncGenerator[Browser]:
        async with self.outsider() as http:
            yield Browser.at(http)

    async def token(self, browser: Browser) -> str:
        """Of a person who signs in by the pages, in a browser that goes through the proxy."""
        asks = {"client_id": "desk", "redirect_uri": BACK, "resource": self.resource}
        asked = await browser.ask(**asks)
        assert asked.status_code == 200, asked.text
        await browser.send("/consent", origin=self.origin, answer="yes", **{"fm:edit": "yes"})
        signed_in = await browser.send(origin=self.origin, account=ACCOUNT, password=PASSWORD)
        answer = await browser.redeem(returned(signed_in)["code"], **asks)
        assert answer.status_code == 200, answer.text
        return answer.json()["access_token"]

    @asynccontextmanager
    async def person(self, token: str, mode: Mode = "auto") -> AsyncGenerator[Person]:
        """The SDK's client."""
        async with (
            httpx2.AsyncClient(headers=bearing(token), verify=self.proxy.trust, timeout=120) as http,
            Client(streamable_http_client(self.resource, http_client=http), mode=mode) as client,
        ):
            yield Person(client)


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def called(http: httpx.AsyncClient, tool: str, **arguments: object) -> tuple[int, dict[str, Any]]:
    """One call by one request: the status, and what the tool answered where it is 200."""
    params = {"name": tool, "arguments": arguments}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    answer = await http.post("/mcp", json=body)
    facts: dict[str, Any] = (
        told(answer.text)["result"]["structuredContent"] if answer.status_code == 200 else {}
    )
    return answer.status_code, facts


@asynccontextmanager
async def premises(kind: str, folder: Path, number: int = 1) -> AsyncGenerator[Premises]:
    """`number` of servers behind a proxy of this kind, on one PostgreSQL."""
    database = postgres()
    assert database is not None, "no program of PostgreSQL can be had"
    await to_thread.run_sync(partial(folder.mkdir, exist_ok=True))
    state, emulator = database.database(), a_hundred_jobs(folder, 20)
    faults, port = FaultLayer(emulator.app, SystemClock()), free_port()
    origin = f"https://localhost:{port}"
    sections = f"""
[http.sign_in]
more_clients = [{{ id = "desk", name = "Desk", redirects = ["http://localhost/callback"] }}]
[http.sign_in.accounts]
networks = ["{OUTSIDE}/32"]
deny_accounts = []
[[callers]]
match = {{ issuer = "{origin}", claim = "account", has = "{ACCOUNT}" }}
"""
    lines = f'proxies = ["127.0.0.1"]\norigins = ["{PAGE}"]\ndrain_seconds = 20'
    async with (
        serving(faults) as host,
        fleet(host, folder, state, number=number, sessions=3, more=sections, public=origin, http=lines) as servers,
    ):  # fmt: skip
        ports = [httpx.URL(url).port or 0 for _, url in servers.running]
        async with proxied(kind, folder, port, ports) as proxy:
            yield Premises(proxy, servers, emulator, faults, state)
