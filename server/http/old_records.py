"""While the server's records are a copy that is behind, nobody is let in by what stands in them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ..errors import FilemakerMcpError, StateAway

log = logging.getLogger("filemaker_mcp")
ALIVE = "/live"
WORDS = (
    "The records of this server are older than what was ended since: a copy of them was put back. Its owner runs"
    " 'filemaker-mcp state restored', and everybody signs in anew."
)


class OldRecords:
    """Answers 503 to everything but `/live`. `are_current` raises StateAway, of which others tell."""

    def __init__(self, app: ASGIApp, are_current: Callable[[], Awaitable[bool]]) -> None:
        self._app = app
        self._are_current = are_current

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != ALIVE and not await self._is_current():
            await PlainTextResponse(WORDS, 503, {"Retry-After": "60"})(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _is_current(self) -> bool:
        try:
            return await self._are_current()
        except StateAway:
            return True
        except FilemakerMcpError as error:
            log.error("nobody is let in: %s", error)
            return False
