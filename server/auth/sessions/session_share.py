"""One caller's share of an account's sessions: one who keeps many busy leaves some for the others, and one whose account is
refused is heard of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Protocol

from ...errors import SignInFailed
from .channel import Channel
from .session_pool import Pool
from .sessions_endpoint import ACCOUNT_CODES


class SessionSource(Protocol):
    """Where sessions are borrowed; see `Pool`."""

    @property
    def ended_sessions(self) -> int | None: ...
    def remark(self) -> str: ...
    def channel(self) -> AbstractAsyncContextManager[Channel]: ...
    def own_channel(self) -> AbstractAsyncContextManager[Channel]: ...


class SessionShare:
    """At most `most` sessions of the pool at once. Who wants more waits for their own, in the order of asking. `on_refusal` hears
    that FileMaker does not let the account in, for a reason that does not pass by itself."""

    def __init__(self, pool: Pool, most: int, on_refusal: Callable[[], None]) -> None:
        self._pool = pool
        self._room = asyncio.Semaphore(most)
        self._on_refusal = on_refusal

    @property
    def ended_sessions(self) -> int | None:
        return self._pool.ended_sessions

    def remark(self) -> str:
        return self._pool.remark()

    @asynccontextmanager
    async def channel(self) -> AsyncGenerator[Channel]:
        with self._heard():
            async with self._room, self._pool.channel() as channel:
                yield channel

    @asynccontextmanager
    async def own_channel(self) -> AsyncGenerator[Channel]:
        with self._heard():
            async with self._room, self._pool.own_channel() as channel:
                yield channel

    @contextmanager
    def _heard(self) -> Generator[None]:
        try:
            yield
        except SignInFailed as refused:
            if refused.code in ACCOUNT_CODES and refused.retry_after is None:
                self._on_refusal()
            raise
