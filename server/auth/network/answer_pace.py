"""How fast an answer has to come once it has begun: one that drips would hold its session for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import cast

import httpx

from ..clock import Clock
from .bounded_answer import MOST_BYTES

COUNTED_SECONDS = 60.0
"""A rate is counted over at least so long: a host may pause in the middle of an answer."""
PAUSE_SECONDS = 120.0
"""The longest pause, where the request itself is not less patient: a script's answer may take an hour to begin, and not to go on."""


class TooSlow(httpx.ReadTimeout):
    """The answer had begun."""


@dataclass(frozen=True, slots=True)
class AnswerPace:
    """How long the answer takes to begin is the request's own matter: a find or a script may take minutes before the first byte."""

    seconds: float = 600.0
    """Within which it is complete, counted from its first byte. A file has as long again for each `MOST_BYTES` that have come."""
    least: float = 1000.0
    """Bytes a second, at least."""


class PacedBody(httpx.AsyncByteStream):
    """The body of an answer. Reading raises TooSlow where it does not keep its pace."""

    def __init__(
        self, response: httpx.Response, pace: AnswerPace, clock: Clock, patience: float | None
    ) -> None:
        """`patience`: seconds until its first byte."""
        self._response = response
        self._body = cast("httpx.AsyncByteStream", response.stream)
        self._pace = pace
        self._clock = clock
        self._patience = patience

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        pieces = aiter(self._body)
        patience = self._patience
        count = None
        while True:
            within = asyncio.timeout(patience)
            try:
                async with within:
                    piece = await anext(pieces, None)
            except TimeoutError as error:
                if not within.expired():
                    raise
                raise self._too_slow() from error
            if piece is None:
                return
            if count is None:
                count = _Count(self._pace, self._clock.monotonic())
                patience = PAUSE_SECONDS
            if not count.keeps_up(len(piece), self._clock.monotonic()):
                raise self._too_slow()
            yield piece

    async def aclose(self) -> None:
        await self._body.aclose()

    def _too_slow(self) -> TooSlow:
        return TooSlow("the answer came too slowly", request=self._response.request)


class _Count:
    """What has come, and since when."""

    def __init__(self, pace: AnswerPace, now: float) -> None:
        self._pace = pace
        self._began = self._since = now
        self._all = self._lately = 0
        self._was_late = self._was_slow = False

    def keeps_up(self, size: int, now: float) -> bool:
        """False for the second piece that is late: the first may be the last of its answer, or have a pause before it."""
        self._all += size
        self._lately += size
        seconds, is_slow = now - self._since, False
        if self._was_slow or seconds >= COUNTED_SECONDS:
            is_slow = self._lately < self._pace.least * seconds
            self._since, self._lately = now, 0
        is_late = is_slow or now - self._began > self._pace.seconds * (1 + self._all // MOST_BYTES)
        kept = not (is_late and self._was_late)
        self._was_late, self._was_slow = is_late, is_slow
        return kept
