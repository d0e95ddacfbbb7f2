"""The one object that whoever serves HTTP needs of all this: routes, and whom a token proves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ..callers.caller_identity import Identity
from ..local.keys.key_ring import KeyRing
from ..local.state.state import State
from ..pages.html import Called, style_sheet
from .address_limit import AddressLimit
from .clients.client_directory import ClientDirectory, ClientRules
from .clients.client_registry import ClientRegistry
from .clients.guarded_fetch import GuardedFetch
from .consent_page import WINDOWS, ConsentPage
from .grants.grant import Person
from .grants.grant_store import GrantStore
from .grants.revocations import Revocations
from .metadata_documents import MetadataDocuments
from .page_frame import STYLE, PageFrame
from .registration_endpoint import RegistrationEndpoint
from .sign_in.arrival_desk import Admission, ArrivalDesk, DatabasesOf
from .sign_in.pending import PendingStore
from .sign_in.person_sessions import PersonSessions
from .sign_in.way import Way
from .standing import AccountProof, Standing
from .token_endpoint import TokenEndpoint

TOKENS = 300
"""Requests to /token and /revoke from one address in a minute."""


async def admit_everybody(person: Person) -> str:
    return ""


async def no_accounts(person: Person) -> bool:
    return True


async def no_databases(person: Person) -> Collection[str]:
    return ()


@dataclass(frozen=True)
class Premises:
    """What the authorization server is given. `origin` is the public address without a path, `resource` the address of MCP."""

    origin: str
    resource: str
    owner: str
    state: State
    ring: KeyRing
    now: Callable[[], float]
    rules: ClientRules = field(default_factory=ClientRules)
    fetch: GuardedFetch = field(default_factory=GuardedFetch)
    admission: Admission = admit_everybody
    accounts: AccountProof = no_accounts
    databases: DatabasesOf = no_databases
    language: str = ""
    """Of the pages, as the owner sets it."""
    called: Called = str
    """How pages name callers."""


class AuthorizationServer:
    def __init__(self, premises: Premises, ways: Callable[[ArrivalDesk, Premises], Sequence[Way]]) -> None:
        given = premises
        self.frame = PageFrame(given.origin, given.owner, given.language, given.called)
        self.grants = GrantStore(given.state, given.ring, given.now)
        self.sessions = PersonSessions(given.state, given.ring, given.now)
        self.revocations = Revocations(lambda: given.state, given.now)
        self.pending = PendingStore(given.state, given.ring, given.now)
        registry = ClientRegistry(given.state, given.now)
        directory = ClientDirectory(given.rules, registry, given.fetch, given.now)
        self.desk = ArrivalDesk(
            self.frame,
            self.pending,
            self.grants,
            self.sessions,
            self.revocations,
            registry,
            given.admission,
            given.now,
            given.databases,
        )
        self.desk.ways = ways(self.desk, given)
        standing = Standing(self.desk, given.admission, given.accounts)
        documents = MetadataDocuments(given.origin, given.resource, registration=given.rules.registration)
        self.metadata_path = documents.resource_path
        """Where a client that brings no token is sent to read on."""
        self.routes: list[BaseRoute] = [
            Route(STYLE, _style),
            *documents.routes(),
            *ConsentPage(
                self.frame,
                directory,
                self.pending,
                self.desk,
                given.resource,
                AddressLimit(WINDOWS, 60, given.now),
            ).routes(),
            *TokenEndpoint(
                self.grants, standing, given.resource, AddressLimit(TOKENS, 60, given.now), given.now
            ).routes(),
            *RegistrationEndpoint(directory).routes(),
            *self.desk.routes(),
            *(route for way in self.desk.ways for route in way.routes()),
        ]

    async def verify(self, token: str) -> Identity | None:
        """Whom one of our access tokens proves. None for every other text."""
        return await self.grants.identity(token)

    async def signed_in(self, request: Request) -> Person | Response:
        """The person of this browser, or the answer that leads to signing in and back."""
        return await self.desk.signed_in(request)

    async def refused(self, caller: str) -> None:
        """FileMaker or the provider refused the person: everything of theirs waits until they sign in anew."""
        await self.grants.wait(caller)


async def _style(request: Request) -> Response:
    return Response(style_sheet(), media_type="text/css", headers={"X-Content-Type-Options": "nosniff"})
