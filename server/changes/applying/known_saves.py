"""Saves that the journal knows, and whether the host still has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ...dataapi.record import Record
from ...database.database import Database
from ...errors import FilemakerMcpError
from ...host_errors import RecordMissing
from ...local.state.state import Row
from ...policy import key_of
from ..contents.altered_plan import AlteredPlan
from ..contents.plan_rows import PlanRows
from ..plans.item import Item
from ..plans.marks import another, marks_of
from ..plans.outcome import Outcome
from ..plans.step import StepKind

SAVING = (StepKind.CREATE, StepKind.DUPLICATE, StepKind.EDIT, StepKind.UPLOAD, StepKind.DELETE)
UNDECIDED = 5
"""Saves in a row that may tell nothing: their records were deleted, or their layouts closed."""


@dataclass(frozen=True)
class KnownSave:
    at: float
    plan: str
    layout: str
    kind: StepKind
    row: Row
    rows: PlanRows

    @cached_property
    def item(self) -> Item:
        return self.rows.item(self.row)

    @cached_property
    def outcome(self) -> Outcome:
        return self.rows.outcome(self.row)


class SaveCheck:
    """Asks the host for the records of saves."""

    def __init__(self, database: Database, now: Callable[[], float]) -> None:
        self._database = database
        self._now = now
        self.looked_at: float | None = None
        """When the host last answered here: the session that asked it was good then."""

    async def latest_gone(self, saves: Sequence[KnownSave]) -> int | None:
        """The number of the latest save that can be judged, when it is gone."""
        for number in range(len(saves) - 1, max(-1, len(saves) - 1 - UNDECIDED), -1):
            is_gone = await self._is_gone(saves[number])
            if is_gone is not None:
                return number if is_gone else None
        return None

    async def first_gone(self, saves: Sequence[KnownSave], gone: int) -> int:
        """By halves: what was saved before the backup is there, what was saved after it is not."""
        low, high = 0, gone
        while low < high:
            middle = (low + high) // 2
            if await self._are_gone_from(saves, middle, low):
                high = middle
            else:
                low = middle + 1
        return high

    async def _are_gone_from(self, saves: Sequence[KnownSave], number: int, low: int) -> bool:
        for each in range(number, max(low, number - UNDECIDED) - 1, -1):
            is_gone = await self._is_gone(saves[each])
            if is_gone is not None:
                return is_gone
        return False

    async def _is_gone(self, save: KnownSave) -> bool | None:
        """Whether the host has a save no more; None where that cannot be told."""
        try:
            record_id = save.outcome.record_id or save.item.record_id
        except AlteredPlan:
            return None
        if not record_id:
            return None
        try:
            record = await self._database.record(save.layout, record_id, portals=(), unread=True)
        except RecordMissing:
            return False if save.kind is StepKind.DELETE else None
        except FilemakerMcpError as error:
            if error.code is None:
                raise
            return None
        self.looked_at = self._now()
        if save.kind is StepKind.DELETE:
            return record.mod_id == save.item.mod_id or None
        return await self._is_older(save, record)

    async def _is_older(self, save: KnownSave, record: Record) -> bool | None:
        known, now = save.outcome.mod_id or "", record.mod_id
        if not known.isdecimal() or not now.isdecimal():
            return None
        if int(now) != int(known):
            return int(now) < int(known)
        meta = await self._database.layout(save.layout)
        is_new = save.kind in (StepKind.CREATE, StepKind.DUPLICATE)
        fields = save.outcome.after if is_new else save.item.marks
        marks = marks_of(meta, fields, key_of(self._database.policy, save.layout))
        kept = {name: value for name, value in marks.items() if is_new or name not in save.outcome.after}
        return bool(another(meta, kept, record.fields))
