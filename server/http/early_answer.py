"""An answer that is given while the request's body is still coming, so that whoever sends it reads the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECONDS = 10.0
"""For so long what still comes is read and thrown away."""
SILENT_SECONDS = 1.0
"""After so long without anything nobody is sending any more."""


class EarlyAnswer:
    """Ends an answer only after the body. A connection that is closed while bytes come is reset, and the sender's system throws
    away what was answered. Where a proxy sends the body on, the answer begins after it too: several (Caddy, all in Go) hand an
    early one on, stop reading, and reset the connection to whoever still sends."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_whole = False

        async def received() -> Message:
            nonlocal is_whole
            message = await receive()
            is_whole = is_whole or not message.get("more_body", False)
            return message

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and not is_whole and _waits(scope):
                await _thrown_away(received, lambda: is_whole)
            is_last = message["type"] == "http.response.body" and not message.get("more_body", False)
            if is_last and not is_whole and _has_body(scope):
                await send({**message, "more_body": True})
                await _thrown_away(received, lambda: is_whole)
                message = {"type": "http.response.body", "body": b"", "more_body": False}
            await send(message)

        await self._app(scope, received, sent)


def _has_body(scope: Scope) -> bool:
    names = dict(scope["headers"])
    return b"transfer-encoding" in names or names.get(b"content-length", b"0") != b"0"


def _waits(scope: Scope) -> bool:
    """Whether somebody between sends on what comes, whatever is answered. Who asks first whether they shall send is told at once."""
    names = dict(scope["headers"])
    return _has_body(scope) and b"x-forwarded-for" in names and b"expect" not in names


async def _thrown_away(receive: Receive, is_whole: Callable[[], bool]) -> None:
    try:
        async with asyncio.timeout(SECONDS):
            while not is_whole():
                async with asyncio.timeout(SILENT_SECONDS):
                    await receive()
    except TimeoutError:
        return
