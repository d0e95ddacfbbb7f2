"""One caller's share of an account's sessions: one who keeps many busy leaves some for the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from .channel import Channel
from .session_pool import Pool


class SessionSource(Protocol):
    """Where sessions are borrowed; see `Pool`."""

    @property
    def ended_sessions(self) -> int | None: ...
    def remark(self) -> str: ...
    def channel(self) -> AbstractAsyncContextManager[Channel]: ...
    def own_channel(self) -> AbstractAsyncContextManager[Channel]: ...


class SessionShare:
    """At most `most` sessions of the pool at once. Who wants more waits for their own, in the order of asking."""

    def __init__(self, pool: Pool, most: int) -> None:
        self._pool = pool
        self._room = asyncio.Semaphore(most)

    @property
    def ended_sessions(self) -> int | None:
        return self._pool.ended_sessions

    def remark(self) -> str:
        return self._pool.remark()

    @asynccontextmanager
    async def channel(self) -> AsyncGenerator[Channel]:
        async with self._room, self._pool.channel() as channel:
            yield channel

    @asynccontextmanager
    async def own_channel(self) -> AsyncGenerator[Channel]:
        async with self._room, self._pool.own_channel() as channel:
            yield channel
