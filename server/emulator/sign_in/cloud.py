"""What FileMaker Cloud puts in front of a host: only Claris IDs enter, and its web server refuses in HTML.

Section 16, and the rows "401 at log-in" (M) and "more than an hour since the last Claris ID authentication" (H) of the
Claris ID reference. The empty body of a log-in answer is the host's own switch, `token_in_body`.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..clock import Clock
from ..cognito.pool import UserPool

AUTHORIZATION_REQUIRED = (
    "<html>\r\n<head><title>401 Authorization Required</title></head>\r\n"
    "<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n</body>\r\n</html>\r\n"
)


@dataclass
class CloudSwitches:
    """Mutable on purpose, as the pool's are."""

    html_refusals: bool = True
    """A refused token is answered by the front's web server in HTML, without FileMaker's code (M)."""
    sessions_end_with_id_token: bool = False
    """A session ends one hour after its id token was issued, however busy it is: "may fail with a 401" (H, open)."""


class CloudFront:
    """An ASGI application around the emulator."""

    def __init__(
        self, app: ASGIApp, pool: UserPool, clock: Clock, switches: CloudSwitches | None = None
    ) -> None:
        self.switches = switches or CloudSwitches()
        self._app = app
        self._pool = pool
        self._clock = clock
        self._ends: MutableMapping[str, datetime] = {}
        """When each session's id token will be an hour old."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/fmi/data/"):
            await self._app(scope, receive, send)
            return
        scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        if scope["method"] == "POST" and scope["path"].rstrip("/").endswith("/sessions"):
            await self._log_in(token if scheme.upper() == "FMID" else "", scope, receive, send)
        elif self.switches.sessions_end_with_id_token and self._is_over(token):
            await self._refusal(952, "Invalid FileMaker Data API token (*)")(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _log_in(self, id_token: str, scope: Scope, receive: Receive, send: Send) -> None:
        read = self._pool.read_id_token(id_token)
        if read is None:
            words = "Invalid user account and/or password; please try again"
            await self._refusal(212, words)(scope, receive, send)
            return

        async def remember(message: Message) -> None:
            if message["type"] == "http.response.start":
                token = Headers(raw=list(message["headers"])).get("x-fm-data-access-token")
                if token is not None:
                    self._ends[token] = read.issued + timedelta(hours=1)
            await send(message)

        await self._app(scope, receive, remember)

    def _is_over(self, token: str) -> bool:
        end = self._ends.get(token)
        return end is not None and self._clock.now() >= end

    def _refusal(self, code: int, words: str) -> Response:
        if self.switches.html_refusals:
            return HTMLResponse(AUTHORIZATION_REQUIRED, 401)
        return JSONResponse({"messages": [{"code": str(code), "message": words}], "response": {}}, 401)
