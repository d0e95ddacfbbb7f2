"""Connections, bounded: one that asks nothing is not kept, and too many that do not ask do not keep others out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from .named_proxies import NamedProxies

PROXY_SECONDS = 180
"""For so long a connection of a proxy may ask nothing. It is the proxy that closes it, as it does after a minute (nginx, load
balancers) or two (Caddy): a write that it sends on a connection that ends at this moment is answered by 502, and nobody knows what
became of it."""


class ConnectionRoom:
    """How many connections there may be, and which of them have not asked anything yet, the oldest first."""

    def __init__(self, most: int, seconds: float, proxies: Sequence[str] = ()) -> None:
        self.most = most
        self.seconds = seconds
        """How long the beginning of a request may take."""
        self.proxies = NamedProxies(proxies)
        self.silent: dict[BoundedConnection, asyncio.TimerHandle] = {}

    def protocol(self, **parts: Any) -> BoundedConnection:
        """What uvicorn makes for each connection."""
        return BoundedConnection(self, **parts)


class BoundedConnection(H11Protocol):
    """uvicorn bounds the time between requests, but neither that before the first one nor that of a request's head."""

    def __init__(self, room: ConnectionRoom, **parts: Any) -> None:
        super().__init__(**parts)
        self._place = room
        self._seconds = room.seconds

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] -- as uvicorn has it
        super().connection_made(transport)
        if self.client is not None and self.client[0] in self._place.proxies:
            self._seconds = self.timeout_keep_alive = PROXY_SECONDS
        if len(self.connections) > self._place.most:
            oldest = next(iter(self._place.silent), self)
            oldest.end()
        if not transport.is_closing():
            self._begin_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:  # pyright: ignore[reportUnnecessaryComparison] -- None at first
            self._begin_waiting()
        else:
            self._end_waiting()

    def end(self) -> None:
        self._end_waiting()
        self.transport.abort()

    def _begin_waiting(self) -> None:
        if self not in self._place.silent and not self.transport.is_closing():
            loop = asyncio.get_running_loop()
            self._place.silent[self] = loop.call_later(self._seconds, self.end)

    def _end_waiting(self) -> None:
        timer = self._place.silent.pop(self, None)
        if timer is not None:
            timer.cancel()
