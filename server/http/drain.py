"""The end of a server, as those who call see it: what runs is finished, what is new is sent elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

import anyio


class Drain:
    def __init__(self) -> None:
        self._began = False
        self._coming = set[asyncio.Timeout]()
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def is_on(self) -> bool:
        """New calls are refused."""
        return self._began

    @property
    def is_coming(self) -> bool:
        """A request has begun to arrive, and is not whole yet."""
        return bool(self._coming)

    def begin(self) -> None:
        """What is still coming is not waited for."""
        self._began = True
        for each in self._coming:
            _cut_short(each)

    @contextmanager
    def coming(self, within: asyncio.Timeout) -> Generator[None]:
        """Around a request that is not there yet."""
        self._coming.add(within)
        if self._began:
            _cut_short(within)
        try:
            yield
        finally:
            self._coming.discard(within)

    @contextmanager
    def call(self) -> Generator[None]:
        """Around one request."""
        self._under_way += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    @property
    def under_way(self) -> int:
        return self._under_way

    async def until_idle(self, seconds: float) -> bool:
        """Whether every request has ended by then."""
        with anyio.move_on_after(seconds):
            while self._under_way:  # another may have begun when this hears that the last one ended
                await self._idle.wait()
        return not self._under_way


def _cut_short(within: asyncio.Timeout) -> None:
    if not within.expired():
        within.reschedule(asyncio.get_running_loop().time())
