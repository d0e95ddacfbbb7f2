"""Records that runbooks left to a person: the console lists those of the person's own runs, and hears what they found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from ..changes.plans.stored_plans import Filed
from ..runbooks.review import HELD, Finding, HeldRecord, held_record, settle

MOST = 50
"""Records of one runbook that are shown at once."""
_OWN = (
    f"{HELD} AND EXISTS (SELECT 1 FROM journal WHERE journal.plan = held.plan AND journal.event = 'planned'"
    " AND journal.caller = ?)"
)


@dataclass(frozen=True, slots=True)
class HeldRun:
    """What one runbook left, the first first."""

    database: str
    runbook: str
    records: tuple[HeldRecord, ...]

    @property
    def shown(self) -> tuple[HeldRecord, ...]:
        return self.records[:MOST]


class HeldRecords:
    """`user` is whose runs they are. A run that is no longer kept is known by the journal."""

    def __init__(self, files: Filed, user: str, now: Callable[[], float]) -> None:
        self._files = files
        self._user = user
        self._now = now

    async def waiting(self) -> list[HeldRun]:
        rows = await self._files.state.rows(
            f"{_OWN} ORDER BY held.database, runbook, since, record", self._user
        )
        held = (held_record(row, self._files.seal.contents) for row in rows)
        return [
            HeldRun(database, runbook, tuple(each))
            for (database, runbook), each in groupby(held, lambda each: (each.database, each.runbook))
        ]

    async def settle(self, database: str, runbook: str, record: str, finding: Finding) -> int:
        """What was found of a record, or of all that the runbook left where `record` is empty. Returns how many still waited."""
        held = [
            each
            for run in await self.waiting()
            if (run.database, run.runbook) == (database, runbook)
            for each in run.records
            if record in ("", each.record)
        ]
        return await settle(self._files.state, held, self._now(), finding)
