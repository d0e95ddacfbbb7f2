"""/register, where the owner named it: a client tells of itself (RFC 7591). It gets an id and no secret, and nobody believes its
name."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .clients.client_directory import ClientDirectory
from .clients.client_document import NoDocument, name_in, object_in, redirects_in

LONGEST = 16_384
NO_STORE = {"Cache-Control": "no-store"}


class RegistrationEndpoint:
    def __init__(self, directory: ClientDirectory) -> None:
        self._directory = directory

    def routes(self) -> list[Route]:
        return (
            [Route("/register", self._register, methods=["POST"])]
            if self._directory.rules.registration
            else []
        )

    async def _register(self, request: Request) -> Response:
        if not self._directory.registry.allows(request.client.host if request.client else ""):
            return _refused(
                429, "temporarily_unavailable", "Too many clients were registered from one address."
            )
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > LONGEST:
                return _refused(
                    413, "invalid_client_metadata", f"A client tells of itself in {LONGEST} bytes."
                )
        try:
            told = object_in(json.loads(body))
            redirects = redirects_in(told, self._directory.rules.schemes)
        except NoDocument as problem:
            return _refused(400, "invalid_redirect_uri", f"The client cannot be registered: {problem}.")
        except (ValueError, RecursionError):
            return _refused(400, "invalid_client_metadata", "The body is no JSON.")
        client = await self._directory.registry.put(name_in(told), redirects)
        if client is None:
            return _refused(
                503, "temporarily_unavailable", "As many clients are registered as this server keeps."
            )
        return JSONResponse(
            {
                "client_id": client.id,
                "client_name": client.name,
                "redirect_uris": list(client.redirects),
                "token_endpoint_auth_method": "none",
                "grant_types": ["authorization_code", "refresh_token"],
                "response_types": ["code"],
            },
            201,
            NO_STORE,
        )


def _refused(status: int, code: str, words: str) -> Response:
    return JSONResponse({"error": code, "error_description": words}, status, NO_STORE)
