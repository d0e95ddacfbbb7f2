"""The way to a host without a pool: a session has one connection, and asks for one thing at a time."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any, Self, cast

import httpcore
import httpx

from .asyncio_stream import connected


class KeptConnection:
    """A connection that is opened when it is needed, and used again while the host keeps it. Whoever asks while another answer is
    still under way gets one beside it."""

    def __init__(self, context: ssl.SSLContext, *, expiry: float) -> None:
        """`expiry`: seconds for which it may rest before another one is opened."""
        self._context = context
        context.set_alpn_protocols(["http/1.1"])
        self._expiry = expiry
        self._open: list[httpcore.AsyncHTTP11Connection] = []

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Raises the errors of httpcore."""
        connection = await self._kept(request.url.origin) or await self._opened(request)
        return await connection.handle_async_request(request)

    async def _kept(self, origin: httpcore.Origin) -> httpcore.AsyncHTTP11Connection | None:
        self._open = [each for each in self._open if not each.is_closed()]
        resting = (each for each in self._open if each.is_available() and each.can_handle_request(origin))
        connection = next(resting, None)
        if connection is not None and (connection.has_expired() or _has_unasked(connection)):
            self._open.remove(connection)
            await connection.aclose()
            return None
        return connection

    async def _opened(self, request: httpcore.Request) -> httpcore.AsyncHTTP11Connection:
        origin = request.url.origin
        told = cast("Mapping[str, Any]", request.extensions)  # pyright: ignore[reportUnknownMemberType] -- as httpcore has it
        times: Mapping[str, float | None] = told.get("timeout", {})
        host, seconds = origin.host.decode("ascii"), times.get("connect")
        stream = await connected(host, origin.port, seconds)
        if origin.scheme == b"https":
            await stream.start_tls(self._context, host, seconds)
        if stream.get_extra_info("is_unasked"):
            await stream.aclose()
            raise httpcore.ConnectError("the host answered before anything was asked")
        connection = httpcore.AsyncHTTP11Connection(origin, stream, keepalive_expiry=self._expiry)
        # Each way through its lock is one around the event loop, and nobody else is given a connection that is in use.
        inside: Any = connection
        inside._state_lock = nullcontext()
        self._open.append(connection)
        return connection

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        closing, self._open = self._open, []
        for connection in closing:
            await connection.aclose()


def _has_unasked(connection: httpcore.AsyncHTTP11Connection) -> bool:
    """Whether something came behind the last answer, in the same packet: it would be taken for the answer to the next request."""
    inside: Any = connection
    behind, is_over = inside._h11_state.trailing_data
    return bool(behind) or is_over


class DirectTransport(httpx.AsyncHTTPTransport):
    """httpx over a kept connection."""

    def __init__(self, context: ssl.SSLContext, *, expiry: float) -> None:
        super().__init__(verify=context)
        pool: Any = KeptConnection(context, expiry=expiry)
        self._pool = pool  # httpx takes none, and its own costs a quarter of a request
