"""Rows of a sheet as records: rows of one record together, and the rows that cannot be used; some at a time."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Sequence

from ...dataapi.layout_meta import LayoutMeta
from ...documents.sheet import Sheet, SheetRow
from ...errors import InputError
from ..plans.field_check import UNCHANGED
from ..unhurried import Pace
from .faulty_rows import FaultyRow
from .line_sheet import LineSheet
from .read_row import ReadRow, ReadRows, SheetRecord, read_row, with_constants
from .sheet_columns import ColumnMap
from .sheet_values import Forms
from .totals import WHY, totals

MOST_JOINED = 50_000
"""Rows of a sheet to which lines of another one are joined, and of that one."""
REPEATED = "it repeats the headings"
WINDOW = 1_000
"""Records that are read, looked up and planned together."""


class SheetRecords:
    """The records of one sheet. `clear_empty`: an empty cell empties the field; without it, it changes nothing. A record of several
    rows of which one is faulty is faulty as a whole."""

    def __init__(
        self,
        meta: LayoutMeta,
        columns: ColumnMap,
        sheet: Sheet,
        forms: Forms,
        *,
        keys: Collection[str],
        clear_empty: bool,
    ) -> None:
        """`keys`: names of the fields that name a record."""
        self._meta = meta
        self._columns = columns
        self._sheet = sheet
        self._forms = forms
        self._keys = keys
        self._clears = clear_empty
        self._whole: ReadRows | None = None
        self.of_lines: list[str] = []
        """What is told of lines that were joined."""

    async def join(self, lines: LineSheet, sheet: Sheet) -> None:
        """Lines of another sheet go to the records to which they belong. All of both are held then."""
        for each in (self._sheet, sheet):
            if len(each.rows) > MOST_JOINED:
                raise InputError(
                    f"{each.name!r} has {len(each.rows):,} rows, and at most {MOST_JOINED:,} are joined",
                    advice=f"Take a part of it. {UNCHANGED}",
                )
        whole = self._whole or ReadRows.of([window async for window in self.windows()])
        self._whole, told = lines.with_lines(self._meta, self._sheet, whole, sheet)
        self.of_lines += told

    async def windows(self) -> AsyncGenerator[ReadRows]:
        """Some at a time, from the first row on; all together where lines were joined."""
        if self._whole is not None:
            yield self._whole
            return
        records: list[SheetRecord] = []
        faulty: list[FaultyRow] = []
        group: list[ReadRow] = []
        has_related = any(column.portal for column in self._columns.columns)
        rows, pace = self._sheet.rows, Pace()
        sums = totals(rows)
        for row in rows:
            await pace.turn()
            if why := WHY if row.number in sums else REPEATED if self._is_heading(row) else "":
                faulty.append(FaultyRow(row, why))
                continue
            read = self._read(row)
            if not (has_related and group and _belongs_to(read, group[0])):
                self._close(group, records, faulty)
                if len(records) + len(faulty) >= WINDOW:
                    yield ReadRows(tuple(records), tuple(faulty))
                    records.clear()
                    faulty.clear()
            group.append(read)
        self._close(group, records, faulty)
        yield ReadRows(tuple(records), tuple(faulty))

    def _is_heading(self, row: SheetRow) -> bool:
        """Headings stand again at the top of each printed page. One column alone may hold its own name."""
        sheet = self._sheet
        return sheet.is_headed and len(row.cells) > 1 and sheet.headings == tuple(map(str, row.cells))

    def _read(self, row: SheetRow) -> ReadRow:
        headings = len(self._sheet.headings)
        read = read_row(self._meta, self._columns, row, headings, self._forms, clear_empty=self._clears)
        read.record.trim(self._keys)
        return read

    def _close(self, group: list[ReadRow], records: list[SheetRecord], faulty: list[FaultyRow]) -> None:
        """The rows of one record are all read."""
        if any(each.why for each in group):
            faulty.extend(_spoilt(group))
        elif group:
            records.append(_joined([each.record for each in group], self._columns))
        group.clear()


def _joined(records: Sequence[SheetRecord], columns: ColumnMap) -> SheetRecord:
    """One record of its rows."""
    first, *others = records
    for other in others:
        first.rows += other.rows
        first.left_alone += other.left_alone
        first.odd.update(other.odd)
        for portal, lines in other.related.items():
            first.related.setdefault(portal, []).extend(lines)
    return with_constants(first, columns)


def _belongs_to(read: ReadRow, before: ReadRow) -> bool:
    """A row of lines: its own fields repeat those of the row before, or are empty. What cannot be read of a faulty row may be
    anything, but the rest of it has to fit."""
    if not read.has_line:
        return False
    mine, theirs = read.record, before.record
    unread = read.unread | before.unread
    own = {name: value for name, value in mine.fields.items() if name not in unread}
    same = all(name in theirs.fields and theirs.fields[name] == value for name, value in own.items())
    is_bare = not mine.fields and not read.unread
    return (is_bare or (same and bool(own or not unread))) and mine.record_id in ("", theirs.record_id)


def _spoilt(group: Sequence[ReadRow]) -> list[FaultyRow]:
    """Every row of a record of which one is faulty: an invoice that lacks a line would be wrong."""
    first = next(each for each in group if each.why)
    with_it = f"its record has a faulty row, {first.row.number}: {first.why}"
    return [FaultyRow(each.row, each.why or with_it) for each in group]
