"""Work that takes long runs in a thread, so that the host goes on answering. Other calls wait for the records."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

LONG = 20_000
"""Records, or characters of criteria, from which work may take long."""

Result = TypeVar("Result")


class LongWork:
    """One piece of work at a time. A call waits for `quiet` before it touches the records."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def run(self, work: Callable[[], Result], size: int) -> Result:
        """Does small work at once. A caller that is cancelled still waits until the thread has left the records."""
        if size < LONG:
            return work()
        async with self._lock:
            running = asyncio.get_running_loop().run_in_executor(None, work)
            try:
                return await asyncio.shield(running)
            except asyncio.CancelledError:
                await asyncio.wait([running])
                raise

    async def quiet(self) -> None:
        """Return when no thread is at the records."""
        while self._lock.locked():
            async with self._lock:
                pass
