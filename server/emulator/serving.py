"""An emulated host on a socket of this machine, for as long as a block runs."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC
from email.utils import format_datetime
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .clock import Clock, SystemClock
from .faults.connection import Connection


class Dated:
    """Answers say the host's own time, unless the application has said another one already."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", [])]
                if all(name.lower() != b"date" for name, _ in headers):
                    now = format_datetime(self._clock.now().astimezone(UTC), usegmt=True)
                    message = {**message, "headers": [*headers, (b"date", now.encode())]}
            await send(message)

        await self._app(scope, receive, dated)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leaves signals to the caller of the block."""
        yield


@asynccontextmanager
async def serving(
    app: ASGIApp,
    *,
    clock: Clock | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    certificate: Path | None = None,
    key: Path | None = None,
) -> AsyncGenerator[str]:
    """The host's address. `app` is any ASGI application; port 0 takes a free one; with `certificate` and `key`, HTTPS.

    The `Date` of answers is `clock`'s, or the machine's own.
    """
    config = uvicorn.Config(
        Dated(app, clock or SystemClock()),
        http=Connection,
        date_header=False,
        server_header=False,  # the host says `Apache` itself, and a server says it once (section 2.3 [O])
        log_level="critical",
        lifespan="off",
        timeout_keep_alive=5,  # as FileMaker Server's web server (section 2.1 [O])
        ssl_certfile=certificate,
        ssl_keyfile=key,
        timeout_graceful_shutdown=1,
    )
    with socket.create_server((host, port)) as listening:
        # An answer goes out in two pieces. Without this the second waits for the first to be acknowledged, 40 ms.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = _Server(config)
        running = asyncio.create_task(server.serve([listening]))
        ready = asyncio.create_task(server.ready.wait())
        try:
            await asyncio.wait((running, ready), return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                await running  # says why it could not begin
            scheme = "https" if certificate else "http"
            yield f"{scheme}://{host}:{listening.getsockname()[1]}"
        finally:
            ready.cancel()
            server.should_exit = True
            await running
