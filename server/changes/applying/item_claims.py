"""Which items this process may send: claimed in the state, for as long as it carries their plan out."""

from __future__ import annotations

from ...local.state.state import Question, State
from ..journal.other_writes import TAKING

NOW = "((julianday('now') - 2440587.5) * 86400.0)"
"""Seconds since 1970 by the clock of whatever keeps the state."""
CARRIED_OUT = "EXISTS (SELECT 1 FROM plan WHERE id = item.plan AND state = 'applying' AND runner = ?)"
"""Whether a process carries the item's plan out."""


class ItemClaims:
    def __init__(self, state: State, database: str) -> None:
        self._state = state
        self._database = database
        self._runner = state.runner
        """The name of now: a process that was cut off comes back under another, and what it was at is not its own any more."""

    def take(self, plan: str, step: int, item: int) -> Question:
        """Makes it ours to send, and answers one row where it is: for one caller only, among all processes, as long as this
        one carries the plan out; and, of several plans that take the same back, for one."""
        return (
            f"UPDATE item SET state = 'sent', sent = {NOW} WHERE plan = ? AND step = ? AND number = ? AND state = 'open'"
            f" AND {CARRIED_OUT} AND NOT EXISTS (SELECT 1 {TAKING} AND taking.id <> item.plan"
            " AND taking.undoes = (SELECT undoes FROM plan WHERE id = item.plan)"
            " AND other.takes_back = item.takes_back) RETURNING 1",
            (plan, step, item, self._runner),
        )

    def release_item(self, plan: str, step: int, item: int) -> Question:
        """Opens an item again that was claimed and not sent, and answers one row where it was still ours."""
        return (
            f"UPDATE item SET state = 'open' WHERE plan = ? AND step = ? AND number = ? AND state = 'sent' AND {CARRIED_OUT}"
            " RETURNING 1",
            (plan, step, item, self._runner),
        )

    async def confirm(self, plan: str, step: int, item: int) -> bool:
        """Whether a claim of a moment ago still is ours; its moment is now then."""
        async with self._state.writing(self._database) as transaction:
            confirmed = await transaction.execute(
                f"UPDATE item SET sent = {NOW} WHERE plan = ? AND step = ? AND number = ? AND state = 'sent' AND {CARRIED_OUT}",
                plan, step, item, self._runner,
            )  # fmt: skip
        return confirmed == 1

    async def under_way(self, plan: str, seconds: float) -> frozenset[tuple[int, int]]:
        """Items that were handed over within so many seconds: where their process lives on unseen, they may still arrive."""
        rows = await self._state.rows(
            f"SELECT step, number FROM item WHERE plan = ? AND state = 'sent' AND sent > {NOW} - ?",
            plan,
            seconds,
        )
        return frozenset((row["step"], row["number"]) for row in rows)
