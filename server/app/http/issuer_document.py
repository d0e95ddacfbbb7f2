"""Where tokens come from (RFC 9728), on a server that takes those of identity providers and makes none of its own."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ...callers.scopes import Scope
from ...config.http_settings import HttpSettings

PATH = "/.well-known/oauth-protected-resource/mcp"


@dataclass(frozen=True)
class IssuerDocument:
    origin: str
    issuers: tuple[str, ...]

    @classmethod
    def of(cls, settings: HttpSettings) -> IssuerDocument | None:
        """None where there is no public address, or no provider."""
        if settings.public_url is None or not settings.issuers:
            return None
        return cls(settings.public_url, tuple(each.issuer for each in settings.issuers))

    @property
    def address(self) -> str:
        return f"{self.origin}{PATH}"

    def routes(self) -> list[Route]:
        return [Route(PATH, self._answer, methods=["GET"])]

    async def _answer(self, request: Request) -> Response:
        facts = {
            "resource": f"{self.origin}/mcp",
            "authorization_servers": list(self.issuers),
            "scopes_supported": [str(scope) for scope in Scope],
            "bearer_methods_supported": ["header"],
        }
        return JSONResponse(facts, headers={"Access-Control-Allow-Origin": "*"})
