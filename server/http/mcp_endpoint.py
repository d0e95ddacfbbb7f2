"""The address at which clients speak MCP: one request, one caller, one server of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Protocol

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ..callers.caller_identity import Identity, TokenVerifier
from ..callers.scopes import Scope as TokenScope
from ..errors import FilemakerMcpError, Forbidden
from .drain import Drain

SERVER_ERROR = -32000


class CallerDesk(Protocol):
    """Finds the MCP server of whoever calls."""

    async def server_for(self, identity: Identity) -> ASGIApp:
        """Raises Forbidden for an identity to which the owner gives nothing, and other errors of ours."""
        ...


@dataclass(frozen=True)
class McpEndpoint:
    """Cookies never count here. Only POST is answered: there are no sessions, and so no streams to open and none to end."""

    verifier: TokenVerifier
    desk: CallerDesk
    drain: Drain
    metadata: str = ""
    """Address that says where tokens come from; empty where there is none."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._answer(scope)
        if isinstance(answer, Response):
            await answer(scope, receive, send)
            return
        with self.drain.call():
            await answer(scope, receive, send)

    async def _answer(self, scope: Scope) -> ASGIApp:
        if scope["method"] != "POST":
            return Response(status_code=405, headers={"Allow": "POST"})
        if self.drain.is_on:
            return _refused(503, "This server is ending; another will answer.", {"Retry-After": "1"})
        given = Headers(scope=scope).getlist("authorization")
        if not given:
            return self._unknown(error="")
        kind, _, token = given[0].partition(" ")
        if len(given) != 1 or kind.lower() != "bearer" or not token.strip():
            return self._unknown(error="invalid_request")
        identity = await self.verifier.verify(token.strip())
        if identity is None or not _may_come_from(identity, scope):
            return self._unknown(error="invalid_token")
        try:
            return await self.desk.server_for(identity)
        except Forbidden as error:
            return _refused(403, str(error))
        except FilemakerMcpError as error:
            return _refused(503, str(error), {"Retry-After": "5"})

    def _unknown(self, *, error: str) -> Response:
        """401, with what a client needs in order to ask for a token."""
        parts = [f'scope="{TokenScope.READ}"']
        if self.metadata:
            parts.insert(0, f'resource_metadata="{self.metadata}"')
        if error:
            parts.insert(0, f'error="{error}"')
        words = "No token came with the request." if not error else "The token is not one that lets in."
        return _refused(401, words, {"WWW-Authenticate": f"Bearer {', '.join(parts)}"})


def _may_come_from(identity: Identity, scope: Scope) -> bool:
    """Whether the address is one from which the token is taken. Behind a proxy that is not named it is the proxy's."""
    client = scope.get("client")
    if not identity.networks:
        return True
    try:
        address = ip_address(client[0]) if client is not None else None
    except ValueError:
        return False
    return address is not None and any(address in ip_network(each) for each in identity.networks)


def _refused(status: int, words: str, headers: dict[str, str] | None = None) -> Response:
    """As a client of MCP reads it."""
    body = {"jsonrpc": "2.0", "id": None, "error": {"code": SERVER_ERROR, "message": words}}
    return JSONResponse(body, status, headers)
