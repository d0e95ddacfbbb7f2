"""Rows of a sheet as records: what each row wants of its fields, rows of one record together, and the rows that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...dataapi.models import LayoutMeta, Value
from ...documents.sheet import Cell, SheetRow
from .sheet_columns import Column, ColumnMap
from .sheet_values import Faulty, Forms, value_of
from .totals import WHY, totals

REPETITIONS = "\x1d"
"""What FileMaker's exports write between the repetitions of a field."""


@dataclass(frozen=True)
class FaultyRow:
    row: SheetRow
    why: str
    """Every reason, with its column."""
    is_of_file: bool = True
    """Whether the reason quotes cells of the file alone, and neither the record nor what the caller said."""


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


def records_of(
    meta: LayoutMeta,
    columns: ColumnMap,
    rows: Sequence[SheetRow],
    headings: int,
    forms: Forms,
    *,
    clear_empty: bool,
) -> ReadRows:
    """`clear_empty`: an empty cell empties the field; without it, it changes nothing."""
    records: list[SheetRecord] = []
    faulty: list[FaultyRow] = []
    has_related = any(column.portal for column in columns.columns)
    sums = totals(rows)
    for row in rows:
        if row.number in sums:
            faulty.append(FaultyRow(row, WHY))
            continue
        read = record_of(meta, columns, row, headings, forms, clear_empty=clear_empty)
        if isinstance(read, FaultyRow):
            faulty.append(read)
        elif has_related and records and _belongs_to(read, records[-1]):
            records[-1].rows.append(row)
            for portal, lines in read.related.items():
                records[-1].related.setdefault(portal, []).extend(lines)
        else:
            records.append(read)
    return ReadRows(tuple(records), tuple(faulty))


def _belongs_to(read: SheetRecord, before: SheetRecord) -> bool:
    """A row of lines: its own fields repeat those of the row before, or are empty."""
    return (
        bool(read.related)
        and (not read.fields or read.fields == before.fields)
        and (read.record_id in ("", before.record_id))
    )


def record_of(
    meta: LayoutMeta, columns: ColumnMap, row: SheetRow, headings: int, forms: Forms, *, clear_empty: bool
) -> SheetRecord | FaultyRow:
    """One row by itself."""
    filled = len(row.cells) - next(
        (n for n, cell in enumerate(reversed(row.cells)) if cell != ""), len(row.cells)
    )
    if filled > headings:
        return FaultyRow(row, f"it has {filled} cells under {headings} headings")
    if len(row.cells) < headings:
        return FaultyRow(row, f"it has {len(row.cells)} cells under {headings} headings")
    record = SheetRecord([row], _id(columns, row), dict(columns.constants))
    reasons: list[str] = []
    lines: dict[str, dict[str, Any]] = {}
    for column in columns.columns:
        for name, value in _values(meta, column, row.cells[column.position], forms):
            if isinstance(value, Faulty):
                reasons.append(f"{value.column!r} holds {value.cell!r}, which {value.why}")
            elif value == "" and not (clear_empty and not column.portal):
                record.left_alone += 1
            elif column.portal:
                lines.setdefault(column.portal, {})[name] = value
            else:
                record.fields[name] = {"clear": True} if value == "" else value
    if reasons:
        return FaultyRow(row, "; ".join(reasons))
    record.related = {portal: [line] for portal, line in lines.items()}
    return record


def _id(columns: ColumnMap, row: SheetRow) -> str:
    return "" if columns.id_at is None else str(row.cells[columns.id_at]).strip()


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
