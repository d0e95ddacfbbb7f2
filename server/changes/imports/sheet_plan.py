"""From a sheet to the steps of one plan: new records and edits of known ones, and what is told of every other row."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import anyio.lowlevel

from ...dataapi.models import FieldMeta, LayoutMeta, Record
from ...database.limits.change_rules import ChangeRules
from ...errors import Forbidden, InputError
from ...policy import Policy
from ...text.numbers import number_in
from ..planning.closed_records import why_not, why_not_so
from ..planning.item_rules import in_scope
from ..planning.plan_items import ItemDraft, Wanted, edited_item, new_item
from ..planning.records_by_id import Progress as Report
from ..plans.caps import check_size
from ..plans.field_check import UNCHANGED
from ..plans.plan import Item
from .known_records import KnownRecords
from .row_notes import names, some, told
from .sheet_columns import Column, ColumnMap
from .sheet_records import FaultyRow, ReadRows, SheetRecord
from .sheet_request import SheetRequest

BREATH = 100
"""Rows after which others get their turn."""
TOLD = 500
"""Rows between two reports."""


@dataclass
class SheetPlan:
    """What becomes of each row. `new` and `edits` are what is planned, `new_items` and `edited_items` what was made of it, each
    at the place of its row."""

    columns: tuple[Column, ...] = ()
    how: str = ""
    """How the records were chosen, in words."""
    new: list[Wanted] = field(default_factory=list[Wanted])
    new_rows: list[SheetRecord] = field(default_factory=list[SheetRecord])
    new_items: list[tuple[Item, ItemDraft]] = field(default_factory=list[tuple[Item, ItemDraft]])
    edits: list[tuple[Record, Wanted]] = field(default_factory=list[tuple[Record, Wanted]])
    edited_rows: list[SheetRecord] = field(default_factory=list[SheetRecord])
    edited_items: list[tuple[Item | None, ItemDraft]] = field(
        default_factory=list[tuple[Item | None, ItemDraft]]
    )
    new_warnings: list[str] = field(default_factory=list[str])
    edit_warnings: list[str] = field(default_factory=list[str])
    faulty: list[FaultyRow] = field(default_factory=list[FaultyRow])
    notes: list[str] = field(default_factory=list[str])
    unchanged: int = 0
    renumbered: list[str] = field(default_factory=list[str])
    """Texts that would change as if they had been numbers."""

    def spoil(self, record: SheetRecord, why: str) -> None:
        """A row that cannot be planned is faulty, and the others go on."""
        named = tuple(c.heading for c in self.columns if repr(c.name) in why)
        self.faulty += [FaultyRow(row, why, is_of_file=False, headings=named) for row in record.rows]

    def spoil_new(self, refused: Mapping[int, str]) -> None:
        for number in sorted(refused, reverse=True):
            self.spoil(self.new_rows[number], refused[number])
            del self.new[number], self.new_rows[number], self.new_items[number]

    def spoil_edits(self, refused: Mapping[int, str]) -> None:
        for number in sorted(refused, reverse=True):
            self.spoil(self.edited_rows[number], refused[number])
            del self.edits[number], self.edited_rows[number], self.edited_items[number]


@dataclass(frozen=True)
class Making:
    """What making items of rows needs beside the rows."""

    policy: Policy
    columns: tuple[Column, ...]
    own_key: str | None
    """The field that names new records."""
    seen: Callable[[Record], Record]
    """The record as earlier steps of the plan leave it. Raises InputError for one that they delete."""
    report: Report
    rules: ChangeRules
    spoil_refused: Callable[[SheetPlan], Awaitable[None]]
    """Takes out what FileMaker would refuse, as far as that is known beforehand."""

    def check(self, records: int) -> None:
        check_size(self.policy, records, is_all=False)

    async def breathe(self, number: int, total: int) -> None:
        """Others get their turn, and a job that is to stop stops here."""
        if number % TOLD == TOLD - 1:
            await self.report(number + 1, total, "making the plan")
        if number % BREATH == BREATH - 1:
            await anyio.lowlevel.checkpoint()


def key_fields(meta: LayoutMeta, columns: ColumnMap, request: SheetRequest) -> tuple[FieldMeta, ...]:
    """The fields that name a record. Empty where the export's `id` does. Raises InputError for a key that no column fills."""
    if request.key == ("id",) and columns.id_at is not None:
        return ()
    fields: list[FieldMeta] = []
    for name in request.key:
        column = next((c for c in columns.columns if name in (c.name, c.heading) and not c.portal), None)
        if column is None:
            have = ", ".join(repr(c.name) for c in columns.columns)
            raise InputError(
                f"key: the file has no column for {name!r}", advice=f"It fills {have}. {UNCHANGED}"
            )
        if column.meta.is_related:
            raise InputError(f"key: {name!r} belongs to a related record", advice=UNCHANGED)
        fields.append(column.meta)
    return tuple(fields)


async def planned_rows(
    meta: LayoutMeta,
    read: ReadRows,
    known: KnownRecords | None,
    request: SheetRequest,
    keys: Sequence[FieldMeta],
    making: Making,
) -> SheetPlan:
    """`known` None: every row is new. Raises InputError for what the caller wants refused, Forbidden as soon as there are more
    records than the owner allows in one change."""
    plan = SheetPlan(making.columns, faulty=list(read.faulty))
    fresh: list[SheetRecord] = list(read.records) if known is None else []
    if known is not None:
        edits = _sorted(plan, known, request, keys, fresh)
        making.check(len(fresh))
        key_names = {key.name for key in keys}
        for number, (row, record) in enumerate(edits):
            wanted = {
                name: value for name, value in row.wanted(creating=False).items() if name not in key_names
            }
            _edit(meta, plan, row, record, wanted, making)
            making.check(len(fresh) + len(plan.edits))
            await making.breathe(number, len(edits) + len(fresh))
    for number, record in enumerate(fresh):
        wanted = record.wanted(creating=True)
        try:
            made = new_item(meta, wanted, making.own_key, plan.new_warnings)
            if why := why_not_so(making.rules, meta, made[0]):
                raise InputError(why)
            in_scope(making.policy, meta, made[0], creating=True)
        except (InputError, Forbidden) as error:
            plan.spoil(record, error.what)
        else:
            plan.new.append(wanted)
            plan.new_rows.append(record)
            plan.new_items.append(made)
        await making.breathe(number, len(fresh))
    await making.spoil_refused(plan)
    plan.faulty.sort(key=lambda each: each.row.number)
    rows = sum(len(record.rows) for record in read.records) + len(read.faulty)
    counts = [f"{rows} rows", f"{len(plan.new)} new", f"{len(plan.edits)} to change"]
    if plan.unchanged:
        counts.append(f"{plan.unchanged} as wanted already")
    if plan.faulty:
        counts.append(f"{len(plan.faulty)} faulty")
    plan.notes.insert(0, f"{', '.join(counts)}.")
    plan.notes += told(
        "texts would change as numbers do, which a spreadsheet may have done by itself", plan.renumbered
    )
    left_alone = sum(record.left_alone for record in read.records)
    if left_alone and not request.clears:
        plan.notes.append(f'{left_alone} empty cells change nothing; format = {{"empty": "clear"}} clears.')
    plan.notes += told("faulty and left out", [f"row {f.row.number}: {f.why}" for f in plan.faulty])
    if plan.faulty and request.refuses_faulty:
        raise InputError(f"{len(plan.faulty)} rows are faulty: {plan.notes[-1]}", advice=UNCHANGED)
    return plan


def _sorted(
    plan: SheetPlan,
    known: KnownRecords,
    request: SheetRequest,
    keys: Sequence[FieldMeta],
    fresh: list[SheetRecord],
) -> Sequence[tuple[SheetRecord, Record]]:
    """Each row to what the caller wants for its kind: `fresh` gets those of new records, the answer is those to edit."""
    rows = {
        "have a record that is there already": [record for record, _ in known.found],
        "have no record": list(known.missing),
    }
    for what, how in (
        ("have a record that is there already", request.when_found),
        ("have no record", request.when_missing),
    ):
        if rows[what] and how == "refuse":
            raise InputError(
                f"{len(rows[what])} rows {what}: {some(names(rows[what], keys))}", advice=UNCHANGED
            )
    if request.when_found == "create":
        fresh += [record for record, _ in known.found]
    elif request.when_found == "skip":
        plan.notes += told(
            "have a record already and are skipped", names(rows["have a record that is there already"], keys)
        )
    if request.when_missing == "create":
        fresh += known.missing
    else:
        plan.notes += told("have no record and are left out", names(known.missing, keys))
    plan.notes += told("fit several records and are left out", names(known.ambiguous, keys))
    plan.notes += told("have the same key as another row and are left out", names(known.doubled, keys))
    plan.notes += told("have no key and are left out", [f"row {record.number}" for record in known.unkeyed])
    return known.found if request.when_found == "edit" else ()


def _edit(
    meta: LayoutMeta,
    plan: SheetPlan,
    row: SheetRecord,
    record: Record,
    wanted: Wanted,
    making: Making,
) -> None:
    """A row of a record that is there: an edit, or nothing where all is as wanted already."""
    try:
        record = making.seen(record)
        item, draft = edited_item(meta, record, wanted, plan.edit_warnings)
        if item is not None and (why := why_not(making.rules, meta, record, item)):
            raise InputError(why)
        if item is not None:
            in_scope(making.policy, meta, item, creating=False)
    except (InputError, Forbidden) as error:
        plan.spoil(row, error.what)
        return
    for name, value in item.after.items() if item is not None else ():
        found = meta.field_named(name)
        was = number_in(record.fields.get(name, ""))
        if found is not None and found.type == "text" and was is not None and was == number_in(value):
            plan.renumbered.append(f"row {row.number} ({name!r} to {str(value)!r})")
    if item is None and not draft.files:
        plan.unchanged += 1
        return
    plan.edits.append((record, wanted))
    plan.edited_rows.append(row)
    plan.edited_items.append((item, draft))
