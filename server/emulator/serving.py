"""An emulated host on a socket of this machine, for as long as a block runs."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from .faults.connection import Connection


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Signals stay with whoever runs the block."""
        yield


@asynccontextmanager
async def serving(
    app: Any,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    certificate: Path | None = None,
    key: Path | None = None,
) -> AsyncGenerator[str]:
    """The host's address. `app` is any ASGI application; port 0 takes a free one; with `certificate` and `key`, HTTPS."""
    config = uvicorn.Config(
        app,
        http=Connection,
        log_level="critical",
        lifespan="off",
        timeout_keep_alive=5,  # as FileMaker Server's web server (section 2.1 [O])
        ssl_certfile=certificate,
        ssl_keyfile=key,
        timeout_graceful_shutdown=1,
    )
    with socket.create_server((host, port)) as listening:
        server = _Server(config)
        serving = asyncio.create_task(server.serve([listening]))
        try:
            await server.is_up.wait()
            scheme = "https" if certificate else "http"
            yield f"{scheme}://{host}:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving
