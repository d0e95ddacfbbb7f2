"""uvicorn as it has to be here: bounded connections, our own ending, no header that tells what serves."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp

from ..errors import ConfigurationError
from ..pages.listening_socket import listening_socket
from .bounded_connection import ConnectionRoom
from .caller_address import CallerAddress
from .own_traces import OwnTraces

HEAD_SECONDS = 10.0
"""In which the head of a request has to arrive."""
KEPT_OPEN_SECONDS = 20
"""How long a connection waits for its next request, unless a proxy keeps it."""
BACKLOG = 2_048
LOOK_SECONDS, ARRIVING_LOOKS = 0.01, 200
"""How often, and how many times, a server that ends looks for requests that are still arriving."""


@dataclass(frozen=True)
class Listening:
    """Where and how it listens."""

    host: str
    port: int
    connections: int
    proxies: Sequence[str] = ()
    certificate: Path | None = None
    certificate_key: Path | None = None
    setting: str = "[http] address"
    """By which the owner names it."""

    def socket(self) -> socket.socket:
        """Raises ConfigurationError where the address cannot be had."""
        try:
            return listening_socket(self.host, self.port, backlog=BACKLOG)
        except OSError as error:
            why = (error.strerror or "").partition(" (")[0]
            raise ConfigurationError(
                f"The server cannot listen at {self.host} port {self.port}: {why}",
                advice=f"Name another with {self.setting}, or end what listens there.",
            ) from None


class WebServer(uvicorn.Server):
    """Signals are not its business: it ends when it is told to."""

    def __init__(self, config: uvicorn.Config, room: ConnectionRoom) -> None:
        super().__init__(config)
        self.room = room

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def take_nobody_more(self, is_coming: Callable[[], bool]) -> None:
        """Whoever comes now is refused by the system, so that a proxy goes to another server with what it has not sent yet. Returns
        when those who came just before have sent their requests, and `is_coming` says that the rest of none is on its way."""
        await asyncio.sleep(0)  # who is at the door is let in
        for each in getattr(self, "servers", ()):  # none yet where it was told to end at once
            each.close()
        for _ in range(ARRIVING_LOOKS):
            if not self.room.silent and not is_coming():
                return
            await asyncio.sleep(LOOK_SECONDS)


def web_server(app: ASGIApp, listening: Listening) -> WebServer:
    """Raises ConfigurationError for a certificate that cannot be used."""
    room = ConnectionRoom(listening.connections, HEAD_SECONDS, listening.proxies)
    config = uvicorn.Config(
        OwnTraces(CallerAddress(app, listening.proxies)),
        http=cast("Any", room.protocol),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(listening.proxies),
        forwarded_allow_ips=list(listening.proxies),
        timeout_keep_alive=KEPT_OPEN_SECONDS,
        timeout_graceful_shutdown=1,
        ssl_certfile=listening.certificate,
        ssl_keyfile=listening.certificate_key,
    )
    try:
        config.load()
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise ConfigurationError(
            f"The certificate {listening.certificate} cannot be used: {error.strerror if isinstance(error, OSError) else error}",
            advice="It takes PEM files of a certificate and its own key, without a password.",
        ) from None
    return WebServer(config, room)
