"""A request's body before anybody works with it: whole, bounded in size, and there in time."""

from __future__ import annotations

import asyncio
from collections import deque

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .drain import Drain
from .token_gate import ending

CLOSING = {"Connection": "close"}
"""What was not read stands in the way of another request on the same connection."""


class RequestBody:
    """Answers 413 for what is longer than `most` bytes, 408 for what takes longer than `seconds`, and 503 for what is not there when the server
    ends. A request whose client is gone before its end is nobody's: what is behind would tell it in the log as a failure."""

    def __init__(self, app: ASGIApp, drain: Drain, *, most: int, seconds: float) -> None:
        self._app = app
        self._drain = drain
        self._most = most
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._is_declared_too_long(scope):
            await self._too_long(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._seconds) as within:
                with self._drain.coming(within):
                    messages = await self._whole(receive)
        except TimeoutError:
            if self._drain.is_on:
                await ending(CLOSING)(scope, receive, send)
                return
            late = PlainTextResponse("The request did not come to its end in time.", 408, CLOSING)
            await late(scope, receive, send)
            return
        except ClientDisconnect:
            return
        if messages is None:
            await self._too_long(scope, receive, send)
            return

        async def once_more() -> Message:
            return messages.popleft() if messages else await receive()

        await self._app(scope, once_more, send)

    def _is_declared_too_long(self, scope: Scope) -> bool:
        declared = Headers(scope=scope).get("content-length", "")
        return declared.isdecimal() and (len(declared) > 15 or int(declared) > self._most)

    async def _whole(self, receive: Receive) -> deque[Message] | None:
        """None for too long a body. Raises ClientDisconnect."""
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise ClientDisconnect
            body += message.get("body", b"")
            if len(body) > self._most:
                return None
            if not message.get("more_body", False):
                return deque([{"type": "http.request", "body": bytes(body), "more_body": False}])

    async def _too_long(self, scope: Scope, receive: Receive, send: Send) -> None:
        words = f"A request has at most {self._most:,} bytes here."
        await PlainTextResponse(words, 413, CLOSING)(scope, receive, send)
