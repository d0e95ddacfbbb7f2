"""One-time pages on loopback: a listener that exists while somebody is asked."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from .approval_page import POLICY, reply

LONGEST = 16_384
SECONDS = 10.0
"""How long a browser may take to send a request."""


@dataclass
class Question:
    """A page that waits for its answer."""

    html: str
    answered: Callable[[bool], None]
    done: asyncio.Event = field(default_factory=asyncio.Event)
    yes: bool = False


class Listener:
    """Serves on 127.0.0.1 at a port of the system's choosing, from the first question until `close`."""

    def __init__(self) -> None:
        self._questions: dict[str, Question] = {}
        self._server: asyncio.Server | None = None
        self._host = ""

    async def put(self, question: Question) -> str:
        """The one address at which the question is answered, once."""
        if self._server is None:
            self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=LONGEST)
            self._host = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        token = secrets.token_urlsafe(24)
        self._questions[token] = question
        return f"http://{self._host}/{token}"

    def withdraw(self, question: Question) -> None:
        self._questions = {token: q for token, q in self._questions.items() if q is not question}

    async def close(self) -> None:
        self._questions.clear()
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                status, html = await self._exchange(reader)
        except (TimeoutError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            status, html = (
                400,
                reply("Not understood", "The browser sent something else than a page asks for."),
            )
        try:
            writer.write(_response(status, html))
            await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader) -> tuple[int, str]:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:])
        }
        if headers.get("host") != self._host:  # a name that an attacker's DNS points at this machine
            return 421, reply("Wrong address", "This page is only at its own address.")
        question = self._questions.get(path.lstrip("/"))
        if question is None:
            return 410, reply(
                "This question is over",
                "It was answered, or it was withdrawn. Ask the assistant to try again.",
            )
        if method == "GET":
            return 200, question.html
        if method != "POST" or _from_elsewhere(headers, self._host):
            return 403, reply("Refused", "The answer did not come from this page.")
        body = await reader.readexactly(min(int(headers.get("content-length", "0")), LONGEST))
        answer = parse_qs(body.decode("utf-8", "replace")).get("answer", [""])[0]
        if answer not in ("yes", "no"):
            return 400, reply("Not understood", "Neither button was pressed.")
        self._questions.pop(path.lstrip("/"))
        question.yes = answer == "yes"
        question.answered(question.yes)
        question.done.set()
        if question.yes:
            return 200, reply(
                "You agreed", "The assistant can carry the change out now. You can close this page."
            )
        return 200, reply(
            "Nothing will be changed",
            "The assistant is told that you did not agree. You can close this page.",
        )


def _from_elsewhere(headers: Mapping[str, str], host: str) -> bool:
    """A form on another site, which a browser marks. Every browser names the origin of a form's answer; what names none is none."""
    return (
        headers.get("origin") != f"http://{host}"
        or headers.get("sec-fetch-site", "same-origin") != "same-origin"
    )


def _response(status: int, html: str) -> bytes:
    body = html.encode()
    reason = {200: "OK", 400: "Bad Request", 403: "Forbidden", 410: "Gone", 421: "Misdirected Request"}[
        status
    ]
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(body)),
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",  # `no-referrer` would take the origin from the form's answer
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Connection": "close",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} {reason}\r\n{head}\r\n".encode() + body
