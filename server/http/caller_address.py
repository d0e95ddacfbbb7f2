"""The address of whoever calls, as a proxy tells it: several, IIS among them, write the port behind it, and some an address of IPv4
as one of IPv6."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address

from starlette.types import ASGIApp, Receive, Scope, Send

from .named_proxies import NamedProxies

WITH_PORT = re.compile(r"\[([0-9a-fA-F:.]+)\](?::\d+)?|(\d+(?:\.\d+){3}):\d+")


class CallerAddress:
    """Behind what reads the headers of named proxies. With a port each connection would be another caller for the limits, and none
    would come from a network that the owner names."""

    def __init__(self, app: ASGIApp, proxies: Sequence[str] = ()) -> None:
        """One of the `proxies` whose address came in another form was taken for a caller: it stays what is in no network."""
        self._app = app
        self._proxies = NamedProxies(proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        plain = self._plain(client[0]) if client else ""
        if client and plain != client[0]:
            scope = {**scope, "client": (plain, client[1])}
        await self._app(scope, receive, send)

    def _plain(self, told: str) -> str:
        found = WITH_PORT.fullmatch(told)
        try:
            address = ip_address((found[1] or found[2]) if found else told)
        except ValueError:
            return told
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        if found is None and mapped is None:
            return told
        plain = str(mapped or address)
        return told if plain in self._proxies else plain
