"""HTTP around the host: the request as it came, and the headers that every answer carries (section 2.3 [O])."""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable

from starlette.requests import Request as HttpRequest
from starlette.types import Receive, Scope, Send

from ..switches import Switches
from .envelope import Answer, etag
from .request import Request, parse_query

_COMPRESSED_FROM = 1024  # Express's threshold (section 2.3 [I])


class Endpoint:
    """Any path, as an ASGI application: names in paths must be split before they are decoded (section 2.7)."""

    def __init__(
        self, answer: Callable[[Request], Awaitable[Answer]], switches: Callable[[], Switches]
    ) -> None:
        self._answer = answer
        self._switches = switches

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        http = HttpRequest(scope, receive)
        host = http.headers.get("host", "localhost")
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        request = Request(
            method=http.method,
            path=raw.partition(b"?")[0].decode("ascii", "replace"),
            query=parse_query(scope["query_string"]),
            headers={name.lower(): value for name, value in http.headers.items()},
            body=await http.body(),
            client=http.client.host if http.client else "127.0.0.1",
            scheme=http.url.scheme,
            host=host,
        )
        answer = await self._answer(request)
        await _send(answer, request, self._switches(), send)


async def _send(answer: Answer, request: Request, switches: Switches, send: Send) -> None:
    status, body = answer.status, answer.body
    name = request.host.partition(":")[0]
    headers = [
        ("Server", "Apache"),
        ("Content-Type", answer.content_type),
        ("Vary", "Accept-Encoding"),
        ("X-Frame-Options", "SAMEORIGIN"),
        ("X-XSS-Protection", "1; mode=block"),
        ("X-Content-Type-Options", "nosniff"),
        ("Access-Control-Allow-Origin", name),
        ("Access-Control-Allow-Headers", "Content-Type, Authorization"),
        ("Access-Control-Allow-Credentials", "true"),
        ("Keep-Alive", "timeout=5, max=100"),
        *answer.headers,
    ]
    if answer.tagged:
        tag = etag(body)
        headers += [("Cache-Control", "no-cache"), ("ETag", tag)]
        if (
            switches.conditional_get
            and request.method == "GET"
            and request.headers.get("if-none-match") == tag
        ):
            status, body = 304, b""
    compresses = len(body) > _COMPRESSED_FROM and answer.content_type.startswith(
        ("application/json", "text/")
    )
    if compresses and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 6, mtime=0)
        headers.append(("Content-Encoding", "gzip"))  # and no length: it goes out in chunks
    elif answer.tagged or not answer.content_type.startswith("application/json"):
        headers.append(("Content-Length", str(len(body))))
    encoded = [(header.lower().encode(), value.encode("latin-1", "replace")) for header, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
