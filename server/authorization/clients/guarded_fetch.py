"""One small request to a host that a stranger named, or that an owner may have mistaken: to the open internet alone, and to the
very address that was looked at."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx

from .public_address import is_public

Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""The IP addresses of a host name."""

SECONDS = 5.0
MOST_BYTES = 64 * 1024


FAILURES = (TimeoutError, OSError, httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError)
"""What can come of a host, an address or an answer that is not as it should be."""


class NotFetched(Exception):
    """Why there is no document, for the owner's log. It may name an address inside, so no page shows it."""


async def resolved(host: str) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


class GuardedFetch:
    def __init__(
        self, resolve: Resolve = resolved, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._resolve = resolve
        self._transport = transport

    async def json(self, host: str, target: str) -> Any:
        """`https://HOST` and `target`, its path with the query. Raises NotFetched."""
        try:
            with anyio.fail_after(SECONDS):
                return json.loads(await self._body(host, target))
        except FAILURES as failed:
            raise NotFetched(f"{host}: {type(failed).__name__}") from failed

    async def post(self, host: str, target: str, content: object) -> None:
        """JSON to `https://HOST` and `target`. What is answered is not read. Raises NotFetched."""
        try:
            with anyio.fail_after(SECONDS):
                async with self._answer(host, target, json.dumps(content)) as answer:
                    if not answer.is_success:
                        raise NotFetched(f"{host} answered {answer.status_code}")
        except FAILURES as failed:
            raise NotFetched(f"{host}: {type(failed).__name__}") from failed

    @asynccontextmanager
    async def _answer(self, host: str, target: str, content: str | None) -> AsyncGenerator[httpx.Response]:
        addresses = list(await self._resolve(host))
        if not addresses or not all(is_public(each) for each in addresses):
            raise NotFetched(f"{host} is not on the open internet")
        first = addresses[0]
        at = f"[{first}]" if ":" in first else first
        headers = {"Host": host, "Accept": "application/json", "Accept-Encoding": "identity"}
        if content is not None:
            headers["Content-Type"] = "application/json"
        # A client of its own each time: no cookies, no proxy of the environment, no second request, no kept connection.
        async with (
            httpx.AsyncClient(transport=self._transport, trust_env=False, timeout=SECONDS) as client,
            client.stream(
                "GET" if content is None else "POST",
                f"https://{at}{target}",
                headers=headers,
                content=content,
                extensions={"sni_hostname": host},
                follow_redirects=False,
            ) as answer,
        ):
            yield answer

    async def _body(self, host: str, target: str) -> bytes:
        async with self._answer(host, target, None) as answer:
            if answer.status_code != 200 or "content-encoding" in answer.headers:
                raise NotFetched(f"{host} answered {answer.status_code}")
            body = b""
            async for piece in answer.aiter_raw():
                body += piece
                if len(body) > MOST_BYTES:
                    raise NotFetched(f"{host} sent more than {MOST_BYTES} bytes")
            return body
