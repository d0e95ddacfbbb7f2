"""Every request from its head to the end of its answer, so that a server that ends waits for what was begun: a call, a file that
comes or goes, a page on which somebody agrees."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from .drain import Drain

LATE = "filemaker_mcp.late"
"""In the scope of a request: whether the server had been told to end when it came. Much may be looked up before anybody asks."""


class CountedRequests:
    def __init__(self, app: ASGIApp, drain: Drain) -> None:
        self._app = app
        self._drain = drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with self._drain.call():
            await self._app({**scope, LATE: self._drain.is_on}, receive, send)
