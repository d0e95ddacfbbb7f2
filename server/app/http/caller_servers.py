"""The MCP servers of those who call, one for each caller and policy: nothing that one sees is kept where another could."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.types import ASGIApp, Receive, Scope, Send

from ...callers.caller_identity import Identity
from ...database.untrusted_reads import UntrustedReads
from ...local.state.state import State
from ..app import Application, application_for
from ..seat import Seat
from ..shared_parts import SharedParts
from ..takeover import Takeover


@dataclass
class OpenServer:
    """One caller's application, and the task in which its server lives."""

    application: Application
    manager: StreamableHTTPSessionManager
    life: asyncio.Task[None]
    ending: asyncio.Event
    used: float
    calls: int = field(default=0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.calls += 1
        try:
            await self.manager.handle_request(scope, receive, send)
        finally:
            self.calls -= 1
            self.used = asyncio.get_running_loop().time()

    async def close(self) -> None:
        """Breaks off what runs, with its outcome written down."""
        await self.application.workspaces.close()
        self.ending.set()
        await asyncio.gather(self.life, return_exceptions=True)


class CallerServers:
    """Opened when somebody calls."""

    def __init__(self, parts: SharedParts, seat_of: Callable[[Identity], Seat], body_limit: int) -> None:
        """`seat_of` raises Forbidden for an identity to which the owner gives nothing."""
        self._parts = parts
        self._seat_of = seat_of
        self._body_limit = body_limit
        self._open: dict[str, OpenServer] = {}
        self._read: dict[str, UntrustedReads] = {}
        """Whose text each caller has read; it outlasts their servers."""

    @property
    def state(self) -> State:
        return self._parts.state

    async def server_for(self, identity: Identity) -> ASGIApp:
        seat = self._seat_of(identity)
        key = seat.caller
        if key not in self._open:
            self._open[key] = await self._opened(seat)
        return self._open[key]

    async def _attend(self) -> None:
        """Goes on with what other processes left, for those who have called here, where several share the state."""
        if self._parts.place.url:
            await Takeover(
                self._parts.state, lambda: [each.application.workspaces for each in self._open.values()]
            ).run()

    async def _opened(self, seat: Seat) -> OpenServer:
        read = self._read.setdefault(seat.caller, UntrustedReads())
        application = application_for(seat, self._parts, read)
        manager = application.server.over_http(self._body_limit)
        begun, ending = asyncio.Event(), asyncio.Event()

        async def live() -> None:
            async with manager.run():
                begun.set()
                await ending.wait()

        life = asyncio.create_task(live())
        await begun.wait()
        return OpenServer(application, manager, life, ending, asyncio.get_running_loop().time())

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """While it serves. Afterwards everything is closed and every session logged out."""
        attending = asyncio.create_task(self._attend())
        try:
            yield
        finally:
            attending.cancel()
            for server in list(self._open.values()):
                await server.close()
            self._open.clear()
            await self._parts.close()
