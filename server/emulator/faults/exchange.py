"""One request on its way to the emulated host, and what a fault may do to it.

A connection can only be cut where there is one. Over sockets, serve with `connection.Connection`: it offers each
request the ASGI extension `filemaker.disconnect`. In this process (`httpx.ASGITransport`) there is no connection, and
the same faults raise what httpx raises over a socket:

- closed without an answer: `httpx.RemoteProtocolError`, "Server disconnected without sending a response."
- reset: `httpx.ReadError`
- closed in the middle of a body: `httpx.RemoteProtocolError`, "peer closed connection without sending complete ..."
- no answer ever: `httpx.ReadTimeout`, at once, since that transport knows no time-outs
- an answer that drips: whole, once its time is over
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..clock import Clock

EXTENSION = "filemaker.disconnect"

Disconnect = Callable[[bool], None]
"""Close the connection. True resets it."""


@dataclass
class Captured:
    """An answer that the host gave and the client has not seen."""

    messages: list[Message] = field(default_factory=list[Message])

    async def send(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages[1:])


@dataclass(frozen=True)
class Exchange:
    scope: Scope
    receive: Receive
    send: Send
    app: ASGIApp
    clock: Clock

    async def forward(self) -> None:
        """Let the host answer the client."""
        await self.app(self.scope, self.receive, self.send)

    async def capture(self) -> Captured:
        """Let the host process the request, and keep its answer back."""
        captured = Captured()
        await replace(self, send=captured.send).forward()
        return captured

    async def drain(self) -> None:
        """Read the request to its end: closing on unread bytes would reset the connection."""
        while (await self.receive()).get("more_body", False):
            pass

    async def answer(
        self, status: int, body: bytes, content_type: str, headers: tuple[tuple[bytes, bytes], ...] = ()
    ) -> None:
        """Answer in the host's place."""
        shown = [
            (b"content-type", content_type.encode()),
            (b"content-length", str(len(body)).encode()),
            *headers,
        ]
        await self.send({"type": "http.response.start", "status": status, "headers": shown})
        await self.send({"type": "http.response.body", "body": body})

    async def drop(self, *, reset: bool) -> None:
        """Close the connection without an answer."""
        if not await self._disconnect(reset=reset):
            import httpx

            if reset:
                raise httpx.ReadError("")
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")

    async def cut(self, captured: Captured, kept: int) -> None:
        """Answer with the first bytes of a body and close the connection."""
        body = captured.body
        if self._connection() is None:
            import httpx

            told = f"received {min(kept, len(body))} bytes, expected {len(body)}"
            raise httpx.RemoteProtocolError(
                f"peer closed connection without sending complete message body ({told})"
            )
        if not captured.messages:
            return  # an inner fault has cut the connection already
        await self.send(captured.messages[0])
        await self.send({"type": "http.response.body", "body": body[:kept], "more_body": True})
        await self._disconnect(reset=False)

    async def drip(self, captured: Captured, size: int, seconds: float) -> None:
        """Answer with a body that comes in pieces, or at once after as much time where there is no connection."""
        body = captured.body
        pieces = [body[start : start + size] for start in range(0, len(body), size)]
        if self._connection() is None:
            await self.clock.sleep(seconds * len(pieces))
            for message in captured.messages:
                await self.send(message)
            return
        if not captured.messages:
            return  # an inner fault has cut the connection already
        await self.send(captured.messages[0])
        for piece in pieces:
            await self.clock.sleep(seconds)
            await self.send({"type": "http.response.body", "body": piece, "more_body": True})
        await self.send({"type": "http.response.body", "body": b""})

    async def hang(self) -> None:
        """Never answer. Returns when the client has gone."""
        if self._connection() is None:
            import httpx

            raise httpx.ReadTimeout("")
        while (await self.receive())["type"] != "http.disconnect":
            pass

    def _connection(self) -> Disconnect | None:
        extensions = cast("dict[str, Disconnect]", self.scope.get("extensions") or {})
        return extensions.get(EXTENSION)

    async def _disconnect(self, *, reset: bool) -> bool:
        disconnect = self._connection()
        if disconnect is None:
            return False
        disconnect(reset)
        while (await self.receive())["type"] != "http.disconnect":
            pass  # else the server would see an application that forgot to answer
        return True
