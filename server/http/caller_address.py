"""The address of whoever calls, as a proxy tells it: several, IIS among them, write the port behind it."""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Receive, Scope, Send

WITH_PORT = re.compile(r"\[([0-9a-fA-F:.]+)\](?::\d+)?|(\d+(?:\.\d+){3}):\d+")


class CallerAddress:
    """Behind what reads the headers of named proxies. With a port each connection would be another caller for the limits, and none
    would come from a network that the owner names."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        found = WITH_PORT.fullmatch(client[0]) if client else None
        if client and found:
            scope = {**scope, "client": (found[1] or found[2], client[1])}
        await self._app(scope, receive, send)
