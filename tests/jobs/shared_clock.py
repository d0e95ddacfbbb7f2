"""One time for the emulated host and for the server in front of it, which stands still until a test moves it."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

import anyio
import anyio.lowlevel

from filemaker_mcp.server.emulator.clock import ManualClock

T = TypeVar("T")
TURNS = 2000
"""Turns of the event loop within a second of the clock: enough for a request through the whole stack."""


class ServerClock:
    """The host's clock as the server knows clocks."""

    def __init__(self, host: ManualClock) -> None:
        self.host = host

    def monotonic(self) -> float:
        return self.host.now().timestamp()

    def wall(self) -> float:
        return self.host.now().timestamp()

    async def sleep(self, seconds: float) -> None:
        await self.host.sleep(seconds)


async def timed(clock: ManualClock, work: Awaitable[T]) -> tuple[T, float]:
    """What a piece of work comes to, and how many seconds of the clock passed meanwhile."""
    begun = clock.now()
    results: list[T] = []

    async def done() -> None:
        results.append(await work)

    async with anyio.create_task_group() as group:
        group.start_soon(done)
        while not results:
            for _ in range(TURNS):
                await anyio.lowlevel.checkpoint()
                if results:
                    break
            else:
                clock.advance(1)
    return results[0], (clock.now() - begun).total_seconds()
