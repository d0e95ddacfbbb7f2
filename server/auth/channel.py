"""One FileMaker session on one HTTP connection, as a caller borrows it."""

from __future__ import annotations

import contextlib
from typing import Any

import anyio
import httpx

from ..envelope import code_of
from ..errors import NotOurs, QuotaUsedUp, Unreachable
from .host_backoff import HostBackoff
from .http_connection import CONNECT_SECONDS, NEVER_SENT, POOL_SECONDS, ConnectionFactory
from .session import Session, SessionAuth

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
        self._turn = anyio.Lock()
        self.session = session
        self.worn = False
        """A call was given up while the host may still be busy with it. The session is not used again."""

    @property
    def ready(self) -> bool:
        return self.session.alive and not self.worn

    def build_request(self, method: str, url: str, **parts: Any) -> httpx.Request:
        """`url` is absolute, or begins with `/fmi/...`. `parts` as `httpx.AsyncClient.build_request` takes them."""
        return self._client.build_request(
            method, self._base_url + url if url.startswith("/") else url, **parts
        )

    async def send(
        self, request: httpx.Request, *, timeout: float | None = None, stream: bool = False
    ) -> httpx.Response:
        """The host's answer, whatever it says. With `stream` the caller closes it.

        Raises httpx.RequestError for the request itself. What stands in the way of a session raises as `Session.token`.
        """
        if timeout is not None:
            request.extensions["timeout"] = httpx.Timeout(
                timeout, connect=CONNECT_SECONDS, pool=POOL_SECONDS
            ).as_dict()
        async with self._turn:
            if self._closed:
                raise Unreachable("The server is shutting down")
            try:
                response = await self._client.send(request, auth=self._auth, stream=stream)
            except BaseException as error:
                self.worn = self.worn or (self._auth.is_out and not isinstance(error, (*NEVER_SENT, NotOurs)))
                if isinstance(error, httpx.RequestError) or not isinstance(error, Exception):
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


async def _code(response: httpx.Response) -> int | None:
    await response.aread()
    return code_of(response)
