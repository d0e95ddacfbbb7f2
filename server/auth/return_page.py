"""Where the browser comes back to after a consent: one request on loopback."""

from __future__ import annotations

import asyncio
import hmac
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from ..errors import SignInFailed

WAIT_SECONDS = 300.0
READ_SECONDS = 10.0
LONGEST_HEAD = 32 * 1024
PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>filemaker-mcp</title>"
    "<h1>{title}</h1><p>You can close this window and go back to the terminal.</p>"
)


class ReturnPage:
    """Listens on a free port of 127.0.0.1 inside the block. `address` is what the host is told.

    One answer is taken: by GET, under the page's own host name, with the tracking id that the host echoes. Any other page that
    the browser shows could otherwise make it call here with an answer of its own.
    """

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None
        self._tracking_id = ""
        self._answer: asyncio.Future[dict[str, str]] | None = None
        self._visits: set[asyncio.Task[None]] = set()
        self.address = ""

    async def __aenter__(self) -> Self:
        self._answer = asyncio.get_running_loop().create_future()
        self._server = await asyncio.start_server(self._visit, "127.0.0.1", 0, limit=LONGEST_HEAD)
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for visit in self._visits:  # a browser connects ahead of need and says nothing
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

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

    def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.create_task(self._serve(reader, writer))
        self._visits.add(visit)
        visit.add_done_callback(self._visits.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), READ_SECONDS)
            answer = self._read(head.decode("latin-1"))
            if answer is not None and self._answer is not None:
                self._answer.set_result(answer)
            writer.write(_page(answer))
            await writer.drain()
        except (OSError, TimeoutError, ValueError, EOFError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    def _read(self, head: str) -> dict[str, str] | None:
        """The answer that a request brings. None for any other request."""
        line, *headers = head.split("\r\n")
        method, _, rest = line.partition(" ")
        hosts = [
            value.strip()
            for name, _, value in (each.partition(":") for each in headers)
            if name.lower() == "host"
        ]
        if method != "GET" or hosts != [urlsplit(self.address).netloc]:
            return None
        if not self._tracking_id or self._answer is None or self._answer.done():
            return None
        answer = {
            name: values[0] for name, values in parse_qs(urlsplit(rest.partition(" ")[0]).query).items()
        }
        echoed = hmac.compare_digest(answer.get("trackingID", "").encode(), self._tracking_id.encode())
        return answer if echoed and ("identifier" in answer or "error" in answer) else None


def _page(answer: dict[str, str] | None) -> bytes:
    title = "Nothing to see here."
    if answer is not None:
        title = "Signed in." if answer.get("identifier") else "Not signed in."
    body = PAGE.format(title=title).encode()
    status = "404 Not Found" if answer is None else "200 OK"
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body
