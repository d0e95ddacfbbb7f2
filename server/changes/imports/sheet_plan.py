"""From a sheet to what is planned: new records and edits of known ones, and what is told of every other row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...dataapi.layout_meta import FieldMeta
from ...documents.sheet import SheetRow
from ...errors import InputError
from ...text.plain_parts import Listed
from ...text.sentence import Sentence, marked, say, say_count
from ..plans.field_check import UNCHANGED
from ..unhurried import in_turns
from .column_field import Column
from .faulty_rows import FaultyRow, FaultyRows
from .made_rows import MadeRows
from .read_row import SheetRecord
from .row_notes import Tally
from .sheet_columns import ColumnMap
from .sheet_request import SheetRequest

FOUND, MISSING = "have a record that is there already", "have no record"


@dataclass
class SheetPlan:
    """What becomes of each row; `new` and `edits` are what is planned."""

    columns: tuple[Column, ...] = ()
    how: str = ""
    """How the records were chosen, in words."""
    new: MadeRows = field(default_factory=MadeRows)
    edits: MadeRows = field(default_factory=MadeRows)
    faulty: FaultyRows = field(default_factory=FaultyRows)
    notes: list[str] = field(default_factory=list[str])
    rows: int = 0
    left_alone: int = 0
    """Empty cells that change nothing."""
    unchanged: int = 0
    renumbered: Tally = field(default_factory=Tally)
    """Texts that would change as if they had been numbers."""
    found: Tally = field(default_factory=Tally)
    missing: Tally = field(default_factory=Tally)
    ambiguous: Tally = field(default_factory=Tally)
    doubled: Tally = field(default_factory=Tally)
    unkeyed: Tally = field(default_factory=Tally)
    trimmed: Tally = field(default_factory=Tally)
    """Rows with blanks around their key."""
    with_lines: Tally = field(default_factory=Tally)
    """Rows of records that are there, whose related rows change nothing."""

    @property
    def records(self) -> int:
        return self.new.made.records + self.edits.made.records

    def spoil(self, rows: Sequence[SheetRow], why: str) -> None:
        """A record that cannot be planned is faulty, and the others go on."""
        named = tuple(c.heading for c in self.columns if repr(c.name) in why)
        self.faulty.add_all(FaultyRow(row, why, is_of_file=False, headings=named) for row in rows)

    async def spoil_made(self, made: MadeRows, refused: Mapping[int, str]) -> None:
        async for number in in_turns(sorted(refused)):
            self.spoil(made.rows_of(number), refused[number])
        await made.leave_out(refused)

    def check_wanted(self, request: SheetRequest) -> None:
        """Raises InputError for what the caller wants refused."""
        for what, rows, how in (
            (FOUND, self.found, request.when_found),
            (MISSING, self.missing, request.when_missing),
        ):
            if rows.count and how == "refuse":
                raise InputError(f"{rows.count} rows {what}: {rows.some}", advice=UNCHANGED)

    def tell(self, request: SheetRequest) -> None:
        """Fills `notes`. Raises InputError where faulty rows are to refuse the sheet."""
        counts = [
            say_count("%(count)s row", "%(count)s rows", self.rows),
            say("%(count)s new", count=self.new.made.records),
            say("%(count)s to change", count=self.edits.made.records),
        ]
        if self.unchanged:
            counts.append(say("%(count)s as wanted already", count=self.unchanged))
        if self.faulty:
            counts.append(say("%(count)s faulty", count=len(self.faulty)))
        self.notes.append(Sentence("%(counts)s.", {"counts": Listed(tuple(counts))}))
        if request.when_found == "skip":
            self.notes += self.found.told(
                marked("%(count)s have a record already and are skipped: %(rows)s.")
            )
        if request.when_missing != "create":
            self.notes += self.missing.told(marked("%(count)s have no record and are left out: %(rows)s."))
        self.notes += self.ambiguous.told(marked("%(count)s fit several records and are left out: %(rows)s."))
        self.notes += self.doubled.told(
            marked("%(count)s have the same key as another row and are left out: %(rows)s.")
        )
        self.notes += self.unkeyed.told(marked("%(count)s have no key and are left out: %(rows)s."))
        self.notes += self.trimmed.told(
            marked("%(count)s have blanks around their key, which are left off: %(rows)s.")
        )
        self.notes += self.with_lines.told(
            marked("%(count)s have a record already, and their related rows change nothing: %(rows)s.")
        )
        self.notes += self.renumbered.told(
            marked(
                "%(count)s texts would change as numbers do, which a spreadsheet may have done by itself: %(rows)s."
            )
        )
        if self.left_alone and not request.clears:
            self.notes.append(
                say(
                    '%(count)s empty cells change nothing; format = {"empty": "clear"} clears.',
                    count=self.left_alone,
                )
            )
        faulty = Tally()
        for each in self.faulty:
            faulty.add(lambda each=each: say("row %(row)s: %(why)s", row=str(each.row.number), why=each.why))
            if faulty.is_told:
                break
        faulty.count = len(self.faulty)
        self.notes += faulty.told(marked("%(count)s faulty and left out: %(rows)s."))
        if self.faulty and request.refuses_faulty:
            raise InputError(f"{len(self.faulty)} rows are faulty: {self.notes[-1]}", advice=UNCHANGED)


def key_fields(columns: ColumnMap, request: SheetRequest) -> tuple[FieldMeta, ...]:
    """The fields that name a record. Empty where the export's `id` does. Raises InputError for a key that no column fills."""
    if request.is_by_id and columns.id_at is not None:
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


def named(record: SheetRecord, keys: Sequence[FieldMeta]) -> str:
    """A row with its number and its key."""
    key = ", ".join(str(record.fields.get(k.name, "")) for k in keys) or record.record_id
    return say("row %(row)s (%(key)s)", row=str(record.number), key=key)
