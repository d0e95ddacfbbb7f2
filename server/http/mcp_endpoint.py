"""The address at which clients speak MCP: one request, one caller, one server of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ..callers.caller_identity import Identity
from ..callers.grant_in_use import asked_by
from ..errors import FilemakerMcpError, Forbidden
from .counted_requests import LATE
from .token_gate import TokenGate, ending, refusal


class CallerDesk(Protocol):
    """Finds the MCP server of whoever calls."""

    async def server_for(self, identity: Identity) -> ASGIApp:
        """Raises Forbidden for an identity to which the owner gives nothing, and other errors of ours."""
        ...


@dataclass(frozen=True)
class McpEndpoint:
    """Cookies never count here. Programs are answered to POST alone: there are no sessions, and so no streams to open or to end."""

    gate: TokenGate
    desk: CallerDesk
    pages: str = ""
    """Where people have pages of their own: a browser in which somebody opens this address is led there. Empty where there are none."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.pages and scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", ""):
            await RedirectResponse(self.pages, 303, {"Cache-Control": "no-store"})(scope, receive, send)
            return
        if scope["method"] != "POST":
            await Response(status_code=405, headers={"Allow": "POST"})(scope, receive, send)
            return
        if scope[LATE]:
            await ending()(scope, receive, send)
            return
        identity = await self.gate.proved(scope)
        if isinstance(identity, Response):
            await identity(scope, receive, send)
            return
        answer = await self._answer(identity)
        with asked_by(identity.grant):
            await answer(scope, receive, send)

    async def _answer(self, identity: Identity) -> ASGIApp:
        try:
            return await self.desk.server_for(identity)
        except Forbidden as error:
            return refusal(403, str(error))
        except FilemakerMcpError as error:
            return refusal(503, str(error), {"Retry-After": "5"})
