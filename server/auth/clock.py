"""The time that signing in lives by: the machine's own, or one that a test moves."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

import anyio


class Clock(Protocol):
    def monotonic(self) -> float:
        """Seconds that never go back. On Linux and macOS they stand still while the machine sleeps."""
        ...

    def wall(self) -> float:
        """Seconds since 1970, as the machine believes."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    def monotonic(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time that survives both a sleeping machine and a clock that is set."""

    monotonic: float
    wall: float

    @classmethod
    def now(cls, clock: Clock) -> Moment:
        return cls(clock.monotonic(), clock.wall())

    def age(self, clock: Clock) -> float:
        """Seconds since then, by whichever of the two clocks says more: a life is over when either says so."""
        return max(clock.monotonic() - self.monotonic, clock.wall() - self.wall)
