"""Records that a runbook leaves to a person: whether something was done for them is not known, so it is not done again by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..local.keys.sealed_contents import JOINED, Contents, place_of
from ..local.state.state import Row, State


@dataclass(frozen=True, slots=True)
class HeldRecord:
    record: str
    why: str
    """What a person knows it by, and why it waits."""
    plan: str
    """The run that left it."""


class Review:
    """The queue of one database."""

    def __init__(self, state: State, database: str, contents: Contents) -> None:
        self._state = state
        self._contents = contents
        self._database = database

    async def held(self, runbook: str) -> Mapping[str, str]:
        """Record id -> why it waits, whoever ran it and whatever is closed now: for a person at this machine."""
        return {each.record: each.why for each in await self.waiting(runbook)}

    async def waiting(self, runbook: str) -> list[HeldRecord]:
        rows = await self._state.rows(
            f"SELECT held.*, {JOINED} FROM held LEFT JOIN data_key ON data_key.id = held.key"
            " WHERE held.database = ? AND runbook = ? AND released IS NULL ORDER BY since, record",
            self._database, runbook,
        )  # fmt: skip
        return [HeldRecord(row["record"], self._why(row), row["plan"]) for row in rows]

    def _why(self, row: Row) -> str:
        place = (row["database"], row["runbook"], row["plan"], row["record"])
        return self._contents.text(row, row["box"], place_of("held", "box", *place))

    async def hold(
        self, runbook: str, plan: str, now: float, records: Sequence[tuple[str, str, str]]
    ) -> None:
        """(record id, label, reason). Once for each run: what a person has released of it stays released."""
        async with self._state.writing(self._database) as transaction:
            for record, label, reason in records:
                place = (self._database, runbook, plan, record)
                key = self._contents.new_key(transaction, self._database, f"held {plan} {record}")
                why = f"{label}: {reason}".removeprefix(": ")
                transaction.put(
                    "INSERT INTO held (database, runbook, plan, record, label, reason, since, key, box)"
                    " VALUES (?, ?, ?, ?, '', '', ?, ?, ?) ON CONFLICT DO NOTHING",
                    *place, now, key.id, self._contents.seal_text(key, why, place_of("held", "box", *place)),
                )  # fmt: skip
            transaction.put(
                "DELETE FROM held WHERE released IS NOT NULL AND plan NOT IN (SELECT id FROM plan)"
            )

    async def release(self, runbook: str, records: Sequence[str] | None, now: float) -> int:
        """A person has looked: the next run takes them again. None means all of them. Returns how many."""
        wanted = list(await self.held(runbook)) if records is None else list(dict.fromkeys(records))
        async with self._state.writing(self._database) as transaction:
            transaction.put_many(
                "DELETE FROM script_run WHERE state = 'unknown' AND record = ? AND plan IN"
                " (SELECT plan FROM held WHERE database = ? AND runbook = ? AND record = ? AND released IS NULL)",
                [(record, self._database, runbook, record) for record in wanted],
            )
            counts = [
                await transaction.execute(
                    "UPDATE held SET released = ? WHERE database = ? AND runbook = ? AND record = ? AND released IS NULL",
                    now, self._database, runbook, record,
                )
                for record in wanted
            ]  # fmt: skip
        return sum(count > 0 for count in counts)
