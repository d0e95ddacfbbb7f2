"""Looks in the journal for other changes that wrote to the same record.

By looking at a record alone, a save of ours that was lost cannot be told from one that another change of ours made.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...local.keys.sealed_contents import JOINED
from ...local.state.state import Row, State
from ..contents.plan_rows import PlanRows
from ..plans.codec import read
from ..plans.item import Item
from ..plans.outcome import ItemState, Outcome
from ..plans.step import StepKind
from .entry_facts import fact

Place = tuple[str, int, int]
"""Plan, step and number of an item."""
EARLIER = 3600.0
"""Seconds before a plan was made from which on others may have to do with its records: it took that long to read them at most."""

TAKING = (
    "FROM plan AS taking JOIN item AS other ON other.plan = taking.id AND other.state IN ('done', 'sent', 'unknown')"
    " WHERE taking.undoes <> ''"
)
"""Items of plans that take something back, sent at least."""


@dataclass(frozen=True, slots=True)
class OtherSave:
    """One request of another item to the same record of the same layout."""

    kind: StepKind
    sent_at: str
    """The modId with which it was sent, as far as that item knew. Empty for a new record."""
    item: Item
    outcome: Outcome

    @property
    def consumed(self) -> str | None:
        """The modId that this save ended: whoever sent the same one was refused. None when it ended none for certain: a host
        may not heed the modId of an upload (section 10.1), nor raise it for related rows alone (section 20)."""
        if self.outcome.state is not ItemState.DONE or self.kind not in (StepKind.EDIT, StepKind.UPLOAD):
            return None
        is_next = self.sent_at.isdecimal() and self.outcome.mod_id == str(int(self.sent_at) + 1)
        return self.sent_at if self.item.after or self.item.later or is_next else None


class Accounts:
    """Items of every plan of one database, by the record that they were sent to."""

    def __init__(self, state: State, database: str, rows: PlanRows) -> None:
        self._state = state
        self._database = database
        self._rows = rows

    async def others(self, place: Place, layout: str, record_id: str) -> tuple[OtherSave, ...]:
        """What else was sent to that record, in the order of sending."""
        rows = await self._state.rows(
            f"SELECT {fact('mod_id', 'journal.facts')} AS sent_at, step.kind, item.*, {JOINED} FROM journal"
            " JOIN item ON item.plan = journal.plan AND item.step = journal.step AND item.number = journal.item"
            " JOIN step ON step.plan = journal.plan AND step.number = journal.step"
            " LEFT JOIN data_key ON data_key.id = item.key"
            " WHERE journal.database = ? AND journal.at >= ? AND event = 'attempt'"
            f" AND {fact('record', 'journal.facts')} = ? AND step.layout = ?"
            " ORDER BY journal.number",
            self._database, await self._since(place), record_id, layout,
        )  # fmt: skip
        return tuple(self._save(row) for row in rows if (row["plan"], row["step"], row["number"]) != place)

    async def sent_at(self, place: Place) -> str | None:
        """The modId with which the item itself was sent last. None when it was sent without one."""
        row = await self._state.row(
            f"SELECT {fact('mod_id')} AS sent_at FROM journal"
            " WHERE plan = ? AND step = ? AND item = ? AND event = 'attempt' ORDER BY number DESC LIMIT 1",
            *place,
        )
        return None if row is None else row["sent_at"]

    async def appeared(self, place: Place) -> dict[str, list[str]]:
        """Portal -> the rows that were there when the item went out last, and not when it was planned."""
        row = await self._state.row(
            f"SELECT {fact('appeared')} AS rows FROM journal"
            " WHERE plan = ? AND step = ? AND item = ? AND event = 'attempt' ORDER BY number DESC LIMIT 1",
            *place,
        )
        return read(row["rows"]) if row is not None and row["rows"] else {}

    async def creator(self, place: Place, layout: str, record_id: str) -> str | None:
        """The id of another change that created the record, or another record of the same plan. None when no change did."""
        row = await self._state.row(
            "SELECT journal.plan FROM journal"
            " JOIN item ON item.plan = journal.plan AND item.step = journal.step AND item.number = journal.item"
            " JOIN step ON step.plan = journal.plan AND step.number = journal.step"
            " WHERE journal.database = ? AND journal.at >= ? AND event IN ('outcome', 'settled') AND item.state = 'done'"
            f" AND {fact('record', 'journal.facts')} = ? AND step.layout = ?"
            " AND step.kind IN ('create', 'duplicate')"
            " AND NOT (journal.plan = ? AND journal.step = ? AND journal.item = ?)",
            self._database, await self._since(place), record_id, layout, *place,
        )  # fmt: skip
        return None if row is None else row["plan"]

    async def taken_back(
        self, change_id: str, *, but: str = "", certain: bool = False
    ) -> frozenset[tuple[int, int]]:
        """Items of a change, as (step, item), that a plan (another than `but`) took back or, unless `certain`, is taking back."""
        rows = await self._state.rows(
            f"SELECT other.takes_back AS place {TAKING}"
            " AND taking.undoes = ? AND taking.id <> ? AND other.takes_back IS NOT NULL"
            " AND (other.state = 'done' OR NOT ?)",
            change_id, but, certain,
        )  # fmt: skip
        return frozenset((s, i) for s, i in (read(row["place"]) for row in rows))

    async def _since(self, place: Place) -> float:
        row = await self._state.row("SELECT made FROM plan WHERE id = ?", place[0])
        return 0.0 if row is None else row["made"] - EARLIER

    def _save(self, row: Row) -> OtherSave:
        item, outcome = self._rows.item(row), self._rows.outcome(row)
        return OtherSave(StepKind(row["kind"]), row["sent_at"] or "", item, outcome)
