"""The time an emulated host lives by: the machine's own, or one that a test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

import anyio
import anyio.lowlevel


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when `now()` has moved on by that much."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)


class ManualClock:
    """Stands still until `advance` moves it. Sleepers wake when their moment is reached, earliest first."""

    def __init__(self, start: datetime = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._sleepers: list[tuple[datetime, anyio.Event]] = []
        self._asleep = anyio.Event()

    def now(self) -> datetime:
        return self._now

    async def awaited(self) -> None:
        """Return as soon as somebody sleeps on this clock, so that a test knows when to move it."""
        if not self._sleepers:
            await self._asleep.wait()

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        due = [sleeper for sleeper in self._sleepers if sleeper[0] <= self._now]
        self._sleepers = [sleeper for sleeper in self._sleepers if sleeper[0] > self._now]
        for _, woken in sorted(due, key=lambda sleeper: sleeper[0]):
            woken.set()

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await anyio.lowlevel.checkpoint()
            return
        sleeper = (self._now + timedelta(seconds=seconds), anyio.Event())
        self._sleepers.append(sleeper)
        self._asleep.set()
        self._asleep = anyio.Event()
        try:
            await sleeper[1].wait()
        finally:
            if sleeper in self._sleepers:
                self._sleepers.remove(sleeper)


class ShiftedClock:
    """The machine's time and so much more: it runs by itself, and `advance` makes it leap."""

    def __init__(self) -> None:
        self._shift = timedelta()
        self._leapt = anyio.Event()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift

    def advance(self, seconds: float) -> None:
        self._shift += timedelta(seconds=seconds)
        self._leapt.set()
        self._leapt = anyio.Event()

    async def sleep(self, seconds: float) -> None:
        end = self.now() + timedelta(seconds=seconds)
        await anyio.lowlevel.checkpoint()
        while (left := (end - self.now()).total_seconds()) > 0:
            with anyio.move_on_after(left):
                await self._leapt.wait()
