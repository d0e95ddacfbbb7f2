"""Which requests are looked at at all: by Host and Origin, and on a server for this machine by where they came through."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ..text.unexpected_errors import place_of

log = logging.getLogger("filemaker_mcp")

LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")
PASSED_ON = ("forwarded", "via", "x-real-ip")
"""Headers that a proxy or a tunnel adds, beside all that begin with X-Forwarded-."""
PROBED = ("/live", "/ready")
"""What a platform looks at: load balancers name the server by its address, and many cannot name it otherwise."""


@dataclass(frozen=True)
class Doorway:
    """By which names the server is reached."""

    hosts: frozenset[str]
    """With their port, in lower case; on a server for this machine without one, since any port may lead here."""
    origins: frozenset[str]
    """Of pages whose scripts may call; a request without an origin is no page's."""
    this_machine: bool = False
    by_address: bool = False
    """Also by any address in figures. A foreign page reaches a server inside by a name alone, which it leads there."""

    @classmethod
    def local(cls) -> Doorway:
        return cls(frozenset(LOCAL_NAMES), frozenset(), this_machine=True)

    @classmethod
    def of_figures(cls, host: str) -> Doorway:
        """Where a collector of figures comes: it is no page."""
        return cls(frozenset((host.lower(), *LOCAL_NAMES)), frozenset(), by_address=True)

    @classmethod
    def public(cls, address: str, origins: Collection[str]) -> Doorway:
        """`address` is the public one, of scheme, host and port."""
        parts = urlsplit(address)
        host = parts.netloc.lower()
        usual = {"https": ":443", "http": ":80"}[parts.scheme]
        hosts = {host, host.removesuffix(usual)} | ({host + usual} if parts.port is None else set[str]())
        own = f"{parts.scheme}://{host.removesuffix(usual)}"
        return cls(frozenset(hosts), frozenset({own, *origins}))

    def takes_host(self, host: str, path: str = "") -> bool:
        name = host.lower()
        bare = _without_port(name)
        if (self.by_address or path in PROBED) and _is_address(bare):
            return True
        return (bare if self.this_machine or self.by_address else name) in self.hosts

    def takes_origin(self, origin: str) -> bool:
        if self.this_machine:
            parts = urlsplit(origin)
            return parts.scheme in ("http", "https") and _without_port(parts.netloc.lower()) in self.hosts
        return origin.lower() in self.origins


class FrontDoor:
    """Refuses by 400 a length of two kinds, by 421 a Host, and by 403 an Origin or a way, that is none of its own. What goes wrong behind it unforeseen was
    answered by 500 there, and is told here by its place alone."""

    def __init__(self, app: ASGIApp, doorway: Doorway) -> None:
        self._app = app
        self._doorway = doorway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (refusal := self._refusal(scope)) is not None:
            await refusal(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        except Exception as error:  # noqa: BLE001 -- its text may hold anything, and a log is read by many
            log.error("defect in a request: %s at %s", type(error).__name__, place_of(error))

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if "content-length" in headers and "transfer-encoding" in headers:
            # A proxy may have counted by the other one: what it took for a body may be a request here (RFC 9112, section 6.3).
            return PlainTextResponse(
                "The request gives its length in two ways.", 400, {"Connection": "close"}
            )
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._doorway.takes_host(hosts[0], scope["path"]):
            return PlainTextResponse("This server does not answer by that name.", 421)
        if any(not self._doorway.takes_origin(origin) for origin in headers.getlist("origin")):
            return PlainTextResponse("Pages of that origin may not call this server.", 403)
        if self._doorway.this_machine and not _is_direct(scope, headers):
            return PlainTextResponse(
                "This server is for this machine alone, and the request came through something in between.",
                403,
            )
        return None


def _is_direct(scope: Scope, headers: Headers) -> bool:
    """Whether it came from this machine itself and through nothing that says so. A tunnel that hides itself still needs the
    bearer."""
    if any(name in PASSED_ON or name.startswith("x-forwarded-") for name in headers):
        return False
    client = scope.get("client")
    try:
        return client is None or ip_address(client[0]).is_loopback
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _without_port(netloc: str) -> str:
    if netloc.startswith("["):
        return netloc.partition("]")[0] + "]"
    return netloc.partition(":")[0]
