"""An authorization server on a state file, a person's browser without scripts, and a client that asks."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from filemaker_mcp.server.authorization.authorization_server import AuthorizationServer, Premises
from filemaker_mcp.server.authorization.clients.client_directory import ClientRules
from filemaker_mcp.server.authorization.clients.guarded_fetch import GuardedFetch
from filemaker_mcp.server.authorization.grants.grant import Person
from filemaker_mcp.server.authorization.pkce import challenge_of
from filemaker_mcp.server.authorization.sign_in.arrival_desk import ArrivalDesk
from filemaker_mcp.server.authorization.sign_in.pending import Pending
from filemaker_mcp.server.authorization.sign_in.way import Way
from filemaker_mcp.server.local.keys.key_ring import KeyRing
from filemaker_mcp.server.local.state.state_place import StatePlace, is_address

from ..approval.people import Form
from ..postgres import stored

ORIGIN = "https://fm.example.com"
RESOURCE = f"{ORIGIN}/mcp"
CLAUDE = "https://claude.ai/oauth/mcp-oauth-client-metadata"
BACK = "https://claude.ai/api/mcp/auth_callback"
VERIFIER = "v" * 43
NOW = 1_795_700_000.0


@dataclass
class Clock:
    now: float = NOW

    def __call__(self) -> float:
        return self.now


@dataclass
class Visit:
    """A way to sign in for tests: whoever comes is `person`. `standing` is what a renewal finds."""

    desk: ArrivalDesk
    person: Person
    standing: Callable[[Person], Person | None] = lambda person: person
    name: str = "visit"
    label: str = "Come in"

    def routes(self) -> list[Route]:
        return []

    async def begin(self, request: Request, pending: Pending) -> Response:
        return await self.desk.arrived(request, pending, self.person)

    async def renewed(self, person: Person) -> Person | None:
        return self.standing(person)


def ada(name: str = "ada") -> Person:
    return Person("https://id.example", name, name.title(), {"region": "North"}, "visit", NOW)


@dataclass
class Stand:
    """`restarted` is the same state served by another process."""

    folder: Path
    rules: ClientRules = field(default_factory=ClientRules)
    fetch: GuardedFetch = field(default_factory=GuardedFetch)
    clock: Clock = field(default_factory=Clock)
    ring: KeyRing = field(default_factory=KeyRing.passing)
    person: Person = field(default_factory=ada)
    more: Mapping[str, Any] = field(default_factory=dict[str, Any])
    ways: Callable[[ArrivalDesk, Premises], Sequence[Way]] | None = None

    def __post_init__(self) -> None:
        named = stored({"FILEMAKER_STATE": str(self.folder / "state.db")})["FILEMAKER_STATE"]
        place = StatePlace(url=named) if is_address(named) else StatePlace(Path(named))
        self.state = place.state()
        premises = Premises(
            ORIGIN, RESOURCE, "Rope & Sons", self.state, self.ring, self.clock, self.rules,
            self.fetch, **self.more,
        )  # fmt: skip
        self.server = AuthorizationServer(premises, self.ways or self._visit)
        self.app = Starlette(routes=self.server.routes)

    def _visit(self, desk: ArrivalDesk, premises: Premises) -> Sequence[Way]:
        self.visit = Visit(desk, self.person)
        return [self.visit]

    async def __aenter__(self) -> Stand:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.state.close()

    def browser(self, address: str = "192.0.2.7") -> Browser:
        return Browser(self.app, address)

    async def rows(self, table: str) -> list[dict[str, Any]]:
        found: Sequence[Any] = await self.state.rows(f"SELECT * FROM {table}")
        return [dict(row) for row in found]


class Browser:
    """Keeps cookies, shows pages, and goes nowhere but to the server itself."""

    def __init__(self, app: ASGIApp, address: str, host: str = "fm.example.com") -> None:
        transport = httpx.ASGITransport(app, client=(address, 50_000))
        self.http = httpx.AsyncClient(transport=transport, base_url=f"https://{host}")
        self.page = ""

    @classmethod
    def at(cls, http: httpx.AsyncClient) -> Browser:
        """In front of a server that this client reaches."""
        browser = cls.__new__(cls)
        browser.http, browser.page = http, ""
        return browser

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return self._seen(await self.http.get(path, headers=headers))

    async def send(self, path: str | None = None, origin: str = ORIGIN, **typed: str) -> httpx.Response:
        """The form of the page, with what is typed."""
        form = Form(self.page)
        path = path or str(re.findall(r'<form[^>]* action="([^"]+)"', self.page)[-1])
        unticked = re.findall(r'<input type="checkbox" name="([^"]+)" value="yes">', self.page)
        fields = {name: value for name, value in form.fields.items() if name not in unticked}
        data = fields | typed
        return self._seen(await self.http.post(path, data=data, headers={"Origin": origin}))

    def _seen(self, answer: httpx.Response) -> httpx.Response:
        self.page = answer.text
        return answer

    async def ask(self, **change: str | None) -> httpx.Response:
        """A client opens this browser at /authorize."""
        asked: dict[str, str | None] = {
            "response_type": "code", "client_id": CLAUDE, "redirect_uri": BACK, "state": "s1",
            "code_challenge": challenge_of(VERIFIER), "code_challenge_method": "S256", "resource": RESOURCE,
            "scope": "fm:read fm:delete", **change,
        }  # fmt: skip
        given = {name: value for name, value in asked.items() if value is not None}
        return await self.get(f"/authorize?{urlencode(given)}")

    async def allow(self, **ticked: str) -> httpx.Response:
        return await self.send("/consent", answer="yes", **ticked)

    async def code(self, **change: str | None) -> str:
        """After the person agreed and signed in."""
        assert (await self.ask(**change)).status_code == 200, self.page
        answer = await self.allow()
        assert answer.status_code == 303, answer.text
        return returned(answer)["code"]

    async def tokens(self, **change: str | None) -> dict[str, Any]:
        code = await self.code(**change)
        answer = await self.redeem(code, redirect_uri=change.get("redirect_uri") or BACK,
                                   client_id=change.get("client_id") or CLAUDE)  # fmt: skip
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def redeem(self, code: str, **change: str | None) -> httpx.Response:
        given = {"grant_type": "authorization_code", "code": code, "client_id": CLAUDE, "redirect_uri": BACK,
                 "code_verifier": VERIFIER, "resource": RESOURCE, **change}  # fmt: skip
        return await self.http.post(
            "/token", data={name: value for name, value in given.items() if value is not None}
        )

    async def refresh(self, token: str, **change: str) -> httpx.Response:
        given = {"grant_type": "refresh_token", "refresh_token": token, "client_id": CLAUDE, **change}
        return await self.http.post("/token", data=given)


def returned(answer: httpx.Response) -> dict[str, str]:
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def unknown_token() -> str:
    return "fmat_" + secrets.token_urlsafe(32)
