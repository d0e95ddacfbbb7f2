"""Which text of outsiders a caller was shown lately, for every process that acts for that caller, and after a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ...local.state.state import State

Mark = tuple[str, str]
"""Database, as the settings call it, and field."""
LASTS = 24 * 3600.0
"""Seconds: a conversation in which the text stands may go on for long. A mark of a time further to come was made by a clock that was
wrong by far."""


class OutsiderMarks:
    def __init__(self, state: Callable[[], State], caller: str, now: Callable[[], float]) -> None:
        """`state` is asked for when there is something to keep."""
        self._state = state
        self._caller = caller
        self._now = now

    async def keep(self, marks: Iterable[Mark]) -> None:
        """Raises StateAway."""
        now = self._now()
        async with self._state().writing() as transaction:
            transaction.put(
                "DELETE FROM outsider_mark WHERE since NOT BETWEEN ? AND ?", now - LASTS, now + LASTS
            )
            transaction.put_many(
                "INSERT INTO outsider_mark (caller, database, field, since) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (caller, database, field) DO UPDATE SET since = excluded.since",
                [(self._caller, database, field, now) for database, field in sorted(marks)],
            )

    async def known(self) -> list[Mark]:
        """Raises StateAway."""
        now = self._now()
        rows = await self._state().rows(
            "SELECT database, field FROM outsider_mark WHERE caller = ? AND since BETWEEN ? AND ?",
            self._caller, now - LASTS, now + LASTS,
        )  # fmt: skip
        return [(row["database"], row["field"]) for row in rows]
