"""When what was counted is written down: that of all callers of a process at the same time, at most every few seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

EVERY_SECONDS = 5.0
Write = Callable[[], Awaitable[None]]


class UsageRounds:
    """One transaction for many callers: each commit waits for the disk, and has everybody look whether the records were changed."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._written = 0.0
        self._due: dict[Write, None] = {}
        self._background: asyncio.Task[None] | None = None

    def note(self, write: Write) -> None:
        """There is something to write. It is, beside whatever goes on, if the last time is long enough ago."""
        self._due[write] = None
        if self._now() - self._written < EVERY_SECONDS:
            return
        self._written = self._now()
        if self._background is None or self._background.done():
            self._background = asyncio.create_task(self._round())

    async def _round(self) -> None:
        due, self._due = list(self._due), {}
        await asyncio.gather(*(write() for write in due))
