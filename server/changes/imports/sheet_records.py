"""Rows of a sheet as records: what each row wants of its fields, rows of one record together, and the rows that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import anyio.lowlevel

from ...dataapi.models import LayoutMeta, Value
from ...documents.sheet import Cell, SheetRow
from .sheet_columns import Column, ColumnMap
from .sheet_values import Faulty, Forms, value_of
from .totals import WHY, totals

BREATH = 100
"""Rows after which others get their turn."""
REPETITIONS = "\x1d"
"""What FileMaker's exports write between the repetitions of a field."""


@dataclass(frozen=True)
class FaultyRow:
    row: SheetRow
    why: str
    """Every reason, with its column."""
    is_of_file: bool = True
    """Whether the reason quotes cells of the file alone, and neither the record nor what the caller said."""
    headings: tuple[str, ...] = ()
    """Of the columns that the reason names."""

    def why_of_file(self) -> str:
        """The reason without what stands in the record or in `map`."""
        if self.is_of_file:
            return self.why
        named = ", ".join(repr(heading) for heading in self.headings)
        return f"the value of {named} was refused" if named else "the record was refused; plan it by itself"


@dataclass
class SheetRecord:
    """What one record is to become; several rows where the header of an invoice repeats above its lines."""

    rows: list[SheetRow]
    record_id: str
    fields: dict[str, Any]
    related: dict[str, list[dict[str, Any]]] = field(default_factory=dict[str, list[dict[str, Any]]])
    left_alone: int = 0
    """Empty cells that change nothing."""

    @property
    def number(self) -> int:
        return self.rows[0].number

    def wanted(self, *, creating: bool) -> Mapping[str, Any]:
        """Related rows come with a new record; of a record that is there they are its own."""
        if not creating:
            return self.fields
        return {**self.fields, **{portal: {"add": rows} for portal, rows in self.related.items()}}


@dataclass(frozen=True)
class ReadRows:
    records: tuple[SheetRecord, ...]
    faulty: tuple[FaultyRow, ...]


async def records_of(
    meta: LayoutMeta,
    columns: ColumnMap,
    rows: Sequence[SheetRow],
    headings: int,
    forms: Forms,
    *,
    clear_empty: bool,
) -> ReadRows:
    """`clear_empty`: an empty cell empties the field; without it, it changes nothing. A record of several rows of which one
    is faulty is faulty as a whole."""
    records: list[SheetRecord] = []
    faulty: list[FaultyRow] = []
    group: list[_ReadRow] = []
    has_related = any(column.portal for column in columns.columns)
    sums = totals(rows)

    def close() -> None:
        """The rows of one record are all read."""
        if any(each.why for each in group):
            faulty.extend(_spoilt(group))
        elif group:
            records.append(_joined([each.record for each in group], columns))
        group.clear()

    for number, row in enumerate(rows):
        if number % BREATH == 0:
            await anyio.lowlevel.checkpoint()
        if row.number in sums:
            faulty.append(FaultyRow(row, WHY))
            continue
        read = _read(meta, columns, row, headings, forms, clear_empty=clear_empty)
        if not (has_related and group and _belongs_to(read, group[0])):
            close()
        group.append(read)
    close()
    return ReadRows(tuple(records), tuple(faulty))


def _joined(records: Sequence[SheetRecord], columns: ColumnMap) -> SheetRecord:
    """One record of its rows."""
    first, *others = records
    for other in others:
        first.rows += other.rows
        first.left_alone += other.left_alone
        for portal, lines in other.related.items():
            first.related.setdefault(portal, []).extend(lines)
    return _with_constants(first, columns)


def _belongs_to(read: _ReadRow, before: _ReadRow) -> bool:
    """A row of lines: its own fields repeat those of the row before, or are empty. What cannot be read of a faulty row may be
    anything, but the rest of it has to fit."""
    if not read.has_line:
        return False
    mine, theirs = read.record, before.record
    unread = read.unread | before.unread
    own = {name: value for name, value in mine.fields.items() if name not in unread}
    same = own == {name: value for name, value in theirs.fields.items() if name not in unread}
    is_bare = not mine.fields and not read.unread
    return (is_bare or (same and bool(own or not unread))) and mine.record_id in ("", theirs.record_id)


def _spoilt(group: Sequence[_ReadRow]) -> list[FaultyRow]:
    """Every row of a record of which one is faulty: an invoice that lacks a line would be wrong."""
    first = next(each for each in group if each.why)
    with_it = f"its record has a faulty row, {first.row.number}: {first.why}"
    return [FaultyRow(each.row, each.why or with_it) for each in group]


@dataclass(frozen=True)
class _ReadRow:
    row: SheetRow
    record: SheetRecord
    """As far as it could be read."""
    why: str
    """What is wrong with it; empty for nothing."""
    unread: frozenset[str]
    """Own fields whose cells mean nothing."""
    has_line: bool
    """Whether something stands in a column of related rows."""


def record_of(
    meta: LayoutMeta, columns: ColumnMap, row: SheetRow, headings: int, forms: Forms, *, clear_empty: bool
) -> SheetRecord | FaultyRow:
    """One row by itself."""
    read = _read(meta, columns, row, headings, forms, clear_empty=clear_empty)
    return FaultyRow(row, read.why) if read.why else _with_constants(read.record, columns)


def _with_constants(record: SheetRecord, columns: ColumnMap) -> SheetRecord:
    return replace(record, fields={**columns.constants, **record.fields})


def _read(
    meta: LayoutMeta, columns: ColumnMap, row: SheetRow, headings: int, forms: Forms, *, clear_empty: bool
) -> _ReadRow:
    filled = len(row.cells) - next(
        (n for n, cell in enumerate(reversed(row.cells)) if cell != ""), len(row.cells)
    )
    reasons: list[str] = []
    if filled > headings or len(row.cells) < headings:
        reasons.append(f"it has {max(filled, len(row.cells))} cells under {headings} headings")
    cells = (*row.cells, *("" for _ in range(headings - len(row.cells))))
    record = SheetRecord([row], _id(columns, cells), {})
    lines: dict[str, dict[str, Any]] = {}
    unread: set[str] = set()
    has_line = False
    for column in columns.columns:
        for name, value in _values(meta, column, cells[column.position], forms):
            if isinstance(value, Faulty):
                reasons.append(f"{value.column!r} holds {value.cell!r}, which {value.why}")
                has_line = has_line or bool(column.portal)
                if not column.portal:
                    unread.add(name)
            elif value == "" and not (clear_empty and not column.portal):
                record.left_alone += 1
            elif column.portal:
                has_line = True
                lines.setdefault(column.portal, {})[name] = value
            else:
                record.fields[name] = {"clear": True} if value == "" else value
    record.related = {portal: [line] for portal, line in lines.items()}
    return _ReadRow(row, record, "; ".join(reasons), frozenset(unread), has_line)


def _id(columns: ColumnMap, cells: Sequence[Cell]) -> str:
    return "" if columns.id_at is None else str(cells[columns.id_at]).strip()


def _values(
    meta: LayoutMeta, column: Column, cell: Cell, forms: Forms
) -> Iterator[tuple[str, Value | Faulty]]:
    """The field with its value; a cell of repetitions as each of them."""
    if not isinstance(cell, str) or REPETITIONS not in cell or column.meta.max_repetitions == 1:
        yield column.name, value_of(column, cell, forms)
        return
    names = column.meta.shown_names
    for name, part in zip(names, cell.split(REPETITIONS), strict=False):
        yield name, value_of(column, part, forms)
