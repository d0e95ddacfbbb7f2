"""How far each schedule is, for all processes that look at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..changes.journal.journal import Journal
from ..changes.plans.plan import Who
from ..errors import FilemakerMcpError
from ..local.state.state import Row, State

LATEST = 200_000_000_000.0
"""A moment that no clock tells: the year 8307."""


@dataclass(frozen=True, slots=True)
class Position:
    handled: float
    """The last of its times that was carried out or told as missed, in seconds since 1970."""
    missed: int
    """How many were missed so far."""
    missed_last: float | None


class AlteredSchedule(FilemakerMcpError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"What is kept of the schedule {name!r} was altered",
            advice="Nothing of it is begun. Give it another name: it counts anew from then on.",
        )


class ScheduleStore:
    """The schedules of one database."""

    def __init__(self, state: State, journal: Journal, database: str) -> None:
        self._state = state
        self._journal = journal
        self._database = database

    async def position(self, name: str) -> Position | None:
        """None for one at which nobody has looked yet. Raises AlteredSchedule where another program wrote into it."""
        row = await self._state.row(
            "SELECT handled, missed, missed_last FROM schedule WHERE database = ? AND name = ?",
            self._database,
            name,
        )
        if row is not None and not (_is_moment(row, "handled") and _is_moment(row, "missed_last")):
            raise AlteredSchedule(name)
        return None if row is None else Position(row["handled"], row["missed"], row["missed_last"])

    async def begin(self, name: str, now: float) -> None:
        """It counts from now on."""
        async with self._state.writing(self._database) as transaction:
            transaction.put(
                "INSERT INTO schedule (database, name, handled) VALUES (?, ?, ?) ON CONFLICT (database, name) DO NOTHING",
                self._database, name, now,
            )  # fmt: skip

    async def begin_anew(self, name: str, handled: float, now: float) -> bool:
        """It counts from now on, although times after now were handled. False where another process has seen to it."""
        async with self._state.writing(self._database) as transaction:
            begun = await transaction.execute(
                "UPDATE schedule SET handled = ? WHERE database = ? AND name = ? AND handled = ?",
                now, self._database, name, handled,
            )  # fmt: skip
        return bool(begun)

    async def handled(self, name: str, at: float) -> None:
        async with self._state.writing(self._database) as transaction:
            transaction.put(
                "UPDATE schedule SET handled = ? WHERE database = ? AND name = ? AND handled < ?",
                at, self._database, name, at,
            )  # fmt: skip

    async def miss(self, name: str, times: Sequence[float], who: Who, why: str) -> bool:
        """Writes down that they were missed. False where another process has done that, or carried one of them out."""
        async with self._state.writing(self._database) as transaction:
            missed = await transaction.execute(
                "UPDATE schedule SET handled = ?, missed = missed + ?, missed_last = ?"
                " WHERE database = ? AND name = ? AND handled < ?",
                times[-1], len(times), times[-1], self._database, name, times[0],
            )  # fmt: skip
            if missed:
                facts = {
                    "schedule": name,
                    "times": len(times),
                    "first": times[0],
                    "last": times[-1],
                    "why": why,
                }
                await self._journal.append(
                    transaction, database=self._database, who=who, plan="", event="missed", facts=facts
                )
        return bool(missed)


def _is_moment(row: Row, column: str) -> bool:
    moment: object = row[column]
    return moment is None or (isinstance(moment, int | float) and abs(moment) < LATEST)
