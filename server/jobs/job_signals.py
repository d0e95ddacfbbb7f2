"""What wakes those who wait for a job: something happened to it, or their time is over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import anyio


class JobSignals:
    """Of the jobs of this process."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._sleep = sleep
        self._events: dict[str, anyio.Event] = {}

    def open(self, name: str) -> None:
        self._events[name] = anyio.Event()

    def close(self, name: str) -> None:
        self.announce(name)
        self._events.pop(name, None)

    def next_of(self, name: str) -> anyio.Event | None:
        """Set when something happens to it from now on. None for a job of another process."""
        return self._events.get(name)

    def announce(self, name: str) -> None:
        event = self._events.get(name)
        if event is not None:
            self._events[name] = anyio.Event()
            event.set()

    async def ring(self, event: anyio.Event, seconds: float) -> None:
        await self._sleep(seconds)
        event.set()

    async def first(self, late: anyio.Event, event: anyio.Event | None, seconds: float) -> None:
        """Until one of them is set; where there is no event, so many seconds."""
        if event is None:
            event = anyio.Event()
            signs = [late.wait(), self.ring(event, seconds)]
        else:
            signs = [late.wait(), event.wait()]
        tasks = [asyncio.ensure_future(sign) for sign in signs]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
