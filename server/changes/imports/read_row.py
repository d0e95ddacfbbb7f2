"""One row of a sheet: what it wants of the fields of its record, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ...dataapi.contents import Value
from ...dataapi.layout_meta import LayoutMeta
from ...documents.sheet import Cell, SheetRow
from .column_field import Column
from .faulty_rows import FaultyRow
from .sheet_columns import ColumnMap
from .sheet_values import Faulty, Forms, unguarded, value_of

REPETITIONS = "\x1d"
"""What FileMaker's exports write between the repetitions of a field."""


@dataclass
class SheetRecord:
    """What one record is to become; several rows where the header of an invoice repeats above its lines."""

    rows: list[SheetRow]
    record_id: str
    fields: dict[str, Any]
    related: dict[str, list[dict[str, Any]]] = field(default_factory=dict[str, list[dict[str, Any]]])
    left_alone: int = 0
    """Empty cells that change nothing."""
    is_trimmed: bool = False
    """Whether there were blanks around its key."""
    odd: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Field -> the text of its cell, and why it means nothing: in an export it may be what the record holds."""

    @property
    def number(self) -> int:
        return self.rows[0].number

    def why_odd(self, there: Mapping[str, Value]) -> str:
        """What is wrong with cells that are not what the record holds; empty for nothing."""
        return "; ".join(why for name, (text, why) in self.odd.items() if there.get(name) != text)

    def trim(self, keys: Collection[str]) -> None:
        """Blanks around what names a record are a spreadsheet's, and would name another one."""
        for name in keys:
            value = self.fields.get(name)
            if isinstance(value, str) and (bare := value.strip()) != value:
                self.is_trimmed = True
                if bare:
                    self.fields[name] = bare
                else:
                    del self.fields[name]

    def wanted(self, *, creating: bool) -> Mapping[str, Any]:
        """Related rows come with a new record; of a record that is there they are its own."""
        if not creating:
            return self.fields
        return {**self.fields, **{portal: {"add": rows} for portal, rows in self.related.items()}}


@dataclass(frozen=True)
class ReadRows:
    records: tuple[SheetRecord, ...]
    faulty: tuple[FaultyRow, ...]

    @classmethod
    def of(cls, windows: Sequence[ReadRows]) -> ReadRows:
        """All together."""
        return cls(
            tuple(record for each in windows for record in each.records),
            tuple(faulty for each in windows for faulty in each.faulty),
        )


@dataclass(frozen=True)
class ReadRow:
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
    read = read_row(meta, columns, row, headings, forms, clear_empty=clear_empty)
    return FaultyRow(row, read.why) if read.why else with_constants(read.record, columns)


def with_constants(record: SheetRecord, columns: ColumnMap) -> SheetRecord:
    return replace(record, fields={**columns.constants, **record.fields})


def read_row(
    meta: LayoutMeta, columns: ColumnMap, row: SheetRow, headings: int, forms: Forms, *, clear_empty: bool
) -> ReadRow:
    filled = len(row.cells) - next(
        (n for n, cell in enumerate(reversed(row.cells)) if cell != ""), len(row.cells)
    )
    reasons: list[str] = []
    cells = row.cells + ("",) * (headings - len(row.cells))
    if filled > headings or len(row.cells) < headings:
        count = max(filled, len(row.cells))
        reasons.append(f"it has {count} cell{'s' if count != 1 else ''} under {headings} headings")
    elif surplus := [at for at in columns.surplus if cells[at] != ""]:
        reasons.append(f"it has {surplus[-1] + 1} cells under {columns.surplus[0]} headings")
    record = SheetRecord([row], _id(columns, cells), {})
    lines: dict[str, dict[str, Any]] = {}
    unread: set[str] = set()
    has_line = False
    for column in columns.columns:
        for name, value in _values(meta, column, cells[column.position], forms):
            if isinstance(value, Faulty) and columns.is_export and not column.portal:
                record.odd[name] = (unguarded(str(cells[column.position])), str(value))
            elif isinstance(value, Faulty):
                reasons.append(str(value))
                has_line = has_line or bool(column.portal)
                if not column.portal:
                    unread.add(name)
            elif value == "" and not (clear_empty and not column.portal):
                record.left_alone += 1
            elif record.fields.get(name, value) != value and not column.portal:
                reasons.append(f"two of its cells fill {name!r}")
            elif column.portal:
                has_line = True
                lines.setdefault(column.portal, {})[name] = value
            else:
                record.fields[name] = {"clear": True} if value == "" else value
    record.related = {portal: [line] for portal, line in lines.items()}
    return ReadRow(row, record, "; ".join(reasons), frozenset(unread), has_line)


def _id(columns: ColumnMap, cells: Sequence[Cell]) -> str:
    return "" if columns.id_at is None else str(cells[columns.id_at]).strip()


def _values(
    meta: LayoutMeta, column: Column, cell: Cell, forms: Forms
) -> Iterator[tuple[str, Value | Faulty]]:
    """The field with its value; a cell of repetitions as each of them."""
    if not isinstance(cell, str) or REPETITIONS not in cell:
        yield column.name, value_of(column, cell, forms)
        return
    names = column.meta.shown_names if column.meta.max_repetitions > 1 else (column.name,)
    filled = len(cell.rstrip(REPETITIONS).split(REPETITIONS))
    if filled > len(names):
        why = f"has {filled} repetitions, and the layout shows {len(names)}"
        yield column.name, Faulty(column.heading, cell.replace(REPETITIONS, " | "), why)
        return
    for name, part in zip(names, cell.split(REPETITIONS), strict=False):
        yield name, value_of(column, part, forms)
