"""Reads the records of a store, by id and in creation order."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from .read_memory import ReadMemory
from .schema import Column, Shape

_BATCH = 500
_GREATEST_ID = 2**63 - 1
_Selection: TypeAlias = tuple[str, Sequence[tuple[str, Column | None]]]
"""What is selected, and by name the columns whose repetitions have to be taken apart."""


@dataclass(frozen=True, slots=True)
class Row:
    record_id: int
    mod_id: int
    values: Mapping[str, tuple[str, ...]]
    """One text for each repetition of every field that is not empty."""


class Rows:
    """The records of one store. Remembers how many each table has."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._counts: dict[str, int] = {}
        self._selections: dict[tuple[str, tuple[str, ...] | None], _Selection] = {}
        self._read = ReadMemory[Row | None](db)

    def count(self, shape: Shape) -> int:
        """How many records the table has."""
        if shape.name not in self._counts:
            (self._counts[shape.name],) = self._db.execute(f"SELECT count(*) FROM {shape.sql}").fetchone()
        return self._counts[shape.name]

    def counted(self, shape: Shape, more: int) -> None:
        """Note that there are more records, or fewer."""
        if shape.name in self._counts:
            self._counts[shape.name] += more

    def forget(self) -> None:
        """Count and read anew when next asked, as after a rollback."""
        self._counts.clear()
        self._read.forget()

    def ids(self, shape: Shape, offset: int, limit: int | None) -> list[int]:
        """Record ids in creation order."""
        rows = self._db.execute(
            f"SELECT id FROM {shape.sql} ORDER BY id LIMIT ? OFFSET ?",
            (-1 if limit is None else limit, offset),
        )
        return [record for (record,) in rows]

    def read(self, shape: Shape, record_id: int) -> Row | None:
        """One record, or None."""
        return self._read.get(
            (shape.sql, record_id), lambda: next(iter(self.read_many(shape, [record_id], None)), None)
        )

    def existing(self, shape: Shape, record_id: int) -> Row:
        """One record. Raises LookupError when there is none."""
        row = self.read(shape, record_id)
        if row is None:
            raise LookupError(f"Table {shape.name!r} has no record {record_id}.")
        return row

    def read_many(self, shape: Shape, ids: Iterable[int], fields: Collection[str] | None) -> list[Row]:
        """The records that exist, in the order asked for. With only the `fields` named, if any are."""
        select, columns = self._selection(shape, fields)
        # Ids come from outside, and SQLite takes no number beyond its own.
        wanted: Sequence[int] = [record for record in ids if 0 < record <= _GREATEST_ID]
        found: dict[int, Row] = {}
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            rows = self._db.execute(f"{select} WHERE id IN ({','.join('?' * len(batch))})", batch)
            for record, mod, *kept in rows:
                values = {
                    name: (text,) if column is None else column.decode(text)
                    for (name, column), text in zip(columns, kept, strict=True)
                    if text
                }
                found[record] = Row(record, mod, values)
        return [found[record] for record in wanted if record in found]

    def _selection(self, shape: Shape, fields: Collection[str] | None) -> _Selection:
        key = (shape.sql, None if fields is None else tuple(fields))
        if key not in self._selections:
            columns = (
                list(shape.columns.values()) if fields is None else [shape.column(name) for name in fields]
            )
            names = ", ".join(["id", "mod", *(column.name for column in columns)])
            self._selections[key] = (
                f"SELECT {names} FROM {shape.sql}",
                [(each.field.name, None if each.field.repetitions == 1 else each) for each in columns],
            )
        return self._selections[key]
