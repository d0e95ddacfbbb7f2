"""The MCP servers of those who call, one for each caller and policy: nothing that one sees is kept where another could."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from opentelemetry.trace import Tracer, get_tracer
from starlette.types import ASGIApp, Receive, Scope, Send

from ....tools._call import Workspace
from ....tools._tool import Need
from ...callers.caller_identity import Identity
from ...callers.caller_keys import is_emergency
from ...changes.files.outsider_files import OutsiderFiles
from ...changes.plans.plan_seal import Seal
from ...database.untrusted.untrusted_reads import UntrustedReads
from ...errors import FilemakerMcpError, Forbidden, StateAway
from ...http.call_watch import CallFigures, CallWatch, NoFigures
from ...http.caller_folder import CallerFolder
from ...local.state.state import State
from ...text.unexpected_errors import place_of
from ..app import Application, application_for, reads_of
from ..background.schedule_service import ScheduleService
from ..background.takeover import Takeover
from ..mcp_server import needs_of
from ..seat import Seat
from ..shared_parts import SharedParts

log = logging.getLogger("filemaker_mcp")

IDLE_SECONDS = 1_800.0
"""A caller's server is closed when nothing was asked of it for so long and none of their jobs runs."""
LOOK_SECONDS = 4.0
MOST_CALLS = 16
"""Calls of one caller at once; more wait."""
REVISED = "The access by which it ran was ended or changed"
Work = Callable[[], Awaitable[object]]


@dataclass
class OpenServer:
    """One caller's application, and the task in which its server lives."""

    application: Application
    manager: StreamableHTTPSessionManager
    life: asyncio.Task[None]
    ending: asyncio.Event
    caller: str
    identities: dict[tuple[str, str], Identity]
    """By grant and program: all that have called, each as it was when it last did."""
    used: float = 0.0
    calls: int = 0
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_CALLS))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.calls += 1
        try:
            async with self.room:
                await self.manager.handle_request(scope, receive, send)
        finally:
            self.calls -= 1
            self.used = asyncio.get_running_loop().time()

    @property
    def is_idle(self) -> bool:
        late = asyncio.get_running_loop().time() - self.used > IDLE_SECONDS
        return late and not self.calls and not self.application.workspaces.is_at_work

    async def close(self, *, hands_over: bool) -> None:
        """Breaks off what runs, with its outcome written down, or leaves it to another replica."""
        await self.application.workspaces.close(hands_over=hands_over, why="" if hands_over else REVISED)
        self.ending.set()
        await asyncio.gather(self.life, return_exceptions=True)


class CallerServers:
    """Opened when somebody calls."""

    def __init__(
        self,
        parts: SharedParts,
        seat_of: Callable[[Identity], Awaitable[Seat]],
        *,
        body_limit: int,
        quota: int,
        standing: Callable[[Identity], Awaitable[bool]],
    ) -> None:
        """`seat_of` raises Forbidden for an identity to which the owner gives nothing. `standing` tells whether one that was let
        in would be let in now. `quota`: bytes of one caller's files."""
        self._parts = parts
        self._seat_of = seat_of
        self._body_limit = body_limit
        self._quota = quota
        self._standing = standing
        self._open: dict[str, OpenServer] = {}
        self._opening = asyncio.Lock()
        self._names = secrets.token_bytes(32)
        """The key by which the log names callers; another one in each process."""
        self.figures: CallFigures = NoFigures()
        self.tracer: Tracer = get_tracer("filemaker-mcp")
        """Spans go to whatever the owner has set up for OpenTelemetry, and nowhere without."""
        self.beside: list[Work] = []
        """What else runs while it serves, until it is cancelled."""
        self.first: list[Work] = []
        """What is asked anew before it is looked for who was stopped: by what is a few seconds old they would go on for as long again."""
        self.at_end: list[Work] = []
        """What follows the last call, before the state is closed."""
        self._read: dict[str, UntrustedReads] = {}
        """Whose text each caller has read. It outlasts their servers, and no sign-in and no policy begins it anew."""

    @property
    def count(self) -> int:
        return len(self._open)

    @property
    def state(self) -> State:
        return self._parts.state

    @property
    def seal(self) -> Seal:
        return self._parts.seal

    async def server_for(self, identity: Identity) -> ASGIApp:
        server = await self._server(identity)
        server.identities[(identity.grant, identity.client)] = identity
        return server

    async def workspace_of(self, identity: Identity, name: str) -> Workspace:
        """A database of whoever stands in front of a page. Raises as `server_for`."""
        server = await self._server(identity)
        server.used = asyncio.get_running_loop().time()
        return server.application.workspaces[name]

    async def _server(self, identity: Identity) -> OpenServer:
        seat = await self._seat_of(identity)
        server = self._open.get(seat.digest)
        if server is None:
            async with self._opening:
                if seat.digest not in self._open:
                    self._open[seat.digest] = await self._opened(seat, identity)
                server = self._open[seat.digest]
        return server

    async def _attend(self) -> None:
        """Goes on with what other processes left, for those who have called here, where several share the state."""
        if self._parts.place.url:
            await Takeover(
                self._parts.state, lambda: [each.application.workspaces for each in self._open.values()]
            ).run()

    async def folder_of(self, identity: Identity) -> CallerFolder:
        """The files of whoever calls. Raises Forbidden as `server_for` does."""
        from .seat_parts import folder_of

        seat = await self._seat_of(identity)
        files = OutsiderFiles(self.state, self._parts.seal, now=self._parts.clock.wall)

        async def came_in(sha256: str) -> None:
            may_send = Need.EDIT in needs_of(await self._seat_of(identity))
            if not may_send or not await self._standing(identity):
                raise Forbidden(
                    "While the file came it ended that you may send files in", advice="Nothing is kept."
                )
            await files.keep(sha256, "uploads", ["a file that was sent in"])

        return CallerFolder(folder_of(seat, self._parts), self._quota, Need.EDIT in needs_of(seat), came_in)

    async def revise(self) -> None:
        """Other rules are in force. Whoever gets something else by them loses what was open for them."""
        await self._close_what_is_over()

    async def _close_what_is_over(self) -> None:
        """Who was stopped, revoked or given something else goes at once; who has not called for long, when nothing runs."""
        with suppress(StateAway):  # nothing is known: `_is_due`
            for work in self.first if self._open else []:
                await work()
        over = [
            digest
            for digest, server in list(self._open.items())
            if server.is_idle or not await self._is_due(digest, server)
        ]
        callers = {self._open[digest].caller for digest in over if digest in self._open}
        await self._close(over)
        for caller in callers - {server.caller for server in self._open.values()}:
            await self._parts.connections.end(caller)

    async def _is_due(self, digest: str, server: OpenServer) -> bool:
        """Whether all that have called would be let in as they were: what runs is not told apart by who began it."""
        try:
            for identity in list(server.identities.values()):
                seat = await self._seat_of(identity)
                if seat.digest != digest or not await self._standing(identity):
                    return False
            return True
        except StateAway:  # nothing is known: whoever calls is told so
            return True
        except FilemakerMcpError:
            return False

    async def _close(self, digests: list[str], *, hands_over: bool = False) -> None:
        for server in [self._open.pop(digest) for digest in digests if digest in self._open]:
            await server.close(hands_over=hands_over)

    async def _opened(self, seat: Seat, identity: Identity) -> OpenServer:
        read = self._read.setdefault(seat.caller, reads_of(seat, self._parts))
        application = application_for(seat, self._parts, read)
        manager = application.server.over_http(self._body_limit)
        tools = {tool.name for tool in await application.server.list_tools()}
        watch = CallWatch(
            seat.caller, self._names, tools, self.figures, self.tracer, is_emergency=is_emergency(identity)
        )
        watch.put_around(application.server.middleware)
        begun, ending = asyncio.Event(), asyncio.Event()

        async def live() -> None:
            async with manager.run():
                begun.set()
                await ending.wait()

        life = asyncio.create_task(live())
        await begun.wait()
        now = asyncio.get_running_loop().time()
        called = {(identity.grant, identity.client): identity}
        return OpenServer(application, manager, life, ending, seat.caller, called, now)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """While it serves. Afterwards everything is closed and every session logged out."""
        schedules = ScheduleService(self._parts, log.warning, tells_words=False)
        works = (self._sweep, self._attend, schedules.run, *self.beside)
        beside = [asyncio.create_task(_lasting(work)) for work in works]
        try:
            yield
        finally:
            for work in beside:
                work.cancel()
            await _attempted(schedules.close)
            await _attempted(partial(self._close, list(self._open), hands_over=True))
            for last in self.at_end:
                await _attempted(last)
            await self._parts.close()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self._close_what_is_over()


async def _lasting(work: Work) -> None:
    """Begun anew where a defect of ours ends it: others rely on it for as long as it serves."""
    while True:
        if await _attempted(work):
            return
        await asyncio.sleep(LOOK_SECONDS)


async def _attempted(work: Work) -> bool:
    """Whether it came to its end. A defect in one thing keeps no other from being done."""
    try:
        await work()
    except Exception as error:  # noqa: BLE001 -- whatever it is, the log names it
        log.error("defect in what runs beside the calls: %s at %s", type(error).__name__, place_of(error))
        return False
    return True
