"""What was used of FileMaker, by caller, tool and day: calls, requests and bytes that the host sent; kept in the state file for a while.

Written down in the background after a call, at most every few seconds: no answer waits for the disk, and a process that is
killed takes the last seconds along.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..errors import ConfigurationError, StateAway
from .licence_year import LicenceYear
from .state.state import State, Transaction
from .usage_rounds import UsageRounds

log = logging.getLogger("filemaker_mcp")

KEPT_DAYS = 400
"""A licence year and a month."""
BESIDE_TOOLS = "commands"
"""What requests outside any tool are counted under: `filemaker-mcp run`."""


@dataclass(slots=True)
class Used:
    calls: int = 0
    requests: int = 0
    received: int = 0
    """Bytes, as they came over the wire."""

    def add(self, other: Used) -> None:
        self.calls += other.calls
        self.requests += other.requests
        self.received += other.received


class Usage:
    """Of one database, as one caller uses it."""

    def __init__(
        self,
        state: State,
        database: str,
        caller: str,
        *,
        now: Callable[[], float],
        rounds: UsageRounds,
        tells_all: bool,
    ) -> None:
        """`rounds` are those of all callers. `tells_all`: what it tells is that of all of them together, as for the person at
        this machine."""
        self._state = state
        self._database = database
        self._caller = caller
        self._told: tuple[str, tuple[str, ...]] = ("", ()) if tells_all else (" AND caller = ?", (caller,))
        self._now = now
        self._tool: ContextVar[str] = ContextVar("tool", default=BESIDE_TOOLS)
        self._unwritten: dict[tuple[str, str], Used] = {}
        self._rounds = rounds
        self._minute = -1.0
        self._day_then = ""
        self._oldest = ""
        self._turn = asyncio.Lock()
        self._problem = ""
        """Why it could not be written the last time; said once."""

    @contextmanager
    def during(self, tool: str) -> Generator[None]:
        """One call of a tool; work that outlasts it counts as that tool's too."""
        token = self._tool.set(tool)
        self._of(tool).calls += 1
        try:
            yield
        finally:
            self._tool.reset(token)
            self._rounds.note(self.write)

    def received(self, count: int) -> None:
        """The host answered a request with so many bytes."""
        used = self._of(self._tool.get())
        used.requests += 1
        used.received += count

    async def write(self) -> None:
        """What was counted since the last time goes into the state; days that are too old leave it. While the state cannot be
        written, it stays counted here."""
        async with self._turn:
            counted, self._unwritten = self._unwritten, {}
            if not counted:
                return
            try:
                await self._state.together(
                    self._database, (), lambda transaction, _: self._write(transaction, counted)
                )
            except BaseException as error:
                for (day, tool), used in counted.items():
                    self._of(tool, day).add(used)
                if not isinstance(error, StateAway | ConfigurationError):
                    raise
                if error.what != self._problem:
                    log.warning("the figures of usage could not be written: %s", error.what)
                self._problem = error.what
            else:
                self._problem = ""

    async def _write(self, transaction: Transaction, counted: dict[tuple[str, str], Used]) -> None:
        transaction.put_many(
            "INSERT INTO usage (database, day, tool, caller, calls, requests, received) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (database, day, tool, caller) DO UPDATE SET calls = usage.calls + excluded.calls,"
            " requests = usage.requests + excluded.requests, received = usage.received + excluded.received",
            [
                (self._database, day, tool, self._caller, used.calls, used.requests, used.received)
                for (day, tool), used in counted.items()
            ],
        )
        oldest = self._day(KEPT_DAYS - 1)
        if oldest != self._oldest:
            self._oldest = oldest
            transaction.put("DELETE FROM usage WHERE day < ?", oldest)

    async def by_tool(self) -> dict[str, Used]:
        """Today's, what was received most first. Where there is no state file, of this process alone."""
        await self.write()
        if self._problem:
            return {tool: used for (day, tool), used in self._unwritten.items() if day == self._day()}
        return await self._read("tool", "day = ?", self._day(), "SUM(received) DESC, tool")

    async def by_day(self, days: int) -> dict[str, Used]:
        """The last so many days on which there was anything, the latest first. Empty where there is no state file."""
        await self.write()
        if self._problem:
            return {}
        return await self._read("day", "day > ?", self._day(days), "day DESC")

    async def _read(self, by: str, which: str, day: str, order: str) -> dict[str, Used]:
        whose, caller = self._told
        rows = await self._state.rows(
            f"SELECT {by}, SUM(calls) AS calls, SUM(requests) AS requests, SUM(received) AS received FROM usage"
            f" WHERE database = ? AND {which}{whose} GROUP BY {by} ORDER BY {order}",
            self._database, day, *caller,
        )  # fmt: skip
        return {row[by]: Used(int(row["calls"]), int(row["requests"]), int(row["received"])) for row in rows}

    async def of_year(self, year: LicenceYear) -> dict[str, object]:
        """As `LicenceYear.facts`. Empty where there is no state file."""
        await self.write()
        if self._problem:
            return {}
        today = datetime.fromtimestamp(self._now()).astimezone().date()
        return year.facts(await year.used(self._state, today), today)

    def _of(self, tool: str, day: str | None = None) -> Used:
        return self._unwritten.setdefault((day or self._today(), tool), Used())

    def _today(self) -> str:
        """As `_day`, which is asked for several times in each call and is not quick. Days begin with a minute."""
        minute = self._now() // 60
        if minute != self._minute:
            self._minute, self._day_then = minute, self._day()
        return self._day_then

    def _day(self, ago: int = 0) -> str:
        """Local, as limits by the day are."""
        return (datetime.fromtimestamp(self._now()).astimezone() - timedelta(days=ago)).date().isoformat()


def megabytes(count: int) -> str:
    """`3.4 MB`, `12 kB`: decimal, as licences count. Only nothing is 0."""
    if count < 100_000:
        return f"{max(round(count / 1_000), min(count, 1))} kB"
    return f"{f'{count / 1_000_000:,.1f}'.removesuffix('.0')} MB"
