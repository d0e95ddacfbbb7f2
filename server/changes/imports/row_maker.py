"""Makes items of the rows of a sheet, a window of them at a time, by what the caller wants for each kind of row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...dataapi.layout_meta import FieldMeta, LayoutMeta
from ...dataapi.record import Record
from ...database.database import Database
from ...errors import Forbidden, InputError
from ...text.numbers import number_in
from ...text.sentence import say
from ..journal.caps import check_size
from ..planning.closed_records import why_not, why_not_so
from ..planning.item_rules import in_scope, known
from ..planning.made_items import FileWish
from ..planning.plan_items import ItemDraft, Wanted, deleted_item, edited_item, new_item
from ..planning.records_by_id import Progress as Report
from ..planning.step_inputs import check_later, overlaid
from ..plans.item import Item
from ..plans.plan import Plan
from ..unhurried import Pace
from .known_records import KnownRecords
from .read_row import ReadRows, SheetRecord
from .returned_text import without_returned
from .sheet_plan import SheetPlan, named
from .sheet_request import SheetRequest

TOLD = 500
"""Rows between two reports."""


@dataclass
class RowMaker:
    """For one sheet. Raises Forbidden as soon as there are more records than the owner allows in one change."""

    database: Database
    meta: LayoutMeta
    request: SheetRequest
    keys: Sequence[FieldMeta]
    own_key: str | None
    """The field that names new records."""
    base: Plan | None
    """The open plan to which all this is added."""
    report: Report
    total: int
    """Rows of the sheet."""
    plan: SheetPlan
    is_workbook: bool
    _pace: Pace = field(default_factory=Pace)
    _made: int = 0

    async def add(self, read: ReadRows, known: KnownRecords | None) -> None:
        """What becomes of some rows; `known` None: each is a new record."""
        plan = self.plan
        plan.rows += sum(len(record.rows) for record in read.records) + len(read.faulty)
        plan.left_alone += sum(record.left_alone for record in read.records)
        plan.faulty.add_all(read.faulty)
        for trimmed in (record for record in read.records if record.is_trimmed):
            plan.trimmed.add(lambda record=trimmed: named(record, self.keys))
        fresh = list(read.records) if known is None else self._sorted(known)
        if known is not None and self.request.when_found == "edit":
            key_names = {key.name for key in self.keys}
            for row, record in known.found:
                if row.related:
                    plan.with_lines.add(lambda row=row: named(row, self.keys))
                wanted = {n: value for n, value in row.wanted(creating=False).items() if n not in key_names}
                await self._edit(row, record, wanted)
                await self._breathe(len(row.rows))
        for record in fresh:
            await self._create(record)
            await self._breathe(len(record.rows))

    def _sorted(self, known: KnownRecords) -> list[SheetRecord]:
        """Counts the rows of each kind, and gives those that are to be new records."""
        plan, request = self.plan, self.request
        found = [record for record, _ in known.found]
        for tally, records in (
            (plan.found, found),
            (plan.missing, known.missing),
            (plan.ambiguous, known.ambiguous),
            (plan.doubled, known.doubled),
        ):
            for record in records:
                tally.add(lambda record=record: named(record, self.keys))
        for record in known.unkeyed:
            plan.unkeyed.add(lambda record=record: f"row {record.number}")
        fresh = found if request.when_found == "create" else []
        return [*fresh, *(known.missing if request.when_missing == "create" else ())]

    async def _create(self, record: SheetRecord) -> None:
        plan, made, wanted = self.plan, self.plan.new.made, record.wanted(creating=True)
        try:
            if why := record.why_odd({}):
                raise InputError(why)
            item, draft = new_item(self.meta, wanted, self.own_key, made.warnings)
            if why := why_not_so(self.database.change_rules, self.meta, item):
                raise InputError(why)
            item = in_scope(self.database.policy, self.meta, item, creating=True)
        except (InputError, Forbidden) as error:
            plan.spoil(record.rows, error.what)
            return
        await check_later(self.database, draft, self.base)
        if draft.files:
            made.files.append(FileWish(item, tuple(draft.files), len(made.items)))
        made.items.add(item)
        plan.new.note(record, wanted, is_item=True)
        check_size(self.database.policy, plan.records, is_all=False)

    async def _edit(self, row: SheetRecord, record: Record, wanted: Wanted) -> None:
        """A row of a record that is there: an edit, or nothing where all is as wanted already."""
        plan, made = self.plan, self.plan.edits.made
        try:
            record = overlaid(self.base, self.meta.name, record)
            if why := row.why_odd(record.fields):
                raise InputError(why)
            wanted = without_returned(wanted, record, is_workbook=self.is_workbook)
            item, draft = edited_item(self.meta, record, wanted, made.warnings)
            if item is not None and (why := why_not(self.database.change_rules, self.meta, record, item)):
                raise InputError(why)
            if item is not None:
                item = in_scope(self.database.policy, self.meta, item, creating=False)
        except (InputError, Forbidden) as error:
            plan.spoil(row.rows, error.what)
            return
        await check_later(self.database, draft, self.base)
        self._note_numbers(row, record, item)
        if item is None and not draft.files:
            plan.unchanged += 1
            return
        self._keep(record, item, draft)
        plan.edits.note(row, [record.record_id, wanted], is_item=item is not None)
        check_size(self.database.policy, plan.records, is_all=False)

    def _keep(self, record: Record, item: Item | None, draft: ItemDraft) -> None:
        made = self.plan.edits.made
        if draft.files:
            number = None if item is None else len(made.items)
            one = known(self.database.policy, self.meta, item or deleted_item(self.meta, record), record)
            made.files.append(FileWish(one, tuple(draft.files), number, record))
        if item is not None:
            made.items.add(known(self.database.policy, self.meta, item, record))

    def _note_numbers(self, row: SheetRecord, record: Record, item: Item | None) -> None:
        for name, value in item.after.items() if item is not None else ():
            found = self.meta.field_named(name)
            was = number_in(record.fields.get(name, ""))
            if found is not None and found.type == "text" and was is not None and was == number_in(value):
                self.plan.renumbered.add(
                    lambda name=name, value=value: f"row {row.number} ({name!r} to {str(value)!r})"
                )

    async def _breathe(self, rows: int) -> None:
        """Others get their turn, and a job that is to stop stops here."""
        before, self._made = self._made, self._made + rows
        if before // TOLD != self._made // TOLD:
            await self.report(self._made, self.total, say("making the plan"))
        await self._pace.turn()
