"""Where a server listens for HTTP."""

from __future__ import annotations

import socket


def listening_socket(host: str, port: int, *, backlog: int | None = None) -> socket.socket:
    """Its connections send each piece of an answer at once. asyncio asks for that only where a socket names its protocol, and without it the
    body of an answer waits for its head to be acknowledged, 40 ms.

    Raises OSError where the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=backlog)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
