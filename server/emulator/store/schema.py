"""The tables of a store in SQLite: one table for each FileMaker table, one column for each field."""

from __future__ import annotations

import json
import sqlite3
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..model import Field, Table

INDEX_FORM = f"3/{unicodedata.unidata_version}/{sys.byteorder}"
"""Index tables made by other rules, or by another edition of Unicode, are thrown away and built anew."""
_KEEP_FIELD = "INSERT INTO kept_field VALUES (?,?,?,?,?)"


class UnknownName(LookupError):
    """A table or field that the store does not have."""


@dataclass(frozen=True)
class Column:
    """A field and the SQLite column that keeps it: its text, or for a repeating field a JSON array of texts."""

    field: Field
    name: str
    table: str

    def encode(self, value: str | Sequence[str]) -> str:
        """What the column keeps for one text a repetition. Trailing repetitions may be missing."""
        texts = [value] if isinstance(value, str) else value
        if self.field.repetitions == 1:
            return texts[0] if texts else ""
        used = list(texts[: self.field.repetitions])
        while used and not used[-1]:
            used.pop()
        return json.dumps(used, ensure_ascii=False, separators=(",", ":")) if used else ""

    def decode(self, kept: str) -> tuple[str, ...]:
        """One text for each repetition of the field."""
        if self.field.repetitions == 1:
            return (kept,)
        texts = self.texts(kept)
        return (*texts, *[""] * (self.field.repetitions - len(texts)))

    def texts(self, kept: str) -> Sequence[str]:
        """The repetitions that are kept, without the empty ones at the end."""
        if self.field.repetitions == 1:
            return (kept,)
        return json.loads(kept) if kept else ("",)


@dataclass(frozen=True)
class Shape:
    """One table of the store."""

    name: str
    sql: str
    columns: Mapping[str, Column]

    def column(self, field_name: str) -> Column:
        """The column of a field. Raises UnknownName."""
        try:
            return self.columns[field_name]
        except KeyError:
            raise UnknownName(f"Table {self.name!r} has no field {field_name!r}.") from None


class Schema:
    """Creates the tables, or brings those of an existing file up to the solution's definition."""

    def __init__(self, db: sqlite3.Connection, tables: Sequence[Table]) -> None:
        db.execute("CREATE TABLE IF NOT EXISTS form (indexes TEXT)")
        db.execute("CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, sql TEXT, next_id INTEGER)")
        db.execute(
            "CREATE TABLE IF NOT EXISTS kept_field (sql TEXT, name TEXT, column TEXT, repetitions INTEGER,"
            " nature TEXT, PRIMARY KEY (sql, name))"
        )
        self._db = db
        form = db.execute("SELECT indexes FROM form").fetchone()
        if form is None or form[0] != INDEX_FORM:
            self._drop_indexes("*")
            db.execute("DELETE FROM form")
            db.execute("INSERT INTO form VALUES (?)", (INDEX_FORM,))
        self.shapes: Mapping[str, Shape] = {table.name: self._shape(table) for table in tables}

    def shape(self, table: str) -> Shape:
        """The table of that name. Raises UnknownName."""
        try:
            return self.shapes[table]
        except KeyError:
            raise UnknownName(f"The store has no table {table!r}.") from None

    def _shape(self, table: Table) -> Shape:
        found = self._db.execute("SELECT sql FROM kept WHERE name=?", (table.name,)).fetchone()
        if found is None:
            return self._made(table)
        sql = found[0]
        columns = {field.name: self._column(sql, field) for field in table.fields.values()}
        return Shape(table.name, sql, columns)

    def _made(self, table: Table) -> Shape:
        (tables,) = self._db.execute("SELECT count(*) FROM kept").fetchone()
        sql = f"t{tables}"
        fields = table.fields.values()
        columns = {field.name: Column(field, f"c{place}", sql) for place, field in enumerate(fields)}
        made = ["id INTEGER PRIMARY KEY", "mod INTEGER NOT NULL", *map(_definition, columns.values())]
        self._db.execute(f"CREATE TABLE {sql} ({', '.join(made)})")
        self._db.execute("INSERT INTO kept VALUES (?,?,1)", (table.name, sql))
        self._db.executemany(_KEEP_FIELD, [_kept(column) for column in columns.values()])
        return Shape(table.name, sql, columns)

    def _column(self, sql: str, field: Field) -> Column:
        nature = _nature(field)
        found = self._db.execute(
            "SELECT column, repetitions, nature FROM kept_field WHERE sql=? AND name=?", (sql, field.name)
        ).fetchone()
        if found is None:
            (fields,) = self._db.execute("SELECT count(*) FROM kept_field WHERE sql=?", (sql,)).fetchone()
            column = Column(field, f"c{fields}", sql)
            self._db.execute(f"ALTER TABLE {sql} ADD COLUMN {_definition(column)}")
            self._db.execute(_KEEP_FIELD, _kept(column))
            return column
        name, repetitions, kept_nature = found
        column = Column(field, name, sql)
        if repetitions != field.repetitions:
            self._change_repetitions(column, repetitions)
        if (repetitions, kept_nature) != (field.repetitions, nature):
            self._drop_indexes(f"{sql}{name}")
            self._db.execute(
                "UPDATE kept_field SET repetitions=?, nature=? WHERE sql=? AND name=?",
                (field.repetitions, nature, sql, field.name),
            )
        return column

    def _change_repetitions(self, column: Column, repetitions: int) -> None:
        def changed(kept: str) -> str:
            return column.encode([kept] if repetitions == 1 else json.loads(kept))

        self._db.create_function("changed", 1, changed, deterministic=True)
        self._db.execute(
            f"UPDATE {column.table} SET {column.name}=changed({column.name}) WHERE {column.name}<>''"
        )
        self._db.create_function("changed", 1, None)

    def _drop_indexes(self, pattern: str) -> None:
        names = self._db.execute(
            "SELECT name FROM sqlite_master WHERE type='table' AND name GLOB ?",
            (f"[wv]_{pattern}",),
        ).fetchall()
        for (name,) in names:
            self._db.execute(f"DROP TABLE {name}")


def _kept(column: Column) -> tuple[str, str, str, int, str]:
    field = column.field
    return column.table, field.name, column.name, field.repetitions, _nature(field)


def _nature(field: Field) -> str:
    return f"{field.type} {field.index_language}"


def _definition(column: Column) -> str:
    return f"{column.name} TEXT NOT NULL DEFAULT ''"
