"""What a client reads before it asks: who gives tokens for this server (RFC 9728), and how (RFC 8414)."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .authorize_request import ORDER

HEADERS = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
SERVER_PATH = "/.well-known/oauth-authorization-server"
RESOURCE_PATH = "/.well-known/oauth-protected-resource"


class MetadataDocuments:
    def __init__(self, origin: str, resource: str, *, registration: bool) -> None:
        scopes = [each.value for each in ORDER]
        self._resource = {
            "resource": resource,
            "authorization_servers": [origin],
            "scopes_supported": scopes,
            "bearer_methods_supported": ["header"],
        }
        self._server: dict[str, object] = {
            "issuer": origin,
            "authorization_endpoint": f"{origin}/authorize",
            "token_endpoint": f"{origin}/token",
            "revocation_endpoint": f"{origin}/revoke",
            "scopes_supported": scopes,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_methods_supported": ["none"],
            "revocation_endpoint_auth_methods_supported": ["none"],
            "code_challenge_methods_supported": ["S256"],
            "client_id_metadata_document_supported": True,
            "authorization_response_iss_parameter_supported": True,
        }
        if registration:
            self._server["registration_endpoint"] = f"{origin}/register"
        self.resource_path = RESOURCE_PATH + urlsplit(resource).path.rstrip("/")

    def routes(self) -> list[Route]:
        return [
            Route(SERVER_PATH, self._told_of_server, methods=["GET"]),
            Route(self.resource_path, self._told_of_resource, methods=["GET"]),
        ]

    async def _told_of_server(self, request: Request) -> Response:
        return JSONResponse(self._server, headers=HEADERS)

    async def _told_of_resource(self, request: Request) -> Response:
        return JSONResponse(self._resource, headers=HEADERS)
