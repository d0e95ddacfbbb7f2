"""Plans an undo from before-images. What changed since is never overwritten, and what cannot be restored is listed."""

from __future__ import annotations

from dataclasses import replace

from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import Record
from ...policy import key_of
from ..applying.apply_context import Means
from ..contents.packed_items import PackedItems
from ..files.deleted_files import files_back
from ..planning.closed_records import why_not, why_not_so, why_past_script
from ..planning.records_by_id import Progress as Report
from ..planning.records_by_id import unheard
from ..plans.item import Item, RowKind
from ..plans.marks import another, marks_of
from ..plans.outcome import ItemState, Outcome
from ..plans.progress import Progress
from ..plans.step import Step, StepKind
from ..unhurried import Pace, unhurried
from .current_records import UNREAD, CurrentRecords
from .left_records import CREATING, LeftRecords
from .own_rows import OwnRows
from .undo_create import removal, rows_with_it
from .undo_delete import allowed, not_known, restored
from .undo_edit import edited_back, file_back
from .undo_rows import rows_restored
from .way_back import WayBack
from .why_left import (
    after_script,
    another_record,
    because,
    changed_since,
    no_record,
    unknown_whether,
    without_files,
)

AT_ONCE = 2_000
"""Records that are read and looked at together."""


async def way_back(
    means: Means,
    progress: Progress,
    taken_back: frozenset[tuple[int, int]] = frozenset(),
    report: Report = unheard,
) -> WayBack:
    """Steps that undo what a change did, the last first, without the items that were taken back already."""
    back = WayBack(means.uploads)
    for s in reversed(range(len(progress.plan.steps))):
        await _StepBack(means, progress, s, back).plan(taken_back, report)
    return back


class _StepBack:
    """Plans the undo of one step."""

    def __init__(self, means: Means, progress: Progress, number: int, back: WayBack) -> None:
        self._means = means
        self._database = means.database
        self._progress = progress
        self._number = number
        self._step = progress.plan.steps[number]
        self._outcomes = progress.outcomes[number]
        self._back = back
        self._current = CurrentRecords(means, progress, number)
        self._left = LeftRecords(progress, self._step.layout)
        self._items: dict[StepKind, PackedItems] = {}
        self._first: list[Item] = []
        """What goes before the others: rows that came with new records."""
        self._rows: list[Item] = []
        self._files: list[Item] = []
        self._own = OwnRows(means.database)
        """Rows that come back through a layout of their own."""

    async def plan(self, taken_back: frozenset[tuple[int, int]], report: Report) -> None:
        step = self._step
        meta = await self._database.layout(step.layout)
        if step.kind not in UNREAD:
            await unhurried(self._progress.plan.records, self._current.look)
        if step.kind in CREATING:
            await unhurried(self._progress.plan.records, self._left.look)
        pace = Pace()
        for end in range(len(step.items), 0, -AT_ONCE):
            numbers = range(max(0, end - AT_ONCE), end)
            there = await self._current.of(meta, numbers, taken_back, report)
            for i in reversed(numbers):
                await pace.turn()
                if (self._number, i) not in taken_back:
                    await self._one(meta, i, step.items[i], there)
        if self._first:
            self._back.steps.append(Step(StepKind.EDIT, step.layout, tuple(self._first)))
        if self._rows:
            self._items[StepKind.EDIT] = PackedItems(self._rows)
        if self._files:
            self._items[StepKind.UPLOAD] = PackedItems(self._files)
        self._back.steps += [Step(kind, step.layout, each.fewest) for kind, each in self._items.items()]
        self._back.steps += [
            Step(StepKind.CREATE, layout, tuple(each)) for layout, each in self._own.items.items()
        ]
        self._back.left += self._own.left

    async def _one(self, meta: LayoutMeta, i: int, item: Item, there: dict[str, Record]) -> None:
        step, outcome, back = self._step, self._outcomes[i], self._back
        policy = self._database.policy
        self._place = (self._number, i)
        if outcome.state is ItemState.UNKNOWN:
            back.left.append(unknown_whether(item, outcome))
        if outcome.state is not ItemState.DONE:
            return
        back.records += 1
        if step.kind is StepKind.RUN:
            back.left.append(after_script(item, outcome, step.script))
            return
        item = allowed(self._database, meta, step, item, back.left)
        if step.kind is StepKind.DELETE:
            undone = restored(meta, item, back.left, key_of(self._database.policy, step.layout))
            if undone is not None and (why := self._why_not(meta, undone[1])):
                back.left.append(because(item, outcome, why))
                undone = None
        else:
            undone = await self._undone(meta, item, outcome, there.get(outcome.record_id or ""))
        if undone is not None and (why := why_past_script(policy, meta, *undone)):
            back.left.append(because(item, outcome, why))
            return
        if undone is None:
            return
        self._items.setdefault(undone[0], PackedItems()).add(replace(undone[1], takes_back=self._place))
        if step.kind is StepKind.DELETE:
            created_by = (len(back.steps), len(self._items[StepKind.CREATE]) - 1)
            own = [row for row in item.related if row.layout]
            for row in await self._own.missing(own):
                await self._own.add(row, takes_back=None, parent=undone[1], parent_place=created_by)
            shown_only = replace(item, related=tuple(row for row in item.related if not row.layout))
            self._rows += rows_restored(meta, shown_only, created_by)
            known = await self._database.mapped(meta)
            back.left += not_known(step.layout, shown_only, "" if known is None else known.atlas.date)
            uploads_again, lost = files_back(meta, item, created_by)
            self._files += uploads_again
            if lost:
                back.left.append(without_files(item, lost))

    async def _undone(
        self, meta: LayoutMeta, item: Item, outcome: Outcome, record: Record | None
    ) -> tuple[StepKind, Item] | None:
        """The item that takes one back; what has to go before it is put in `_first`."""
        step, back = self._step, self._back
        if record is None:
            back.left.append(no_record(item, outcome))
            return None
        if other := another(meta, self._current.marks(meta, item, outcome), record.fields):
            back.left.append(another_record(item, outcome, other))
            return None
        if record.closed:
            back.left.append(because(item, outcome, record.closed))
            return None
        undone = await self._taken_back(meta, item, outcome, record)
        if undone is not None and (why := self._why_not(meta, undone[1], record)):
            back.left.append(because(item, outcome, why))
            return None
        key = key_of(self._database.policy, step.layout)
        return undone and (undone[0], replace(undone[1], marks=marks_of(meta, record.fields, key)))

    def _why_not(self, meta: LayoutMeta, item: Item, record: Record | None = None) -> str:
        rules = self._database.change_rules
        return why_not_so(rules, meta, item) if record is None else why_not(rules, meta, record, item)

    async def _taken_back(
        self, meta: LayoutMeta, item: Item, outcome: Outcome, record: Record
    ) -> tuple[StepKind, Item] | None:
        step, back = self._step, self._back
        if step.kind in CREATING:
            found = removal(meta, item, outcome, record, self._left)
            if isinstance(found, Item):
                rows = rows_with_it(item, outcome, record)
                self._first += [] if rows is None else [rows]
                return StepKind.DELETE, found
            back.left.append(changed_since(item, outcome, found))
            return None
        if step.kind is StepKind.UPLOAD:
            return await file_back(self._database, step, item, outcome, record, back)
        restored = back.restored.setdefault((step.layout, record.record_id), {})
        seen = replace(record, fields={**record.fields, **restored})
        edited = edited_back(meta, item, outcome, seen, back)
        if edited is None:
            return None
        restored |= edited[1].after
        removed = [row for row in item.rows if row.kind is RowKind.REMOVE and row.layout]
        for row in removed:
            await self._own.add(row, takes_back=self._place)
        return edited if edited[1].after or edited[1].rows or not removed else None
