"""Pages of others whose scripts may call: only those that the owner lists, by a token that they bring, never by a cookie."""

from __future__ import annotations

from collections.abc import Collection

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

KEPT_SECONDS = 600
"""For so long a browser does not ask again whether it may."""
READABLE = ("WWW-Authenticate", "MCP-Protocol-Version", "Retry-After")
"""Of an answer's headers, beside those that every script may read."""


class ForeignPages:
    """Tells a browser that a listed page may read what is answered at these paths. Who may not was refused before, at the door."""

    def __init__(self, app: ASGIApp, origins: Collection[str], paths: Collection[str]) -> None:
        self._app = app
        self._paths = frozenset(paths)
        self._telling = CORSMiddleware(
            app,
            allow_origins=tuple(origins),
            allow_methods=("POST",),
            allow_headers=("*",),
            allow_credentials=False,
            expose_headers=READABLE,
            max_age=KEPT_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_theirs = scope["type"] == "http" and scope["path"] in self._paths
        await (self._telling if is_theirs else self._app)(scope, receive, send)
