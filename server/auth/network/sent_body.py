"""One exchange, from the connection to the head of the answer, in a time that is bounded as a whole: the HTTP library bounds each
read and each write, and begins anew with every byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import cast

import httpx

CONNECTION_SECONDS = 30.0
"""Until a connection stands, through a proxy and with TLS. Each of these steps has a bound of its own within."""
PIECE_BYTES = 64 * 1024
"""So much has to go out within the request's own time: a large file may take long, as long as it goes forward."""


async def head_of_answer(
    request: httpx.Request,
    send: Callable[[httpx.Request], Awaitable[httpx.Response]],
    patience: float | None,
) -> httpx.Response:
    """`patience`: seconds for each piece of the request, and for the head of the answer. Raises httpx.ConnectTimeout where nothing
    went out yet, else httpx.ReadTimeout."""
    body = cast("httpx.AsyncByteStream", request.stream)
    within = asyncio.timeout(CONNECTION_SECONDS)
    request.stream = sent = SentBody(body, within, patience)
    try:
        async with within:
            return await send(request)
    except TimeoutError as error:
        if not within.expired():
            raise
        late = httpx.ReadTimeout if sent.has_begun else httpx.ConnectTimeout
        raise late("the whole took too long", request=request) from error
    finally:
        request.stream = body


class SentBody(httpx.AsyncByteStream):
    """The body of a request, on its way. Each piece that went out buys the time for what follows."""

    def __init__(self, body: httpx.AsyncByteStream, within: asyncio.Timeout, patience: float | None) -> None:
        self._body = body
        self._within = within
        self._patience = patience
        self.has_begun = False

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        self._go_on()
        self.has_begun = True
        async for part in self._body:
            for start in range(0, len(part), PIECE_BYTES):
                yield part[start : start + PIECE_BYTES]
                self._go_on()

    async def aclose(self) -> None:
        await self._body.aclose()

    def _go_on(self) -> None:
        end = None if self._patience is None else asyncio.get_running_loop().time() + self._patience
        self._within.reschedule(end)
