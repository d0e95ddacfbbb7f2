"""Imports: a file read, its columns mapped, its rows looked up, and one plan made of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

import anyio.to_thread

from ...dataapi.models import FieldMeta, LayoutMeta
from ...database.database import Database
from ...documents.sheet import Cell, NoResult, Sheet
from ...errors import InputError
from ...policy import key_of
from ...query.export.new_file import digest, new_file
from ...query.export.writers import CsvWriter
from ..applying.apply_context import Exact
from ..export_consent import ExportConsents
from ..planning.existing_records import taken_keys
from ..planning.map_checks import refused_by_map
from ..planning.records_by_id import Progress
from ..planning.step_drafts import Drafting
from ..planning.step_inputs import overlaid
from ..plans.caps import check_size
from ..plans.codec import digest_of
from ..plans.field_check import UNCHANGED
from ..plans.plan import Plan, Step
from ..plans.uploads import Uploads
from ..unhurried import unhurried
from .known_records import KnownRecords, known_by_id, known_by_key
from .line_sheet import line_sheets
from .row_notes import described
from .sheet_columns import column_map
from .sheet_plan import Making, SheetPlan, key_fields, planned_rows
from .sheet_records import FaultyRow, SheetRecord, records_of
from .sheet_request import SheetRequest
from .sheet_values import forms_of


class Imports:
    """Plans made from the files of one files folder."""

    def __init__(
        self,
        database: Database,
        uploads: Uploads,
        exact: Exact,
        drafting: Drafting,
        leaving: ExportConsents,
    ) -> None:
        self._database = database
        self._uploads = uploads
        self._exact = exact
        self._drafting = drafting
        self._leaving = leaving

    async def read(self, request: SheetRequest) -> Sheet:
        """Raises InputError for a file that is not there, is no table, or can be read in two ways."""
        found = await anyio.to_thread.run_sync(self._uploads.folder.read, request.file)
        await self._database.outsiders.read_file(found.content)
        sheet = await self._uploads.documents.sheet(found.name, found.content, request.sheet, request.format)
        self._uploads.folder.check_rests(request.file, found.stamp)
        return sheet

    async def steps(
        self, layout: str, request: SheetRequest, base: Plan | None, report: Progress
    ) -> tuple[list[Step], str]:
        """The steps, and a digest of what was asked for. Raises InputError where no row can be used."""
        rows, own_key = await self._rows(layout, request, base, report)
        steps: list[Step] = []
        if rows.edits:
            steps += await self._drafting.edit(
                layout,
                rows.edits,
                rows.how,
                base,
                rows.notes,
                made=rows.edited_items,
                warned=rows.edit_warnings,
            )
        if rows.new:
            steps += await self._drafting.creation(
                layout,
                rows.new,
                base,
                how=rows.how,
                notes=() if steps else rows.notes,
                key=own_key,
                after=len(steps),
                made=rows.new_items,
                warned=rows.new_warnings,
                keys_are_free=True,
            )
        edits = [[record.record_id, wish] for record, wish in rows.edits]
        return steps, await unhurried(len(edits) + len(rows.new), digest_of, edits, rows.new)

    async def _rows(
        self, layout: str, request: SheetRequest, base: Plan | None, report: Progress
    ) -> tuple[SheetPlan, str | None]:
        """What becomes of each row, and the key of new records. The sheet itself is not held any longer."""
        request, lines = line_sheets(request)
        sheet = await self.read(request)
        meta = await self._database.layout(layout)
        columns = column_map(meta, sheet.headings, request.columns)
        forms = await unhurried(len(sheet.rows), forms_of, columns, sheet.rows, request.format)
        read = await records_of(
            meta, columns, sheet.rows, len(sheet.headings), forms, clear_empty=request.clears
        )
        of_lines: list[str] = []
        for each in lines:
            read, told = each.with_lines(meta, sheet, read, await self.read(each.request))
            of_lines += told
        if not request.key:  # told at once, and not after each row was planned
            check_size(self._database.policy, len(read.records))
        keys = key_fields(meta, columns, request)
        known = None
        if request.key:
            known = await self._known(meta, read.records, keys, report)
        owner_key = key_of(self._database.policy, layout)
        own_key = owner_key or (keys[0].name if len(keys) == 1 and keys[0].type == "text" else None)
        if request.when_found == "create":
            own_key = owner_key
        keys_are_free = known is not None and [key.name for key in keys] == [own_key]
        making = Making(
            self._database.policy,
            columns.columns,
            own_key,
            lambda record: overlaid(base, layout, record),
            report,
            self._database.change_rules,
            lambda plan: self._spoil_refused(meta, plan, base, keys_are_free=keys_are_free),
        )
        rows = await planned_rows(meta, read, known, request, keys, making)
        rows.notes += [*of_lines, *described(sheet, columns, forms.words())]
        if rows.faulty:
            rows.notes.append(
                f"The faulty rows are in {await self._kept(sheet, rows.faulty)!r}, to correct and import again."
            )
        if not rows.new and not rows.edits:
            raise InputError(
                f"No row of {sheet.name!r} changes anything: {' '.join(rows.notes)}", advice=UNCHANGED
            )
        rows.how = f"rows of {sheet.name}"
        rows.new_rows.clear()
        rows.edited_rows.clear()
        return rows, own_key

    async def _spoil_refused(
        self, meta: LayoutMeta, plan: SheetPlan, base: Plan | None, *, keys_are_free: bool
    ) -> None:
        """What FileMaker would refuse is faulty, as far as the map of the solution knows it; and new records whose key is
        taken."""
        database, exact = self._database, self._exact
        edited = [(n, item) for n, (item, _) in enumerate(plan.edited_items) if item is not None]
        refused = await refused_by_map(database, exact, meta, [item for _, item in edited])
        plan.spoil_edits({edited[n][0]: why for n, why in refused.items()})
        new = [item for item, _ in plan.new_items]
        taken = await taken_keys(database, exact, meta, new, base, are_free=keys_are_free)
        plan.spoil_new({**await refused_by_map(database, exact, meta, new), **taken})

    async def _known(
        self, meta: LayoutMeta, records: Sequence[SheetRecord], keys: Sequence[FieldMeta], report: Progress
    ) -> KnownRecords:
        if not keys:
            return await known_by_id(self._database, meta, records, report)
        return await known_by_key(self._database, meta, keys, records, self._exact, report)

    async def _kept(self, sheet: Sheet, faulty: Sequence[FaultyRow]) -> str:
        """A file of the rows that cannot be used, each with its number and the reason. Returns its name.

        A reason quotes what the record holds and what `map` says. Where a person agrees to what leaves FileMaker, it stays out
        of the file, which names the columns then, so that only what stands in the file itself is in it."""
        quotes = self._leaving.is_free
        stem = PurePath(sheet.name).stem[:80]
        with new_file(self._uploads.folder.folder, f"{stem} to correct", ".csv") as new:
            writer = CsvWriter(new.path, [*sheet.headings, "row", "why"], [])
            for each in faulty:
                cells = [_shown(cell) for cell in each.row.cells[: len(sheet.headings)]]
                cells += [""] * (len(sheet.headings) - len(cells))
                writer.row([*cells, each.row.number, each.why if quotes else each.why_of_file()])
            writer.close()
            await self._database.outsiders.keep_copy(digest(new.path))
            return new.finished().name


def _shown(cell: Cell) -> str | int:
    if isinstance(cell, NoResult):
        return cell.formula
    return cell if isinstance(cell, str | int) else format(cell, "f")
