"""Records that a runbook leaves to a person: whether something was done for them is not known, so it is not done again by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..state import State


class Review:
    """The queue of one database."""

    def __init__(self, state: State, database: str) -> None:
        self._state = state
        self._database = database

    def held(self, runbook: str) -> Mapping[str, str]:
        """Record id -> why it waits."""
        rows = self._state.rows(
            "SELECT record, label, reason FROM review WHERE database = ? AND runbook = ? ORDER BY since, record",
            self._database, runbook,
        )  # fmt: skip
        return {row["record"]: f"{row['label']}: {row['reason']}".removeprefix(": ") for row in rows}

    def hold(self, runbook: str, plan: str, now: float, records: Sequence[tuple[str, str, str]]) -> None:
        """(record id, label, reason)"""
        with self._state.writing() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO review (database, runbook, record, label, reason, since, plan)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (self._database, runbook, record, label, reason, now, plan)
                    for record, label, reason in records
                ],
            )

    def release(self, runbook: str, records: Sequence[str] | None) -> int:
        """A person has looked: the next run takes them again. None means all of them. Returns how many."""
        with self._state.writing() as connection:
            if records is None:
                return connection.execute(
                    "DELETE FROM review WHERE database = ? AND runbook = ?", (self._database, runbook)
                ).rowcount
            return sum(
                connection.execute(
                    "DELETE FROM review WHERE database = ? AND runbook = ? AND record = ?",
                    (self._database, runbook, record),
                ).rowcount
                for record in records
            )
