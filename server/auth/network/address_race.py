"""The first address of a host that answers (RFC 8305). asyncio has such a race, too, and loses the socket of the winner where the
call is cancelled in that moment."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from itertools import chain, zip_longest
from typing import Any

from .connection_bytes import ConnectionBytes

NEXT_ADDRESS_SECONDS = 0.25
"""After so long the next address of a host is tried beside the one that does not answer."""

Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]
"""As `getaddrinfo` gives it."""


async def connection_to(host: str, port: int) -> ConnectionBytes:
    """Raises OSError: of a name that is not known, or of the address that was tried first. Whoever is cancelled leaves nothing open."""
    addresses = _alternating(await _addresses(host, port))
    if len(addresses) == 1:
        return await _connected(addresses[0])
    attempts: list[asyncio.Task[ConnectionBytes]] = []
    winner: asyncio.Task[ConnectionBytes] | None = None
    try:
        for address in addresses:
            attempts.append(asyncio.create_task(_connected(address)))
            if (winner := await _winner(attempts, NEXT_ADDRESS_SECONDS)) is not None:
                break
        while winner is None and not all(attempt.done() for attempt in attempts):
            winner = await _winner(attempts, None)
    finally:
        for attempt in attempts:
            if attempt is not winner:
                attempt.cancel()
                attempt.add_done_callback(_drop)
    return (winner or attempts[0]).result()


async def _addresses(host: str, port: int) -> Sequence[Address]:
    try:  # one in numbers needs no thread
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except OSError:
        return await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)


def _alternating(addresses: Sequence[Address]) -> list[Address]:
    """One family after the other, in the order of each, beginning with the family of the first."""
    families = dict.fromkeys(address[0] for address in addresses)
    by_family = [[address for address in addresses if address[0] == family] for family in families]
    return [address for address in chain(*zip_longest(*by_family)) if address is not None]


async def _winner(
    attempts: Sequence[asyncio.Task[ConnectionBytes]], seconds: float | None
) -> asyncio.Task[ConnectionBytes] | None:
    """One that has succeeded; None once another has failed, or after `seconds`."""
    left = [attempt for attempt in attempts if not attempt.done()]
    await asyncio.wait(left, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    ended = (attempt for attempt in attempts if attempt.done() and not attempt.cancelled())
    return next((attempt for attempt in ended if attempt.exception() is None), None)


async def _connected(address: Address) -> ConnectionBytes:
    loop = asyncio.get_running_loop()
    family, kind, protocol, _, place = address
    opened = socket.socket(family, kind, protocol)
    try:
        opened.setblocking(False)
        await loop.sock_connect(opened, place)
    except BaseException:
        opened.close()
        raise
    _, connection = await loop.create_connection(ConnectionBytes, sock=opened)
    return connection


def _drop(attempt: asyncio.Task[ConnectionBytes]) -> None:
    """One that came too late, or failed."""
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().transport.abort()
