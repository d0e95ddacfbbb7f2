"""The way into the console: a link that works once and leaves a cookie, so that knowing the port is not enough."""

from __future__ import annotations

import secrets

from starlette.requests import Request

COOKIE = "filemaker-mcp-console"


class OneTimeLink:
    def __init__(self) -> None:
        self._key = secrets.token_urlsafe(24)
        self._cookie = secrets.token_urlsafe(24)

    @property
    def path(self) -> str:
        return f"/open?key={self._key}"

    def taken(self, key: str) -> str | None:
        """What the browser is to bring from now on. None for a key that is wrong or was used."""
        if not self._key or not secrets.compare_digest(key.encode(), self._key.encode()):
            return None
        self._key = ""
        return self._cookie

    def is_brought_by(self, request: Request) -> bool:
        brought = request.cookies.get(COOKIE, "")
        return secrets.compare_digest(brought.encode(), self._cookie.encode())
