"""Long work beside the event loop, never left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple, Unpack

from anyio import to_thread

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


async def worked(
    work: Callable[[Unpack[Ts]], T], *arguments: *Ts, hurry: Callable[[], None] = lambda: None
) -> T:
    """What `work` gives back. Whoever is cancelled meanwhile hears of it when the thread is at its end: the file that it writes is
    about to be closed and removed. `hurry` is called then, and brings that end about sooner."""
    running = asyncio.ensure_future(to_thread.run_sync(work, *arguments))
    cancelled: asyncio.CancelledError | None = None
    while not running.done():
        try:
            await asyncio.wait({running})
        except asyncio.CancelledError as error:
            cancelled = error
            hurry()
    if cancelled is not None:
        running.exception()  # looked at, so that nobody is told that it was not
        raise cancelled
    return running.result()
