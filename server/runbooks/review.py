"""Records that a runbook leaves to a person: whether something was done for them is not known, so it is not done again by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from ..local.keys.sealed_contents import JOINED, Contents, place_of
from ..local.state.state import Row, State
from ..text.kept_sentences import kept, told
from ..text.sentence import Sentence


class Finding(Enum):
    """What a person found who looked."""

    NOT_DONE = "open"
    """The next run takes the record again."""
    DONE = "done"
    """It counts as the others that were done: `run_once` knows of it."""


@dataclass(frozen=True, slots=True)
class HeldRecord:
    database: str
    """Host and file, as plans name it."""
    runbook: str
    record: str
    why: str
    """What a person knows it by, and why it waits."""
    plan: str
    """The run that left it."""
    since: float


def held_record(row: Row, contents: Contents) -> HeldRecord:
    """Of a row of `HELD`."""
    place = (row["database"], row["runbook"], row["plan"], row["record"])
    why = told(contents.text(row, row["box"], place_of("held", "box", *place)))
    return HeldRecord(row["database"], row["runbook"], row["record"], why, row["plan"], row["since"])


HELD = (
    f"SELECT held.*, {JOINED} FROM held LEFT JOIN data_key ON data_key.id = held.key WHERE released IS NULL"
)


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
            f"{HELD} AND held.database = ? AND runbook = ? ORDER BY since, record", self._database, runbook
        )
        return [held_record(row, self._contents) for row in rows]

    async def hold(
        self, runbook: str, plan: str, now: float, records: Sequence[tuple[str, str, str]]
    ) -> None:
        """(record id, label, reason). Once for each run: what a person has released of it stays released."""
        async with self._state.writing(self._database) as transaction:
            for record, label, reason in records:
                place = (self._database, runbook, plan, record)
                key = self._contents.new_key(transaction, self._database, f"held {plan} {record}")
                why = kept(
                    Sentence("%(label)s: %(why)s", {"label": label, "why": reason}) if label else reason
                )
                transaction.put(
                    "INSERT INTO held (database, runbook, plan, record, label, reason, since, key, box)"
                    " VALUES (?, ?, ?, ?, '', '', ?, ?, ?) ON CONFLICT DO NOTHING",
                    *place, now, key.id, self._contents.seal_text(key, why, place_of("held", "box", *place)),
                )  # fmt: skip
            transaction.put(
                "DELETE FROM held WHERE released IS NOT NULL AND plan NOT IN (SELECT id FROM plan)"
            )

    async def settle(
        self, runbook: str, records: Sequence[str] | None, now: float, finding: Finding = Finding.NOT_DONE
    ) -> int:
        """A person has looked. None means all of them. Returns how many."""
        held = [each for each in await self.waiting(runbook) if records is None or each.record in records]
        return await settle(self._state, held, now, finding)


async def settle(state: State, held: Sequence[HeldRecord], now: float, finding: Finding) -> int:
    """Of the records of one database that still wait, what was found. Returns how many there were."""
    settled: set[tuple[str, str]] = set()
    if not held:
        return 0
    async with state.writing(held[0].database) as transaction:
        for each in held:
            place = (each.database, each.runbook, each.plan, each.record)
            count = await transaction.execute(
                "UPDATE held SET released = ? WHERE database = ? AND runbook = ? AND plan = ? AND record = ?"
                " AND released IS NULL",
                now, *place,
            )  # fmt: skip
            if not count:
                continue
            settled.add((each.runbook, each.record))
            if finding is Finding.DONE:
                change = "UPDATE script_run SET state = 'done'"
            else:
                change = "DELETE FROM script_run"
            transaction.put(
                f"{change} WHERE state = 'unknown' AND plan = ? AND record = ?", each.plan, each.record
            )
    return len(settled)
