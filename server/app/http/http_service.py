"""Serves over HTTP until a signal comes: the parts put together, begun, and ended in order."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from ...callers.caller_identity import TokenVerifier
from ...config.http_settings import HttpSettings
from ...errors import FilemakerMcpError, StateAway
from ...http.call_watch import log_json_lines
from ...http.caller_files import PATH as FILES
from ...http.caller_files import CallerFiles
from ...http.caller_folder import Proof
from ...http.counted_requests import CountedRequests
from ...http.drain import Drain
from ...http.early_answer import EarlyAnswer
from ...http.file_form import FileForm
from ...http.foreign_pages import ForeignPages
from ...http.front_door import Doorway, FrontDoor
from ...http.mcp_endpoint import McpEndpoint
from ...http.no_such_page import no_such_page
from ...http.old_records import OldRecords
from ...http.probes import probes
from ...http.request_body import RequestBody
from ...http.token_gate import TokenGate
from ...http.web_server import Listening, web_server
from ...pages.html import Html
from .caller_servers import CallerServers
from .customer_checks import check_states
from .customers import Customer, CustomerDoor, name_of

log = logging.getLogger("filemaker_mcp")

PATH = "/mcp"
TOKEN_PATHS = ("/token", "/revoke", "/register")
"""Where a program asks for tokens by itself. No cookie counts there."""
OWN_PAGES = "/"
AWAY = "The server's own records cannot be reached."
LOOK_SECONDS = 5
"""How long the state may take to say that it is there."""


@dataclass(frozen=True)
class HttpParts:
    """What serving over HTTP is put together from."""

    settings: HttpSettings
    servers: CallerServers
    verifier: TokenVerifier
    routes: Sequence[BaseRoute] = ()
    """Pages beside the endpoint: signing in, agreeing, files."""
    metadata: str = ""
    """Address of the document that says where tokens come from."""
    person: Proof | None = None
    """Whom a browser proves, or the page that leads to signing in; None where nobody signs in with a browser."""
    are_current: Callable[[], Awaitable[bool]] | None = None
    """Whether the state knows all that was ended. Raises ConfigurationError and StateAway."""
    language: str = ""
    """Of the pages, as the owner sets it; empty to go by each person's browser."""
    reload: Callable[[], Awaitable[None]] | None = None
    """Reads callers and policies anew. Raises ConfigurationError, and everything stays as it was."""


async def _away(request: Request, error: Exception) -> Response:
    """Nobody knows who is asking, so that it is not said where the records are."""
    log.warning("a request was not answered: %s", error)
    advice = error.advice if isinstance(error, StateAway) else ""
    return PlainTextResponse(f"{AWAY} {advice}".rstrip(), 503, {"Retry-After": "5"})


@dataclass(frozen=True)
class HttpService:
    """The ASGI application, and what ends it."""

    app: ASGIApp
    drain: Drain


def http_services(customers: Sequence[HttpParts]) -> HttpService:
    """Several customers behind one door, which end together; one alone is as `http_service` makes it."""
    if len(customers) == 1:
        return http_service(customers[0])
    drain = Drain()
    door = CustomerDoor(
        [
            Customer(
                name_of(each.settings.public_url), _doorway(each), http_service(each, drain).app, each.servers
            )
            for each in customers
        ]
    )
    return HttpService(door, drain)


def _doorway(parts: HttpParts) -> Doorway:
    public = parts.settings.public_url
    return Doorway.local() if public is None else Doorway.public(public, parts.settings.origins)


def http_service(parts: HttpParts, drain: Drain | None = None) -> HttpService:
    settings, drain = parts.settings, drain or Drain()
    public = settings.public_url
    doorway = _doorway(parts)
    gate = TokenGate(parts.verifier, parts.metadata)
    has_pages = public is not None and parts.person is not None
    endpoint = McpEndpoint(gate, parts.servers, OWN_PAGES if has_pages else "")
    html = Html("/style.css", language=parts.language)
    files = CallerFiles(gate.of_request, parts.person, parts.servers, public or "", html)
    bounded = RequestBody(endpoint, drain, most=settings.body_limit, seconds=settings.body_seconds)

    async def check_state() -> None:
        async with asyncio.timeout(LOOK_SECONDS):
            await parts.servers.state.row("SELECT 1 AS here")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        async with parts.servers.running():
            yield

    fetching = [] if public is None else files.routes()
    if public is not None and parts.person is not None:
        fetching += FileForm(parts.person, parts.servers, files.intake, public, html, FILES).routes()
    routes = [Route(PATH, bounded), *probes(drain, check_state), *fetching, *parts.routes]
    unknown: dict[Any, Any] = {404: partial(no_such_page, html)} if has_pages else {}
    app: ASGIApp = Starlette(
        routes=routes, lifespan=lifespan, exception_handlers={StateAway: _away, **unknown}
    )
    if parts.are_current is not None:
        app = OldRecords(app, parts.are_current)
    if settings.origins:
        app = ForeignPages(app, settings.origins, (PATH, *TOKEN_PATHS))
    return HttpService(CountedRequests(EarlyAnswer(FrontDoor(app, doorway)), drain), drain)


async def serve_http(customers: Sequence[HttpParts]) -> None:
    """Returns after SIGTERM or SIGINT, when what ran has ended and every FileMaker session is logged out. What the process does
    once for all customers, the first one says."""
    settings = customers[0].settings
    host, port = settings.listens_at
    listening = Listening(
        host, port, settings.connections, settings.proxies, settings.certificate, settings.certificate_key
    )
    if settings.log == "json":
        log_json_lines()
    await check_states([(name_of(each.settings.public_url), each.servers.state) for each in customers])
    service = http_services(customers)
    server = web_server(service.app, listening)
    socket = listening.socket()
    asked = asyncio.Event()
    _on_signals(asked)
    serving = asyncio.create_task(server.serve([socket]))
    scheme = "https" if settings.certificate else "http"
    shown = f"[{host}]" if ":" in host else host
    waiting = asyncio.create_task(asked.wait())
    revising = asyncio.create_task(_revise_at_hangup(customers))
    try:
        async with _figures(customers):
            _say(
                f"serving at {scheme}://{shown}:{socket.getsockname()[1]}{PATH}",
                as_json=settings.log == "json",
            )
            await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
            await server.take_nobody_more(lambda: service.drain.is_coming)
            service.drain.begin()
            if not await service.drain.until_idle(settings.drain_seconds):
                log.warning("%d calls had not ended and were broken off", service.drain.under_way)
    finally:
        waiting.cancel()
        revising.cancel()
        server.should_exit = True
        await serving


def _say(words: str, *, as_json: bool) -> None:
    """To whoever started it, or to what reads its log line by line."""
    if as_json:
        logging.getLogger("filemaker_mcp.service").info(words)
    else:
        sys.stderr.write(f"filemaker-mcp: {words}\n")


def _open_callers(customer: HttpParts) -> int:
    return customer.servers.count


@asynccontextmanager
async def _figures(customers: Sequence[HttpParts]) -> AsyncGenerator[None]:
    """Figures for Prometheus at their own address, where one is named; those of all customers together."""
    place = customers[0].settings.metrics_at
    if place is None:
        yield
        return
    from ...http.prometheus_figures import PrometheusFigures

    names = [name_of(each.settings.public_url) for each in customers]
    figures = PrometheusFigures(
        {name: partial(_open_callers, each) for name, each in zip(names, customers, strict=True)}
    )
    for name, each in zip(names, customers, strict=True):
        each.servers.figures = figures.of(name)
    listening = Listening(*place, connections=50, setting="http.metrics")
    server = web_server(FrontDoor(figures.app(), Doorway.of_figures(place[0])), listening)
    serving = asyncio.create_task(server.serve([listening.socket()]))
    watching = asyncio.create_task(figures.watch_the_loop())
    try:
        yield
    finally:
        watching.cancel()
        server.should_exit = True
        await serving


async def _revise_at_hangup(customers: Sequence[HttpParts]) -> None:
    """At SIGHUP what the owner wrote is read anew, all of it or none; of several customers each by itself."""
    reloads = [(each.settings.public_url or "", each.reload) for each in customers if each.reload is not None]
    if not reloads or sys.platform == "win32":  # which has no such signal
        return
    came = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, came.set)
    while True:
        await came.wait()
        came.clear()
        for name, reload in reloads:
            where = f"{name}: " if len(reloads) > 1 else ""
            try:
                await reload()
            except FilemakerMcpError as error:
                log.error("%sthe settings were not taken, and everything stays as it was: %s", where, error)
            else:
                log.warning("%scallers and policies were read anew", where)


def _on_signals(asked: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def threadsafe(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(asked.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, asked.set)
        except NotImplementedError:  # Windows' event loop has none
            signal.signal(number, threadsafe)
