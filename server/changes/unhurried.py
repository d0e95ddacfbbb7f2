"""Work on a whole plan, beside the event loop where it is long."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable
from typing import TypeVar, TypeVarTuple, Unpack

import anyio.lowlevel
import anyio.to_thread

MANY = 200
"""Records of a plan beyond which others would wait."""
T = TypeVar("T")
Ts = TypeVarTuple("Ts")


async def in_turns(things: Iterable[T], turn: int = 50) -> AsyncGenerator[T]:
    """Each of them; after every `turn` of them others get their turn."""
    for number, each in enumerate(things, 1):
        yield each
        if number % turn == 0:
            await anyio.lowlevel.checkpoint()


async def unhurried(records: int, work: Callable[[Unpack[Ts]], T], *arguments: *Ts) -> T:
    """What `work` gives back. It runs in a thread for a plan of many records, so that it must change nothing."""
    if records <= MANY:
        return work(*arguments)
    return await anyio.to_thread.run_sync(work, *arguments)
