"""The authorization server put together from the settings: its keys, the ways to sign in, and what FileMaker says of accounts."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from ...authorization.address_limit import AddressLimit
from ...authorization.authorization_server import AuthorizationServer, Premises
from ...authorization.clients.client_directory import ClientRules
from ...authorization.clients.guarded_fetch import GuardedFetch
from ...authorization.clients.known_clients import KNOWN
from ...authorization.clients.oauth_client import Client
from ...authorization.grants.grant import Person
from ...authorization.not_proved import NotProved
from ...authorization.sign_in.account_links import AccountLinks, Linkable
from ...authorization.sign_in.account_page import AccountPage, AccountRules
from ...authorization.sign_in.account_sign_in import AccountSignIn
from ...authorization.sign_in.account_tries import AccountTries
from ...authorization.sign_in.arrival_desk import ArrivalDesk
from ...authorization.sign_in.credential_store import CredentialStore
from ...authorization.sign_in.identity_provider import IdentityProvider, ProviderTerms
from ...authorization.sign_in.invitation_store import InvitationStore
from ...authorization.sign_in.passkey_sign_in import PasskeySignIn
from ...authorization.sign_in.passkey_store import PasskeyStore
from ...authorization.sign_in.provider_sign_in import ProviderSignIn
from ...authorization.sign_in.way import Way
from ...callers.caller_identity import Identity
from ...callers.caller_keys import KEYS
from ...callers.halts import Halts
from ...callers.own_accounts import OwnAccount
from ...callers.scopes import Scope
from ...callers.signing_keys import provider_client
from ...config.settings import Settings
from ...config.team_settings import AccountPageSettings, ProviderSettings, TeamSettings
from ...errors import Forbidden
from ...local.keys.key_ring import KeyRing
from ...pages.messages import marked
from ...text.near_names import folded
from ..secrets import reader
from ..shared_parts import SharedParts
from .account_checks import AccountChecks
from .caller_seats import AreEnded, CallerSeats

log = logging.getLogger("filemaker_mcp")

A_MINUTE = 60.0
PASSKEYS, PASSWORDS = 30, 20
"""Tries from one address in a minute."""


@dataclass(frozen=True)
class TeamSignIn:
    server: AuthorizationServer
    seats: CallerSeats
    checks: AccountChecks
    proof_seconds: float
    """How old a log-in may be that lets somebody read our pages."""
    linkable: Linkable
    endings: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    """Of callers whose account was refused, while they are written down."""

    def hear_of_refusal(self, caller: str) -> None:
        """FileMaker refused the caller's account during a call: everything of theirs waits until they sign in anew."""
        ending = asyncio.create_task(self.server.refused(caller))
        self.endings.add(ending)
        ending.add_done_callback(self._ended)

    def _ended(self, ending: asyncio.Task[None]) -> None:
        self.endings.discard(ending)
        if not ending.cancelled() and ending.exception() is not None:
            log.warning("that an account was refused could not be written down: %s", ending.exception())

    async def lives(self, identity: Identity) -> bool:
        """Whether the grant by which a program was let in is still in force; True for whoever came with something else."""
        return (
            not identity.client
            or not identity.grant
            or identity.issuer == KEYS
            or await self.server.grants.is_live(identity.grant)
        )

    async def refusal(self, person: Person) -> str:
        """Why somebody who is signed in to our pages is let in no more, in a sentence; empty where they are. Of now: a browser
        stays signed in for long, and the owner or FileMaker may have ended its person since."""
        identity = identity_of(person)
        try:
            seat = await self.seats(identity)
        except Forbidden as refused:
            return str(refused)
        try:
            if await self.checks.are_good(seat.settings.database, self.proof_seconds):
                return ""
        except NotProved:  # FileMaker cannot be asked: nothing new is known
            return ""
        await self.server.refused(person.caller)
        return "FileMaker does not let your account in any more. Sign in again."

    async def person(self, request: Request) -> Identity | Response:
        """Whom a browser proves, or the page that leads to signing in and back."""
        person = await self.server.signed_in(request)
        if isinstance(person, Response):
            return person
        if refusal := await self.refusal(person):
            return self.server.frame.message(request, 403, marked("You are not let in"), refusal)
        return identity_of(person)


@dataclass(frozen=True)
class KeptAccounts:
    """Accounts that people proved on our pages."""

    credentials: CredentialStore

    async def account(self, identity: Identity, database: str) -> OwnAccount | None:
        kept = await self.credentials.kept(identity, database)
        return None if kept is None else OwnAccount(*kept)


def team_sign_in(
    settings: Settings,
    team: TeamSettings,
    parts: SharedParts,
    halts: Halts,
    path: str,
    fetch: GuardedFetch,
    checks: AccountChecks,
    are_ended: AreEnded,
) -> TeamSignIn:
    """`path` is that of MCP. Raises ConfigurationError."""
    ring, now = parts.ring, parts.clock.wall
    credentials = CredentialStore(parts.state, ring, now)
    seats = CallerSeats(settings, KeptAccounts(credentials), halts, are_ended)
    origin = settings.http.public_url or ""

    async def admission(person: Person) -> str:
        try:
            seats.role_of(identity_of(person))
        except Forbidden as refusal:
            return str(refusal)
        return ""

    async def accounts(person: Person) -> bool:
        try:
            seat = await seats(identity_of(person))
        except Forbidden:  # nothing of theirs is linked yet: nothing can be refused
            return True
        return await checks.are_good(seat.settings.database)

    async def linkable(person: Person) -> Mapping[str, Collection[str] | None]:
        return await seats.own_accounts(identity_of(person))

    async def databases(person: Person) -> Collection[str]:
        return seats.databases_of(identity_of(person))

    premises = Premises(
        origin, origin + path, team.name, parts.state, ring, now,
        rules=rules_of(team), fetch=fetch, admission=admission, accounts=accounts, databases=databases,
        language=settings.page_language, called=seats.called,
    )  # fmt: skip

    def ways(desk: ArrivalDesk, given: Premises) -> list[Way]:
        found: list[Way] = []
        if team.provider is not None:
            provider = IdentityProvider(_terms(team.provider), provider_client, parts.clock.monotonic)
            found.append(ProviderSignIn(provider, desk.frame, desk.pending, desk, now))
        if team.passkeys:
            invitations = InvitationStore(parts.state, now)
            store = PasskeyStore(parts.state, ring, invitations, given.origin, given.owner, now)
            limit = AddressLimit(PASSKEYS, A_MINUTE, now)
            found.append(
                PasskeySignIn(store, invitations, desk.frame, desk.pending, desk, limit, given.resource)
            )
        if team.accounts is not None:
            page = _account_page(team.accounts, settings, parts, desk, ring, checks)
            found.append(AccountSignIn(page, credentials, desk, now))
        return found

    server = AuthorizationServer(premises, ways)
    if team.accounts is not None and team.provider is not None:
        page = _account_page(team.accounts, settings, parts, server.desk, ring, checks)
        server.routes.extend(AccountLinks(page, credentials, server.desk, linkable).routes())
        links: Linkable = linkable
    else:
        links = _nothing_to_link
    return TeamSignIn(server, seats, checks, settings.http.account_proof_seconds, links)


async def _nothing_to_link(person: Person) -> Mapping[str, Collection[str] | None]:
    return {}


def identity_of(person: Person) -> Identity:
    """With every scope: what they may be given at the most."""
    scopes = frozenset(each.value for each in Scope)
    return Identity(person.issuer, person.subject, "", scopes, person.claims, authenticated_at=person.at)


def rules_of(team: TeamSettings) -> ClientRules:
    own = tuple(Client(each.id, each.name, each.redirects) for each in team.more_clients)
    return ClientRules(
        (*KNOWN, *own),
        frozenset(team.client_hosts),
        team.clients == "any",
        team.registration,
        frozenset(team.schemes),
    )


def _account_page(
    rules: AccountPageSettings,
    settings: Settings,
    parts: SharedParts,
    desk: ArrivalDesk,
    ring: KeyRing,
    checks: AccountChecks,
) -> AccountPage:
    places = {name: each.identity for name, each in settings.database.items() if each.method == "password"}
    denied = frozenset(map(folded, rules.deny_accounts))
    return AccountPage(
        AccountRules(places, denied, rules.networks, rules.password_page == "anywhere"),  # noqa: S105 -- no password
        checks.is_proved, AccountTries(parts.state, ring, parts.clock.wall), desk.frame,
        AddressLimit(PASSWORDS, A_MINUTE, parts.clock.wall), parts.clock.monotonic, parts.clock.sleep,
    )  # fmt: skip


def _terms(settings: ProviderSettings) -> ProviderTerms:
    secret = reader(
        settings.client_secret, entry="identity provider", what="client secret", environment=os.environ
    )
    return ProviderTerms(
        settings.issuer, settings.client_id, secret(), settings.scopes, hosted_domain=settings.hosted_domain,
        label=settings.label,
    )  # fmt: skip
