"""Whom the token of a request proves, and what is answered to one without."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from ..callers.caller_identity import Identity, TokenVerifier
from ..callers.scopes import Scope as TokenScope

SERVER_ERROR = -32000


@dataclass(frozen=True)
class TokenGate:
    verifier: TokenVerifier
    metadata: str = ""
    """Address that says where tokens come from; empty where there is none."""

    async def proved(self, scope: Scope) -> Identity | Response:
        given = Headers(scope=scope).getlist("authorization")
        if not given:
            return self._unknown(error="")
        kind, _, token = given[0].partition(" ")
        if len(given) != 1 or kind.lower() != "bearer" or not token.strip():
            return self._unknown(error="invalid_request")
        identity = await self.verifier.verify(token.strip())
        if identity is None or not _may_come_from(identity, scope):
            return self._unknown(error="invalid_token")
        return identity

    async def of_request(self, request: Request) -> Identity | Response:
        return await self.proved(request.scope)

    def _unknown(self, *, error: str) -> Response:
        """401, with what a client needs in order to ask for a token."""
        parts = [f'scope="{TokenScope.READ}"']
        if self.metadata:
            parts.insert(0, f'resource_metadata="{self.metadata}"')
        if error:
            parts.insert(0, f'error="{error}"')
        words = "No token came with the request." if not error else "The token is not one that lets in."
        return refusal(401, words, {"WWW-Authenticate": f"Bearer {', '.join(parts)}"})


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


def refusal(status: int, words: str, headers: dict[str, str] | None = None) -> Response:
    """As a client of MCP reads it."""
    body = {"jsonrpc": "2.0", "id": None, "error": {"code": SERVER_ERROR, "message": words}}
    return JSONResponse(body, status, headers)


def ending(headers: dict[str, str] | None = None) -> Response:
    """What is answered while the server ends."""
    return refusal(503, "This server is ending; another will answer.", {"Retry-After": "1"} | (headers or {}))
