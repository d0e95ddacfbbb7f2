"""Work on a whole plan: beside the event loop where it is long, or on it in short turns."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import TypeVar, TypeVarTuple, Unpack

import anyio.lowlevel
import anyio.to_thread

MANY = 200
"""Records of a plan beyond which others would wait."""
TURN = 0.001
"""Seconds. What another caller asks for takes a dozen turns of the loop and more, and waits for a piece of the work at each."""
LONG = 0.005
"""Seconds of a piece after which one turn is too few."""
T = TypeVar("T")
Ts = TypeVarTuple("Ts")


async def in_turns(things: Iterable[T]) -> AsyncGenerator[T]:
    """Each of them, at a `Pace`."""
    pace = Pace()
    for each in things:
        yield each
        await pace.turn()


async def unhurried(records: int, work: Callable[[Unpack[Ts]], T], *arguments: *Ts) -> T:
    """What `work` gives back. It runs in a thread for a plan of many records, so that it must change nothing."""
    if records <= MANY:
        return work(*arguments)
    return await anyio.to_thread.run_sync(work, *arguments)


class Pace:
    """For long work on the event loop that asks it often."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    async def turn(self) -> None:
        """Others get their turn, where the last one is a while ago, and several of them after a piece that could not be cut."""
        late = time.monotonic() - self._since
        if late > LONG:
            await anyio.sleep(late / 10)
        elif late > TURN:
            await anyio.lowlevel.checkpoint()
        else:
            return
        self._since = time.monotonic()
