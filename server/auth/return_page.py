"""Where the browser comes back to after a consent: one request on loopback."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from ..errors import SignInFailed

WAIT_SECONDS = 300.0
PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>filemaker-mcp</title>"
    "<h1>{title}</h1><p>You can close this window and go back to the terminal.</p>"
)


class ReturnPage:
    """Listens on a free port of 127.0.0.1 inside the block; `address` is what the host is told."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None
        self._tracking_id = ""
        self._answer: asyncio.Future[dict[str, str]] | None = None
        self.address = ""

    async def __aenter__(self) -> Self:
        self._answer = asyncio.get_running_loop().create_future()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()

    async def identifier(self, tracking_id: str) -> str:
        """What the provider's consent is proved by. Raises SignInFailed when it is refused or nobody comes."""
        self._tracking_id = tracking_id
        assert self._answer is not None  # noqa: S101 -- only inside the block
        try:
            answer = await asyncio.wait_for(self._answer, WAIT_SECONDS)
        except TimeoutError:
            raise SignInFailed(
                "Nobody came back from the browser within five minutes",
                reason="no_consent",
                advice="Run 'filemaker-mcp login' again, and finish the sign-in in the browser.",
            ) from None
        if not answer.get("identifier"):
            raise SignInFailed(
                "The identity provider did not give consent",
                reason="no_consent",
                advice="Run 'filemaker-mcp login' again, and allow it; the provider's own page says why it would not.",
            )
        return answer["identifier"]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await asyncio.wait_for(reader.readline(), 10)
            target = line.decode("ascii", "replace").split(" ")[1] if line.count(b" ") >= 2 else "/"
            answer = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
            ours = ("identifier" in answer or "error" in answer) and answer.get(
                "trackingID", self._tracking_id
            ) == self._tracking_id
            writer.write(_page(ours, consented="identifier" in answer))
            await writer.drain()
            if ours and self._answer is not None and not self._answer.done():
                self._answer.set_result(answer)
        except (OSError, TimeoutError, ValueError):
            pass
        finally:
            writer.close()


def _page(ours: bool, *, consented: bool) -> bytes:
    title = "Signed in." if consented else "Not signed in."
    body = PAGE.format(title=title if ours else "Nothing to see here.").encode()
    status = "200 OK" if ours else "404 Not Found"
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body
