"""One FileMaker session on one HTTP connection, as a caller borrows it."""

from __future__ import annotations

import asyncio
import contextlib
from functools import lru_cache
from typing import Any

import anyio
import httpx

from ...envelope import code_of
from ...errors import AnswerTooLarge, NotOurs, Unreachable
from ...host_errors import QuotaUsedUp
from ..http_connection import CONNECT_SECONDS, NEVER_SENT, POOL_SECONDS, ConnectionFactory
from ..network.bounded_answer import MOST_BYTES, is_short, too_long
from .host_backoff import HostBackoff
from .session import Session
from .session_auth import SessionAuth

OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})
RECEIVED = "received"
"""Extension of an answer: bytes that came over the network for it."""
QUOTA_SECONDS = 15 * 60.0
"""How long a used-up licence (953) is believed before the host is asked again."""


class Channel:
    """One session on one connection. Serial, as FileMaker is: a second request waits for the first."""

    def __init__(
        self, *, base_url: str, connect: ConnectionFactory, session: Session, backoff: HostBackoff
    ) -> None:
        self._base_url = base_url
        self._connect = connect
        self._client = connect()
        self._closed = False
        self._backoff = backoff
        self._auth = SessionAuth(session)
        self._turn = asyncio.Lock()
        self.session = session
        self.worn = False
        """A call was given up while the host may still be busy with it. The session is not used again."""

    @property
    def ready(self) -> bool:
        return self.session.alive and not self.worn

    def build_request(self, method: str, url: str, **parts: Any) -> httpx.Request:
        """`url` is absolute, or begins with `/fmi/...`. `parts` as `httpx.AsyncClient.build_request` takes them."""
        address = self._base_url + url if url.startswith("/") else url
        return self._client.build_request(method, _parsed(address), **parts)

    async def send(
        self, request: httpx.Request, *, timeout: float | None = None, stream: bool = False
    ) -> httpx.Response:
        """The host's answer, whatever it says. With `stream` the caller closes it.

        Raises httpx.RequestError for the request itself, AnswerTooLarge for an answer beyond `MOST_BYTES`. What stands in the way
        of a session raises as `Session.token`.
        """
        if timeout is not None:
            request.extensions["timeout"] = httpx.Timeout(
                timeout, connect=CONNECT_SECONDS, pool=POOL_SECONDS
            ).as_dict()
        async with self._turn:
            if self._closed:
                raise Unreachable("The server is shutting down")
            try:
                response = await self._client.send(request, auth=self._auth, stream=True)
                if not stream:
                    response = await _whole(response)
            except BaseException as error:
                self.worn = self.worn or (self._auth.is_out and not isinstance(error, (*NEVER_SENT, NotOurs)))
                if isinstance(error, httpx.RequestError | AnswerTooLarge) or not isinstance(error, Exception):
                    await self._replace_connection()
                raise
        if response.status_code >= 400:
            self._heed(await _code(response))
        return response

    async def open(self) -> None:
        if self.worn:
            await self.session.end()
            self.worn = False
        await self.session.token()

    async def _replace_connection(self) -> None:
        """A connection that was cut off while it opened can keep its place in the HTTP library's pool for ever, and the next
        call would wait for it."""
        if self._closed:
            return
        dead, self._client = self._client, self._connect()
        with anyio.move_on_after(POOL_SECONDS, shield=True), contextlib.suppress(Exception):
            await dead.aclose()

    async def close(self) -> None:
        self._closed = True
        await self.session.close()
        await self._client.aclose()

    def _heed(self, code: int | None) -> None:
        if code in (112, 821):  # the session was cut while the call ran (section 4.6)
            self.worn = True
        if code == 953:
            error = QuotaUsedUp("The licence's data transfer is used up", code=953)
            self._backoff.keep(error, QUOTA_SECONDS)


@lru_cache(1_000)
def _parsed(address: str) -> httpx.URL:
    """The same few addresses are asked all the time, and taking one apart is a tenth of what a request costs."""
    return httpx.URL(address)


async def _whole(response: httpx.Response) -> httpx.Response:
    """The answer with its body, which is given up where it is too large: the HTTP library would keep a body of any length."""
    if is_short(response):
        try:
            await response.aread()
        finally:
            await response.aclose()
        response.extensions[RECEIVED] = response.num_bytes_downloaded
        return response
    body = bytearray()
    try:
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > MOST_BYTES:
                raise too_long(response)
    finally:
        await response.aclose()
    headers = [pair for pair in response.headers.multi_items() if pair[0].lower() not in OF_THE_WIRE]
    extensions = {**response.extensions, RECEIVED: response.num_bytes_downloaded}
    return httpx.Response(
        response.status_code,
        headers=headers,
        content=bytes(body),
        request=response.request,
        extensions=extensions,
    )


async def _code(response: httpx.Response) -> int | None:
    await response.aread()
    return code_of(response)
