"""One connection under httpcore, by asyncio alone: a third of what a request costs with httpcore's own layer is spent in that layer."""

from __future__ import annotations

import asyncio
import select
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpcore

from .address_race import connection_to
from .connection_bytes import ConnectionBytes


async def connected(host: str, port: int, timeout: float | None) -> AsyncioStream:
    """Raises httpcore.ConnectError and ConnectTimeout."""
    with _named(httpcore.ConnectTimeout, httpcore.ConnectError):
        async with asyncio.timeout(timeout):
            return AsyncioStream(await connection_to(host, port))


class AsyncioStream(httpcore.AsyncNetworkStream):
    """With or without TLS."""

    def __init__(self, connection: ConnectionBytes) -> None:
        self._bytes = connection

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Empty at the end. Raises httpcore.ReadError and ReadTimeout."""
        with _named(httpcore.ReadTimeout, httpcore.ReadError):
            async with asyncio.timeout(timeout):
                return await self._bytes.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Raises httpcore.WriteError and WriteTimeout."""
        if not buffer:
            return
        with _named(httpcore.WriteTimeout, httpcore.WriteError):
            if not self._bytes.write(buffer):
                async with asyncio.timeout(timeout):
                    await self._bytes.written()

    async def aclose(self) -> None:
        """At once: who reads no more says no farewell either."""
        self._bytes.transport.abort()
        await asyncio.sleep(0)

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> AsyncioStream:
        """Itself, secured. Raises httpcore.ConnectError and ConnectTimeout; the connection is over then."""
        plain = self._bytes.transport
        try:
            with _named(httpcore.ConnectTimeout, httpcore.ConnectError):
                async with asyncio.timeout(timeout):
                    secured = await asyncio.get_running_loop().start_tls(
                        plain, self._bytes, ssl_context, server_hostname=server_hostname
                    )
                if secured is None:
                    raise ConnectionResetError("the connection ended while it was secured")
        except BaseException:
            plain.abort()
            raise
        self._bytes.transport = secured
        return self

    def get_extra_info(self, info: str) -> Any:
        """`ssl_object`, `socket`, and whether the host has ended an idle connection or sent what nobody asked for (`is_readable`),
        or sent something that was not read yet (`is_unasked`)."""
        if info == "is_readable":
            return not self._bytes.is_quiet or self._has_more()
        if info == "is_unasked":
            return self._bytes.has_arrived
        return self._bytes.transport.get_extra_info(info)

    def _has_more(self) -> bool:
        """By the operating system itself: the loop may not have heard of it yet."""
        socket = self._bytes.transport.get_extra_info("socket")
        number = -1 if socket is None else socket.fileno()  # None: TLS heard of the end, and tells it soon
        if number < 0:
            return True
        if not hasattr(select, "poll"):  # Windows, where any number will do
            return bool(select.select([number], [], [], 0)[0])
        asked = select.poll()
        asked.register(number, select.POLLIN)
        return bool(asked.poll(0))


@contextmanager
def _named(late: type[Exception], broken: type[Exception]) -> Generator[None]:
    try:
        yield
    except TimeoutError as error:
        raise late(str(error)) from error
    except (
        OSError,
        UnicodeError,
    ) as error:  # what goes wrong with TLS is the one, a name that no host can have the other
        raise broken(str(error)) from error
