"""Imports: a file read, its columns mapped, its rows looked up, and one plan made of them."""

from __future__ import annotations

from collections.abc import Sequence

import anyio.to_thread

from ...dataapi.layout_meta import FieldMeta, LayoutMeta
from ...database.database import Database
from ...documents.sheet import Sheet
from ...errors import InputError
from ...policy import key_of
from ...query.export.new_file import digest, new_file
from ...text.fingerprints import Repeated
from ...text.plain_parts import Name, names
from ...text.sentence import say
from ..applying.apply_context import Exact
from ..export_consent import ExportConsents
from ..files.uploads import Uploads
from ..journal.caps import check_size
from ..planning.existing_records import taken_keys
from ..planning.map_checks import refused_by_map
from ..planning.records_by_id import Progress
from ..planning.step_drafts import Drafting
from ..plans.field_check import UNCHANGED
from ..plans.plan import Plan
from ..plans.plan_digest import digest_of
from ..plans.step import Step
from ..unhurried import unhurried
from .faulty_rows import FaultyRows
from .known_records import KnownRecords, key_print, known_by_id, known_by_key
from .line_sheet import line_sheets
from .read_row import SheetRecord
from .row_maker import RowMaker
from .row_notes import described
from .rows_to_correct import name_for, write_rows
from .sheet_columns import ColumnMap, column_map
from .sheet_plan import SheetPlan, key_fields
from .sheet_records import SheetRecords
from .sheet_request import SheetRequest
from .sheet_values import Forms, forms_of


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
        await self._uploads.folder.bring(request.file)
        found = await anyio.to_thread.run_sync(self._uploads.folder.read, request.file)
        await self._database.outsiders.read_file(found.content)
        sheet = await self._uploads.documents.sheet(found.name, found.content, request.sheet, request.format)
        self._uploads.folder.check_rests(request.file, found.stamp)
        return sheet

    async def steps(
        self, layout: str, request: SheetRequest, base: Plan | None, report: Progress
    ) -> tuple[list[Step], str]:
        """The steps, and a digest of what was asked for. Raises InputError where no row can be used."""
        rows = await self._rows(layout, request, base, report)
        steps: list[Step] = []
        edits, new = rows.edits.made, rows.new.made
        if edits.records:
            steps += await self._drafting.edited(layout, edits, edits.records, rows.how, rows.notes)
        if new.records:
            steps += await self._drafting.created(
                layout, new, base, how=rows.how, notes=() if steps else rows.notes, after=len(steps)
            )
        return steps, digest_of(rows.edits.asked, rows.new.asked)

    async def _rows(
        self, layout: str, request: SheetRequest, base: Plan | None, report: Progress
    ) -> SheetPlan:
        """What becomes of each row. The sheet itself is not held any longer."""
        request, lines = line_sheets(request)
        sheet = await self.read(request)
        await self._database.check_written_by(layout)
        meta = await self._database.layout(layout)
        columns = column_map(meta, sheet.headings, request.columns, is_export=request.is_by_id)
        forms = await unhurried(len(sheet.rows), forms_of, columns, sheet.rows, request.format)
        keys, owner_key = (
            key_fields(columns, request) if request.key else (),
            key_of(self._database.policy, layout),
        )
        named_by = {owner_key or "", *(key.name for key in keys)}
        rows = SheetRecords(meta, columns, sheet, forms, keys=named_by, clear_empty=request.clears)
        for each in lines:
            await rows.join(each, await self.read(each.request))
        if not request.key:
            await self._check_size(rows, len(sheet.rows))
        repeated = Repeated(len(sheet.rows))
        if request.key:
            async for window in rows.windows():
                for print_ in filter(None, (key_print(keys, record) for record in window.records)):
                    repeated.add(print_)
        own_key = owner_key or (keys[0].name if len(keys) == 1 and keys[0].type == "text" else None)
        if request.when_found == "create":
            own_key = owner_key
        plan = SheetPlan(columns.columns)
        maker = RowMaker(
            *(self._database, meta, request, keys, own_key, base, report, len(sheet.rows), plan),
            is_workbook=sheet.is_workbook,
        )
        async for window in rows.windows():
            known = await self._known(meta, window.records, keys, repeated, report) if request.key else None
            await maker.add(window, known)
        plan.check_wanted(request)
        keys_are_free = bool(request.key) and [key.name for key in keys] == [own_key]
        await self._spoil_refused(meta, plan, base, keys_are_free=keys_are_free)
        await unhurried(len(plan.faulty), plan.tell, request)
        plan.notes += [
            *rows.of_lines,
            *await unhurried(len(sheet.rows), described, sheet, columns, forms.words()),
        ]
        if plan.faulty:
            kept = Name(await self._kept(sheet, columns, forms, plan.faulty))
            plan.notes.append(
                say(
                    "The faulty rows are in %(what)s, to correct and import again with format = %(format)s.",
                    what=kept,
                    format=forms.given(),
                )
                if forms.is_any
                else say("The faulty rows are in %(what)s, to correct and import again.", what=kept)
            )
        if plan.faulty and lines:
            plan.notes.append(
                say(
                    "Lines stand in no such file: name %(lines)s in map again, with the file in which they are.",
                    lines=names(sorted(each.portal for each in lines)),
                )
            )
        if not plan.records:
            raise InputError(
                f"No row of {sheet.name!r} changes anything: {' '.join(plan.notes)}",
                advice=UNCHANGED,
            )
        plan.how = say("rows of %(name)s", name=sheet.name)
        for each in (plan.new, plan.edits):
            each.let_go()
        return plan

    async def _check_size(self, rows: SheetRecords, most: int) -> None:
        """Told at once, and not after each row was planned. Every record is a new one."""
        policy = self._database.policy
        if most > policy.max_records_per_change:
            count = 0
            async for window in rows.windows():
                count += len(window.records)
            check_size(policy, count)

    async def _spoil_refused(
        self, meta: LayoutMeta, plan: SheetPlan, base: Plan | None, *, keys_are_free: bool
    ) -> None:
        """What FileMaker would refuse is faulty, as far as the map of the solution knows it; and new records whose key is
        taken."""
        database, exact = self._database, self._exact
        edited, new = plan.edits.made.items, plan.new.made.items
        await plan.spoil_made(plan.edits, await refused_by_map(database, exact, meta, edited))
        taken = await taken_keys(database, exact, meta, new, base, are_free=keys_are_free)
        await plan.spoil_made(plan.new, {**await refused_by_map(database, exact, meta, new), **taken})

    async def _known(
        self,
        meta: LayoutMeta,
        records: Sequence[SheetRecord],
        keys: Sequence[FieldMeta],
        repeated: Repeated,
        report: Progress,
    ) -> KnownRecords:
        if not keys:
            return await known_by_id(self._database, meta, records, repeated, report)
        return await known_by_key(self._database, meta, keys, records, repeated, self._exact, report)

    async def _kept(self, sheet: Sheet, columns: ColumnMap, forms: Forms, faulty: FaultyRows) -> str:
        """A file of the rows that cannot be used, each with its number and the reason. Returns its name.

        Where a person agrees to what leaves FileMaker, only what stands in the file itself is in it."""
        with new_file(self._uploads.folder.folder, name_for(sheet.name), ".csv") as new:
            await write_rows(new.path, sheet, columns, forms, faulty, quotes=self._leaving.is_free)
            await self._database.outsiders.keep_copy(digest(new.path))
            path = new.finished()
        return (await self._uploads.folder.keep(path)).name
