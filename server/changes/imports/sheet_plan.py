"""From a sheet to the steps of one plan: new records and edits of known ones, and what is told of every other row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ...dataapi.models import FieldMeta, LayoutMeta, Record
from ...documents.sheet import Sheet
from ...errors import InputError
from ...text.numbers import number_in
from ..planning.plan_items import Wanted, edited_item, new_item
from ..plans.field_check import UNCHANGED
from .known_records import KnownRecords
from .sheet_columns import ColumnMap
from .sheet_records import FaultyRow, ReadRows, SheetRecord
from .sheet_request import SheetRequest

TOLD = 10
"""Rows that a note names one by one."""


@dataclass
class SheetPlan:
    """What becomes of each row. `new` and `edits` are what is planned."""

    new: list[Wanted] = field(default_factory=list[Wanted])
    edits: list[tuple[Record, Wanted]] = field(default_factory=list[tuple[Record, Wanted]])
    faulty: list[FaultyRow] = field(default_factory=list[FaultyRow])
    notes: list[str] = field(default_factory=list[str])
    unchanged: int = 0
    renumbered: list[str] = field(default_factory=list[str])
    """Texts that would change as if they had been numbers."""


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


def planned_rows(
    meta: LayoutMeta,
    read: ReadRows,
    known: KnownRecords | None,
    request: SheetRequest,
    keys: Sequence[FieldMeta],
    owner_key: str | None,
) -> SheetPlan:
    """`known` None: every row is new. Raises InputError for what the caller wants refused."""
    plan = SheetPlan(faulty=list(read.faulty))
    fresh: list[SheetRecord] = list(read.records) if known is None else []
    if known is not None:
        _sort(meta, plan, known, request, keys, fresh)
    for record in fresh:
        wanted = record.wanted(creating=True)
        if _fits(plan, record, lambda w=wanted: new_item(meta, w, owner_key, [])):
            plan.new.append(wanted)
    rows = sum(len(record.rows) for record in read.records) + len(read.faulty)
    counts = [f"{rows} rows", f"{len(plan.new)} new", f"{len(plan.edits)} to change"]
    if plan.unchanged:
        counts.append(f"{plan.unchanged} as wanted already")
    if plan.faulty:
        counts.append(f"{len(plan.faulty)} faulty")
    plan.notes.insert(0, f"{', '.join(counts)}.")
    plan.notes += _told(
        "texts would change as numbers do, which a spreadsheet may have done by itself", plan.renumbered
    )
    left_alone = sum(record.left_alone for record in read.records)
    if left_alone and not request.clears:
        plan.notes.append(f'{left_alone} empty cells change nothing; format = {{"empty": "clear"}} clears.')
    plan.notes += _told("faulty and left out", [f"row {f.row.number}: {f.why}" for f in plan.faulty])
    if plan.faulty and request.refuses_faulty:
        raise InputError(f"{len(plan.faulty)} rows are faulty: {plan.notes[-1]}", advice=UNCHANGED)
    return plan


def _sort(
    meta: LayoutMeta,
    plan: SheetPlan,
    known: KnownRecords,
    request: SheetRequest,
    keys: Sequence[FieldMeta],
    fresh: list[SheetRecord],
) -> None:
    """Each row to what the caller wants for its kind."""
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
                f"{len(rows[what])} rows {what}: {_some(_names(rows[what], keys))}", advice=UNCHANGED
            )
    if request.when_found == "create":
        fresh += [record for record, _ in known.found]
    elif request.when_found == "edit":
        names = {key.name for key in keys}
        for row, record in known.found:
            wanted = {name: value for name, value in row.wanted(creating=False).items() if name not in names}
            if _changes(meta, plan, row, record, wanted):
                plan.edits.append((record, wanted))
    else:
        plan.notes += _told(
            "have a record already and are skipped", _names(rows["have a record that is there already"], keys)
        )
    if request.when_missing == "create":
        fresh += known.missing
    else:
        plan.notes += _told("have no record and are left out", _names(known.missing, keys))
    plan.notes += _told("fit several records and are left out", _names(known.ambiguous, keys))
    plan.notes += _told("have the same key as another row and are left out", _names(known.doubled, keys))
    plan.notes += _told("have no key and are left out", [f"row {record.number}" for record in known.unkeyed])


def _changes(meta: LayoutMeta, plan: SheetPlan, row: SheetRecord, record: Record, wanted: Wanted) -> bool:
    changed = False

    def work() -> object:
        nonlocal changed
        item, draft = edited_item(meta, record, wanted, [])
        changed = item is not None or bool(draft.files)
        for name, value in item.after.items() if item is not None else ():
            found = meta.field_named(name)
            was = number_in(record.fields.get(name, ""))
            if found is not None and found.type == "text" and was is not None and was == number_in(value):
                plan.renumbered.append(f"row {row.number} ({name!r} to {str(value)!r})")
        return item

    if _fits(plan, row, work) and not changed:
        plan.unchanged += 1
    return changed


def _fits(plan: SheetPlan, record: SheetRecord, work: Callable[[], object]) -> bool:
    """Whether a row can be planned; one that cannot is faulty, and the others go on."""
    try:
        work()
    except InputError as error:
        plan.faulty += [FaultyRow(row, error.what, is_of_file=False) for row in record.rows]
        return False
    return True


def _names(records: Sequence[SheetRecord], keys: Sequence[FieldMeta]) -> list[str]:
    """Each row with its number and its key."""
    return [
        f"row {r.number} ({', '.join(str(r.fields.get(k.name, '')) for k in keys) or r.record_id})"
        for r in records
    ]


def _told(what: str, rows: Sequence[str]) -> list[str]:
    return [f"{len(rows)} {what}: {_some(rows)}."] if rows else []


def _some(rows: Sequence[str]) -> str:
    more = f" and {len(rows) - TOLD} more" if len(rows) > TOLD else ""
    return "; ".join(rows[:TOLD]) + more


def described(sheet: Sheet, columns: ColumnMap, forms: Sequence[str]) -> list[str]:
    """How the file was read, in sentences that somebody who agrees should see."""
    left = (
        [f"Skipped columns: {', '.join(repr(name) for name in columns.left_out)}."]
        if columns.left_out
        else []
    )
    return [*sheet.words(), *forms, *columns.notes, *left]
