"""Pages on this machine alone: a server on 127.0.0.1 that exists from its first page until it is closed."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from .headers import StrictHeaders
from .listening_socket import listening_socket


class Loopback:
    def __init__(self, app: ASGIApp, prepare: Callable[[], None] | None = None) -> None:
        """`prepare` runs beside the event loop while the browser starts."""
        self._app = app
        self._prepare = prepare
        self._running: tuple[socket.socket, uvicorn.Server, list[asyncio.Future[None]]] | None = None
        self.origin = ""

    async def open(self) -> str:
        """Begins to serve at a port that the system chooses. Returns the origin of all pages."""
        if self._running is None:
            listening = listening_socket("127.0.0.1", 0)
            host = f"127.0.0.1:{listening.getsockname()[1]}"
            config = uvicorn.Config(
                StrictHeaders(OwnHost(self._app, host)),
                http="h11",
                ws="none",
                lifespan="off",
                log_level="critical",
                access_log=False,
                server_header=False,
                timeout_keep_alive=5,
                limit_concurrency=50,
                timeout_graceful_shutdown=1,
            )
            server = _Server(config)
            under_way: list[asyncio.Future[None]] = [asyncio.create_task(server.serve([listening]))]
            if self._prepare is not None:
                under_way.append(asyncio.get_running_loop().run_in_executor(None, self._prepare))
            self._running = (listening, server, under_way)
            self.origin = f"http://{host}"
        return self.origin

    async def close(self) -> None:
        if self._running is None:
            return
        listening, server, under_way = self._running
        self._running = None
        server.should_exit = True
        await asyncio.gather(*under_way)
        listening.close()


class OwnHost:
    """Answers at one host name alone: a name that an attacker's DNS points at this machine is refused."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._host = host.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if hosts != [self._host]:
            refused = PlainTextResponse("This page is only at its own address.", 421)
            await refused(scope, receive, send)
            return
        await self._app(scope, receive, send)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Signals stay with the program."""
        yield
