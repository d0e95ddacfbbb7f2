"""Answers that are read whole, within a bound: the HTTP library would keep a body of any length, and unpack it to a thousand times as much."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import httpx

from ...errors import AnswerTooLarge

MOST_BYTES = 32_000_000
"""Of an answer, decompressed: while more is read at once, others would wait. Pages of larger records are asked for in parts."""


def is_short(response: httpx.Response) -> bool:
    """Whether it says how long it is, within bounds and as it is: no more than that is read of it."""
    headers = response.headers
    if "content-encoding" in headers or "transfer-encoding" in headers:
        return False
    length = headers.get("content-length", "")
    return len(length) < 10 and length.isdecimal() and int(length) <= MOST_BYTES


async def bound_refusal(response: httpx.Response) -> None:
    """For the HTTP client: called for each answer before anything of it is read. A refusal is read by whoever comes first, whatever
    its length. Raises AnswerTooLarge for what is packed several times: one piece of it may unpack to gigabytes."""
    if len(response.headers.get_list("content-encoding", split_commas=True)) > 1:
        raise too_large(response, "an answer that is packed more than once")
    if response.status_code >= 400:
        bind(response)


def bind(response: httpx.Response) -> None:
    """Nothing of it was read yet. Reading raises AnswerTooLarge beyond `MOST_BYTES`."""
    if not is_short(response):
        response.stream = BoundedBody(response)
        response.headers.pop("content-encoding", None)


class BoundedBody(httpx.AsyncByteStream):
    """The body of an answer, unpacked piece by piece."""

    def __init__(self, response: httpx.Response) -> None:
        self._packed = httpx.Response(
            response.status_code,
            headers=response.headers.copy(),
            stream=response.stream,
            request=response.request,
        )

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        size = 0
        async for piece in self._packed.aiter_bytes():
            size += len(piece)
            if size > MOST_BYTES:
                raise too_long(self._packed)
            yield piece

    async def aclose(self) -> None:
        await self._packed.aclose()


def too_long(response: httpx.Response) -> AnswerTooLarge:
    return too_large(response, f"an answer of more than {MOST_BYTES // 1_000_000} MB, the most that is read")


def too_large(response: httpx.Response, what: str) -> AnswerTooLarge:
    return AnswerTooLarge(
        f"{response.request.url.host} sent {what}",
        advice="Ask for fewer records at once, or for a layout with fewer fields.",
    )
