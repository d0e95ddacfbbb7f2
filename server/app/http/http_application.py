"""Settings in, what serves over HTTP out."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
from pydantic import ValidationError

from ...auth.clock import Clock
from ...authorization.clients.guarded_fetch import GuardedFetch
from ...authorization.grants.known_revocations import KnownRevocations, Unrevoked
from ...authorization.grants.revocations import Revocations, Revoked
from ...callers.caller_identity import Identity, TokenVerifier, TokenVerifiers
from ...callers.caller_keys import KEYS, OF_KEY, CallerKeys, KeyVerifier
from ...callers.caller_rule import caller_id
from ...callers.ended_access import NAME, EndedAccess
from ...callers.epoch import EpochWatch
from ...callers.halts import Halts
from ...callers.machine_bearer import MachineBearer
from ...callers.own_accounts import NoOwnAccounts
from ...changes.plans.plan_seal import Named
from ...config.configuration import configured
from ...config.http_settings import HttpSettings
from ...config.settings import Settings
from ...errors import ConfigurationError
from ...local.places import bearer_file, user_name
from ..app import shared_parts
from ..sample_server import demo_settings
from ..seat import Seat
from .account_checks import AccountChecks
from .caller_seats import CallerSeats
from .caller_servers import CallerServers
from .customers import customer_settings
from .http_service import PATH, HttpParts
from .issuer_document import IssuerDocument
from .issuer_factory import issuer_tokens
from .notice_factory import check_head, head_keeper_of, notice_of
from .person_desk import PersonDesk
from .proved_accounts import ProvedAccounts
from .team_sign_in import team_sign_in

log = logging.getLogger("filemaker_mcp")


@contextmanager
def http_parts(
    environment: Mapping[str, str], file: Path | None, address: str, *, demo: bool, needs_head: bool = True
) -> Generator[HttpParts]:
    """`address` comes before that of the settings; `needs_head` as `check_head` has it. Raises ConfigurationError for settings that
    cannot work."""
    if demo:
        with demo_settings(environment) as (settings, emulated):
            yield put_together(at(settings, address), emulated)
    else:

        def read() -> Settings:
            return at(configured(environment, file), address)

        if needs_head:
            check_head(read())
        yield put_together(read(), reread=read)


def customer_parts(
    environment: Mapping[str, str], files: Sequence[Path], address: str, *, needs_head: bool = True
) -> list[HttpParts]:
    """Of several customers, each by its own file; `needs_head` as `check_head` has it. Raises ConfigurationError."""

    def reread(file: Path) -> Callable[[], Settings]:
        """Whatever it says now has to be as much apart from the others."""
        number = files.index(file)
        return lambda: customer_settings(environment, files)[number]

    read = customer_settings(environment, files)
    for each in read if needs_head else ():
        check_head(each)
    return [
        put_together(at(each, address), reread=reread(file)) for file, each in zip(files, read, strict=True)
    ]


def at(settings: Settings, address: str) -> Settings:
    """The settings with another address to listen at."""
    if not address:
        return settings
    try:
        http = HttpSettings.model_validate(settings.http.model_dump() | {"address": address})
    except ValidationError as error:
        why = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise ConfigurationError(f"--http {address}: {why}") from None
    return settings.model_copy(update={"http": http})


def put_together(
    settings: Settings,
    emulated: Mapping[str, httpx.AsyncBaseTransport] | None = None,
    *,
    clock: Clock | None = None,
    reread: Callable[[], Settings] | None = None,
    fetch: GuardedFetch | None = None,
) -> HttpParts:
    """Without callers, the person at this machine is the one caller. `reread` gives the settings as they are written now, `fetch`
    reaches hosts that others name. Raises ConfigurationError."""
    fetch = fetch or GuardedFetch()
    if settings.http.public_url is not None and not settings.callers:
        raise ConfigurationError(
            "http.public_url is set, and nobody is said to call: without sign-in a server is for its own machine alone",
            advice="Say who calls in [[callers]].",
        )
    parts = shared_parts(settings, clock=clock, emulated=emulated)
    limits = {"body_limit": settings.http.body_limit, "quota": settings.http.file_quota}
    if not settings.callers:
        servers = CallerServers(parts, _only(Seat.of_owner(settings)), **limits, standing=_always)
        return HttpParts(settings.http, servers, MachineBearer(bearer_file(), user_name()))
    halts, checks = Halts(lambda: parts.state, parts.clock.monotonic), AccountChecks(parts)
    watch = EpochWatch(lambda: parts.state, parts.clock.monotonic)
    revocations = KnownRevocations(Revocations(lambda: parts.state, parts.clock.wall), watch)
    team = (
        None
        if settings.http.sign_in is None
        else team_sign_in(
            settings, settings.http.sign_in, parts, halts, PATH, fetch, checks, revocations.are_any
        )
    )
    seats = CallerSeats(settings, NoOwnAccounts(), halts, revocations.are_any) if team is None else team.seats
    keys = KeyVerifier(
        CallerKeys(lambda: parts.state, lambda: parts.seal), parts.clock.wall, parts.clock.monotonic, watch
    )
    ended = EndedAccess(parts.seal_path.with_name(NAME), lambda: parts.state, parts.clock.monotonic)

    async def standing(identity: Identity) -> bool:
        ended = [
            (Revoked.CALLER, caller_id(identity)),
            (Revoked.GRANT, identity.grant),
            (Revoked.CLIENT, identity.client),
        ]
        lives = team is None or await team.lives(identity)
        return lives and await keys.stands(identity) and not await revocations.are_any(ended)

    async def grant_stands(grant: str) -> bool:
        if grant.startswith(OF_KEY):
            return await keys.stands(Identity(KEYS, grant.removeprefix(OF_KEY), "", frozenset()))
        return not grant or team is None or await team.server.grants.is_live(grant)

    parts.stands = grant_stands
    servers = CallerServers(parts, seats, **limits, standing=standing)
    servers.first += [watch.look, halts.look]

    keeper = head_keeper_of(settings.http, parts, fetch)
    servers.beside.append(keeper.run)
    servers.at_end.append(keeper.keep)

    async def reload() -> None:
        if reread is not None:
            anew = reread()
            seats.take(anew)
            await servers.revise()
            if anew.http != settings.http:
                log.warning("what changed in [http] waits for a restart")

    def proved(tokens: TokenVerifier, refused: Callable[[str], Awaitable[None]]) -> ProvedAccounts:
        return ProvedAccounts(tokens, seats, checks, settings.http.account_proof_seconds, refused)

    providers = TokenVerifiers(*(issuer_tokens(each, parts) for each in settings.http.issuers))

    others = Unrevoked(
        TokenVerifiers(keys, proved(providers, _nothing)),
        revocations,
    )
    if team is None:
        parts.validity = _nobody_signs_in
        document = IssuerDocument.of(settings.http)
        return HttpParts(
            settings.http,
            servers,
            others,
            routes=[] if document is None else document.routes(),
            metadata="" if document is None else document.address,
            are_current=ended.is_current,
            reload=reload,
        )
    parts.on_refusal = team.hear_of_refusal
    notice = notice_of(settings.http, parts, fetch)
    if notice is not None:
        parts.on_waiting = notice.waits
        servers.beside.append(notice.run)
    see_all = settings.http.sign_in is not None and settings.http.sign_in.approvers_see_all
    desk = PersonDesk(settings, parts, team, servers, see_all=see_all)
    return HttpParts(
        settings.http,
        servers,
        TokenVerifiers(proved(team.server, team.server.refused), others),
        routes=[*team.server.routes, *desk.routes()],
        metadata=f"{settings.http.public_url}{team.server.metadata_path}",
        person=team.person,
        language=settings.page_language,
        are_current=ended.is_current,
        reload=reload,
    )


async def _nothing(caller: str) -> None:
    """Whoever comes with a provider's own token has nothing here that could be ended."""


async def _nobody_signs_in(person: str, plan: Named) -> str:
    """An agreement of when people signed in here."""
    return "nobody signs in here any more"


async def _always(identity: Identity) -> bool:
    return True


def _only(seat: Seat) -> Callable[[Identity], Awaitable[Seat]]:
    async def seat_of(identity: Identity) -> Seat:
        return seat

    return seat_of
