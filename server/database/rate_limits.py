"""How much may be asked of FileMaker in a minute and in a day: counted in the state file, shared by its processes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from ..auth.sending import confirmed_wait
from ..errors import ConfigurationError, LimitReached, StateAway
from ..jobs.told_waits import told
from ..local.state.state import State, StateReader, Transaction
from ..text.sentence import marked, say

log = logging.getLogger("filemaker_mcp")

PATIENCE_SECONDS = 60.0
"""Writes and scripts wait for the next minute: they are jobs that nobody holds a line open for. What takes longer is refused
with the time to come back."""
READ_PATIENCE_SECONDS = 5.0
"""A read is waited for by a client that gives up after a minute. No longer than what the owner stops takes to be over everywhere,
so nobody looks at that meanwhile."""


class What(StrEnum):
    WRITES = "writes"
    SCRIPTS = "scripts"
    BYTES = "bytes"


class LimitSpan(StrEnum):
    MINUTE = "minute"
    DAY = "day"
    """From midnight to midnight, local time."""


WAITS = {
    What.WRITES: marked("waiting for the owner's limit of %(most)s writes a minute, until %(time)s"),
    What.SCRIPTS: marked("waiting for the owner's limit of %(most)s scripts a minute, until %(time)s"),
}

Limits = Mapping[tuple[What, LimitSpan], int]


@dataclass(slots=True)
class Block:
    """Writes that were counted together before they are made, good for the minute in which they were counted."""

    left: int
    minute: int


@dataclass(slots=True)
class Allowance:
    """The limits of one database; those that are not in `limits` do not exist."""

    state: State
    database: str
    limits: Limits
    now: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]
    _received: int = field(default=0, init=False)
    """Bytes that came and are not in the state yet."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _background: asyncio.Task[None] | None = field(default=None, init=False)

    async def take(self, what: What, block: Block | None = None) -> None:
        """One write or script, or room for a read, whose bytes are counted when they have come. Waits for the next minute
        where that helps; LimitReached otherwise, nothing having been sent. Out of the block, as long as it has some."""
        if block is not None and block.left:
            if block.minute == _start(LimitSpan.MINUTE, self.now()):
                block.left -= 1
                return
            await self.give_back(block)  # they would count twice: in the day, and in a minute that is over
        while not await self._taken(what):
            await self._room_for(what)

    async def block(self, count: int) -> Block:
        """So many writes in one go, or none where there is no room for all: then each is taken by itself."""
        minute = _start(LimitSpan.MINUTE, self.now())
        return Block(count if await self._taken(What.WRITES, count) else 0, minute)

    async def give_back(self, block: Block) -> None:
        """Those of a block that were not made."""
        spans = [span for span in LimitSpan if (What.WRITES, span) in self.limits]
        left, block.left = block.left, 0
        if not left or not spans:
            return
        async with self.state.writing(self.database) as transaction:
            for span in spans:
                await transaction.execute(
                    "UPDATE used SET amount = amount - ? WHERE database = ? AND what = ? AND span = ? AND start = ?"
                    " AND amount >= ?",
                    left, self.database, What.WRITES.value, span.value, _start(span, block.minute), left,
                )  # fmt: skip

    def received(self, count: int) -> None:
        """Counted here at once, and in the background in the state."""
        if any(what is What.BYTES for what, _ in self.limits):
            self._received += count
            if self._background is None or self._background.done():
                self._background = asyncio.create_task(self.write())

    async def write(self) -> None:
        """What came goes into the state; while that cannot be written, it stays counted here."""
        try:
            await self._write()
        except (StateAway, ConfigurationError) as error:
            log.warning("the bytes that came could not be counted yet: %s", error.what)

    async def _write(self) -> None:
        async with self._turn:
            while self._received:
                count = self._received
                async with self.state.writing(self.database) as transaction:
                    await self._add(transaction, What.BYTES, count)
                self._received -= count

    async def _room_for(self, what: What) -> None:
        while True:
            full = [span for span in LimitSpan if await self._is_full(self.state, what, span)]
            if not full:
                return
            delay = max(_end(span, self.now()) - self.now() for span in full)
            if delay > (READ_PATIENCE_SECONDS if what is What.BYTES else PATIENCE_SECONDS):
                most = self.limits[what, full[-1]]
                amount = f"{most / 1_000_000:g} megabytes" if what is What.BYTES else f"{most} {what.value}"
                raise LimitReached(
                    f"The owner's limit of {amount} a {full[-1].value} is reached", retry_after=delay
                )
            if what is What.BYTES:
                await self.sleep(delay)
                continue
            most, until = self.limits[what, LimitSpan.MINUTE], datetime.fromtimestamp(self.now() + delay, UTC)
            message = say(WAITS[what], most=most, time=f"{until:%H:%M} UTC")
            async with told(message):
                await confirmed_wait(delay, self.sleep)

    async def _taken(self, what: What, count: int = 1) -> bool:
        """Looked and counted in one transaction, so that processes cannot share the last one."""
        spans = [span for span in LimitSpan if (what, span) in self.limits]
        if not spans:
            return True
        if what is What.BYTES:
            await self._write()
            return not any([await self._is_full(self.state, what, span) for span in spans])
        async with self.state.writing(self.database) as transaction:
            if any([await self._is_full(transaction, what, span, count) for span in spans]):
                return False
            await self._add(transaction, what, count)
        return True

    async def _is_full(self, reader: StateReader, what: What, span: LimitSpan, count: int = 1) -> bool:
        most = self.limits.get((what, span))
        if most is None:
            return False
        row = await reader.row(
            "SELECT start, amount FROM used WHERE database = ? AND what = ? AND span = ?",
            self.database, what.value, span.value,
        )  # fmt: skip
        used = row["amount"] if row is not None and row["start"] == _start(span, self.now()) else 0
        return used + count > most

    async def _add(self, transaction: Transaction, what: What, amount: int) -> None:
        for span in LimitSpan:
            if (what, span) not in self.limits:
                continue
            start = _start(span, self.now())
            transaction.put(
                "INSERT INTO used (database, what, span, start, amount) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (database, what, span) DO UPDATE SET amount ="
                " CASE WHEN used.start = excluded.start THEN used.amount ELSE 0 END + excluded.amount,"
                " start = excluded.start",
                self.database, what.value, span.value, start, amount,
            )  # fmt: skip


def _start(span: LimitSpan, now: float) -> int:
    if span is LimitSpan.MINUTE:
        return int(now // 60) * 60
    return int(_midnight(now).timestamp())


def _end(span: LimitSpan, now: float) -> float:
    if span is LimitSpan.MINUTE:
        return _start(span, now) + 60
    tomorrow = _midnight(now) + timedelta(days=1, hours=2)  # a day of 25 hours ends on the same day
    return _midnight(tomorrow.timestamp()).timestamp()


def _midnight(now: float) -> datetime:
    return datetime.fromtimestamp(now).astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
