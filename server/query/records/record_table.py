"""Records as columns and rows, within a budget of characters; what was cut is said, with how to go on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import accumulate
from typing import cast

from ...dataapi.contents import Value
from ...dataapi.record import PortalRows, Record
from ...dataapi.sealed_page import Rows
from ...text.json_values import PlainRows, plain_column
from ..found_sets.answer_columns import Columns
from ..found_sets.page_rows import records
from .cell_sizes import size_of, sizes_of, whole_size

MOST_CHARACTERS = 24_000
"""An answer of about 8,000 tokens; hosts warn at 10,000."""
LONGEST_CELL = 1_000
AT_ONCE = 200
"""Rows that are measured before there is another look at the room."""
FILE = "(file)"
"""Stands for a container's content, whose address belongs to the session that read it."""

NUMBERS = frozenset([int, Decimal])

Cell = Value | None | list[list[Value | None]]


class Table:
    """Rows as long as they fit."""

    def __init__(self, columns: Columns, *, most: int = MOST_CHARACTERS, row_ids: bool = False) -> None:
        """`row_ids` puts the id of each portal row before its columns, by which a change can name it."""
        self.columns = columns
        self._row_ids = row_ids
        self.rows: list[list[Cell]] = []
        self.is_full = False
        self.shortened: list[str] = []
        """Where a text was cut: `id 12: Notes`."""
        self.cut_portals: list[str] = []
        self.unclear: dict[str, None] = {}
        """Portals that share their name with another one of the layout, in words."""
        self._room = most
        self._are_plain = False
        """Whether the rows hold JSON's own values."""

    def add_columns(self, rows: Rows) -> None:
        """As many of the rows as fit into an empty table, one at least. Column by column where all cells do, as they nearly
        always do, and no further than there is room."""
        columns = [rows.columns[key] for key in self.columns.fields]
        self._are_plain = True
        for start in range(0, len(rows.ids), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            cells: list[Sequence[Cell]] = [rows.ids[part]]
            for key, column in zip(self.columns.fields, columns, strict=True):
                shown = self._column(key, column[part])
                if shown is None:
                    self._add_records(rows)
                    return
                cells.append(shown)
            self._add_cells(cells)
            if self.is_full:
                return

    def _add_cells(self, columns: Sequence[Sequence[Cell]]) -> None:
        count, whole = len(columns[0]), sum(map(whole_size, columns))
        if whole > self._room:
            ends = list(accumulate(map(sum, zip(*map(sizes_of, columns), strict=True))))
            count = bisect_right(ends, self._room) or (0 if self.rows else 1)
            whole = ends[count - 1]
        self.is_full = count < len(columns[0])
        if not count:
            return
        self._room -= whole
        plain = map(plain_column, (column[:count] for column in columns) if self.is_full else columns)
        self.rows += map(list, zip(*plain, strict=True))

    def _add_records(self, rows: Rows) -> None:
        """Those that are not there yet, one by one."""
        rest = slice(len(self.rows), None)
        columns = {name: column[rest] for name, column in rows.columns.items()}
        self._are_plain = False
        for record in records(replace(rows, ids=rows.ids[rest], columns=columns)):
            if not self.add(record):
                return

    def _column(self, key: str, column: Sequence[Value | None]) -> Sequence[Value | None] | None:
        """The cells of a column; None where one of them is too long."""
        kinds = frozenset(map(type, column))
        if str not in kinds:
            return column
        if key in self.columns.containers:
            return [(FILE if value else None) if type(value) is str else value for value in column]
        if len(kinds) == 1:
            texts = cast("Sequence[str]", column)
            if max(map(len, texts)) > LONGEST_CELL:
                return None
            return texts if all(texts) else [text or None for text in texts]
        if max(len(value) for value in column if type(value) is str) > LONGEST_CELL:
            return None
        return [None if type(value) is str and not value else value for value in column]

    def add(self, record: Record) -> bool:
        """Whether the record still fitted; the first always does, with its portals cut to fit."""
        cell, fields, record_id = self._cell, record.fields, record.record_id
        row: list[Cell] = [record_id]
        row += [
            value if type(value := fields.get(key)) in NUMBERS else cell(record_id, key, value)
            for key in self.columns.fields
        ]
        room = self._room - size_of(row)
        for name in self.columns.portals:
            rows = self._portal(record, name, room if not self.rows else None)
            room -= size_of(rows)
            row.append(rows or None)
        return self._fits(row, room)

    def _fits(self, row: list[Cell], room: int) -> bool:
        """Keeps the row where `room` is left after it; the first in any case."""
        if room < 0 and self.rows:
            self.is_full = True
            return False
        self._room = room
        self.rows.append(row)
        return True

    def answer(self) -> dict[str, object]:
        """`columns`, `rows`, and what is not in them."""
        answer: dict[str, object] = {"columns": ["id", *self.columns.fields, *self.columns.portals]}
        if self.columns.portals:
            answer["portals"] = {name: bare(name, keys) for name, keys in self.columns.portals.items()}
        answer["rows"] = PlainRows(self.rows) if self._are_plain else self.rows
        if self.shortened:
            answer["shortened"] = self.shortened
        if self.cut_portals:
            answer["portals_cut"] = self.cut_portals
        if self.unclear:
            answer["portals_unclear"] = list(self.unclear)
        return answer

    def _cell(self, record_id: str, key: str, value: Value | None) -> Value | None:
        if type(value) is not str:
            return value
        if not value:
            return None
        if key in self.columns.containers:
            return FILE
        if len(value) <= LONGEST_CELL:
            return value
        self.shortened.append(f"id {record_id}: {key} ({len(value):,} characters)")
        return value[:LONGEST_CELL] + "…"

    def _portal(self, record: Record, name: str, room: int | None) -> list[list[Value | None]]:
        have = record.portals.get(name) or PortalRows((), 0)
        keys = self.columns.portals[name]
        if have.namesakes > 1:
            self.unclear[
                f"{have.namesakes} portals of {name!r} have no name of their own, so FileMaker sends the rows of one of them, and which "
                "one cannot be told; a name given in Layout mode tells them apart"
            ] = None
        rows: list[list[Value | None]] = []
        for portal_row in have.rows:
            row: list[Value | None] = [portal_row.record_id] if self._row_ids else []
            row += [self._cell(record.record_id, key, portal_row.fields.get(key, "")) for key in keys]
            if room is not None:
                room -= size_of(row)
                if room < 0 and rows:
                    break
            rows.append(row)
        passed = self.columns.offsets.get(name, 0)
        if passed + len(rows) < have.found or passed:
            first, last = passed + 1, passed + len(rows)
            self.cut_portals.append(f"id {record.record_id}: {name} rows {first}-{last} of {have.found}")
        return rows


def bare(portal: str, keys: Sequence[str]) -> list[str]:
    """Keys of portal rows without the occurrence they all share; the portal names it."""
    shared = {key.partition("::")[0] for key in keys}
    return [key.partition("::")[2] for key in keys] if len(shared) == 1 else list(keys)


def without_nothing(
    fields: Mapping[str, Value], keys: Iterable[str], containers: frozenset[str]
) -> dict[str, Value]:
    """A record's fields as an answer shows them: nothing that is empty."""
    return {key: FILE if key in containers else fields[key] for key in keys if fields.get(key, "") != ""}
