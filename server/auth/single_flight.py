"""One attempt at a time: everybody who asks meanwhile gets its result, and nobody who leaves ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

import anyio

from ..errors import Unreachable

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """A sign-in that is cancelled half-way would lose a token that the host has already given out.
    So the attempt is a task of its own: whoever waits may be cancelled, the result is kept for the next."""

    def __init__(self) -> None:
        self._task: asyncio.Task[T] | None = None

    @property
    def under_way(self) -> bool:
        return self._task is not None

    async def join(self, start: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The result, or the error, of the attempt under way, or of a new one."""
        task = self._task
        if task is None:
            task = self._task = asyncio.create_task(start())
            task.add_done_callback(self._landed)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            caller = asyncio.current_task()
            if task.cancelled() and caller is not None and not caller.cancelling():
                raise Unreachable("The server is shutting down") from None
            raise

    async def end(self) -> None:
        """Wait until it has ended, whatever its outcome. It is cancelled when the waiting is."""
        task = self._task
        if task is None:
            return
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            task.cancel()
            with anyio.CancelScope(shield=True):
                await asyncio.wait([task])
            raise

    def _landed(self, task: asyncio.Task[T]) -> None:
        self._task = None
        if not task.cancelled():
            task.exception()  # asked for, so that an error nobody waited for is not reported as forgotten
