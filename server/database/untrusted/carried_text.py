"""Fields that a caller wrote who had read text of outsiders, with no person looking at the change: for everybody who reads them they hold
text of outsiders, too."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ...errors import StateAway
from ...local.state.state import State, Transaction
from ...text.near_names import folded

LASTS = 24 * 3600.0
"""Seconds since the last such change was begun. One of a time further to come was written down by a clock that was wrong by far."""


@dataclass
class CarriedFields:
    """Those of one database as this process knows them, for all of its callers: bare names, folded, and since when. Occurrences of one
    table have names of their own, so a name counts on every layout and in every relationship."""

    since: dict[str, float] = field(default_factory=dict[str, float])

    def names(self, now: float) -> frozenset[str]:
        return frozenset(name for name, since in self.since.items() if abs(now - since) <= LASTS)

    def add(self, names: Iterable[str], at: float) -> None:
        for name in names:
            known = self.since.get(name, at)
            self.since[name] = max(at, known) if abs(at - known) <= LASTS else at


class CarriedText:
    """`database` is its identity, wherever it is configured; `now` is seconds since 1970."""

    def __init__(self, state: State, database: str, known: CarriedFields, now: Callable[[], float]) -> None:
        self._state = state
        self._database = database
        self._known = known
        self._now = now

    @property
    def names(self) -> frozenset[str]:
        return self._known.names(self._now()) if self._known.since else frozenset()

    async def look(self) -> None:
        """What other processes began counts here from now on. While the state is away nobody begins anything."""
        try:
            rows = await self._state.rows(
                "SELECT field, since FROM carried_text WHERE database = ? AND since BETWEEN ? AND ?",
                self._database, self._now() - LASTS, self._now() + LASTS,
            )  # fmt: skip
        except StateAway:
            return
        for row in rows:
            self._known.add((row["field"],), row["since"])

    def put(self, transaction: Transaction, fields: Iterable[str]) -> None:
        """Written down before anything of the change is sent."""
        now, names = self._now(), sorted({folded(name) for name in fields})
        if not names:
            return
        self._known.add(names, now)
        transaction.put("DELETE FROM carried_text WHERE since NOT BETWEEN ? AND ?", now - LASTS, now + LASTS)
        transaction.put_many(
            "INSERT INTO carried_text (database, field, since) VALUES (?, ?, ?)"
            " ON CONFLICT (database, field) DO UPDATE SET since = excluded.since",
            [(self._database, name, now) for name in names],
        )
