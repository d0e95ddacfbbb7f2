"""The indexes of a store: built when a find first needs one, as FileMaker does, or all at once, and kept current."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from enum import Enum

from ..model import FieldType
from .schema import Column, Shape
from .transactions import Transactions
from .value_index import ValueIndex
from .word_index import WordIndex


class Kind(Enum):
    WORDS = "w"
    VALUES = "v"


class Indexes:
    """Which indexes exist, and their upkeep."""

    def __init__(self, db: sqlite3.Connection, transactions: Transactions) -> None:
        self._db = db
        self._transactions = transactions
        self._built: set[str] = set()
        self.reload()

    def reload(self) -> None:
        """Read from the database which indexes exist, as after a transaction that was rolled back."""
        found = self._db.execute("SELECT name FROM sqlite_master WHERE type='table' AND name GLOB '[wv]_*'")
        self._built = {name for (name,) in found}

    def require(self, column: Column, kind: Kind) -> str:
        """The name of the index table, built if this is the first need of it."""
        name = _name(column, kind)
        if name not in self._built:
            with self._transactions.transaction():
                self._index(kind, name).build(column)
            self._built.add(name)
        return name

    def build(self, shape: Shape) -> None:
        """The index of each field that a plain criterion on it needs: words of text, values of everything else."""
        for column in shape.columns.values():
            field = column.field
            if field.stored and not field.is_global and field.type is not FieldType.CONTAINER:
                self.require(column, Kind.WORDS if field.type is FieldType.TEXT else Kind.VALUES)

    def records(
        self, column: Column, kind: Kind, where: str, values: tuple[str, ...], cap: int
    ) -> set[int] | None:
        """The records whose entries meet the condition. None when there are `cap` or more, unless it is negative."""
        return self._index(kind, self.require(column, kind)).records(where, values, cap)

    def forget(self, shape: Shape) -> None:
        """Drop the indexes of a table that is about to change as a whole. The next find builds what it needs."""
        for _, _, name in list(self._of(shape, shape.columns)):
            self._db.execute(f"DROP TABLE {name}")
            self._built.discard(name)

    def entered(self, shape: Shape, names: Iterable[str], rows: Iterable[tuple[int, dict[str, str]]]) -> None:
        """Add the entries of new values: (record id, column text by field name) for each record."""
        rows = list(rows)
        for column, kind, name in self._of(shape, names):
            values = [(record, row.get(column.field.name, "")) for record, row in rows]
            self._index(kind, name).enter(column, values)

    def removed(self, shape: Shape, names: Iterable[str], record: int, row: dict[str, str]) -> None:
        """Take away the entries of the values that a record had."""
        for column, kind, name in self._of(shape, names):
            self._index(kind, name).remove(column, record, row[column.field.name])

    def _index(self, kind: Kind, name: str) -> WordIndex | ValueIndex:
        return WordIndex(self._db, name) if kind is Kind.WORDS else ValueIndex(self._db, name)

    def _of(self, shape: Shape, names: Iterable[str]) -> Iterator[tuple[Column, Kind, str]]:
        if not self._built:
            return
        for field_name in names:
            column = shape.column(field_name)
            for kind in Kind:
                name = _name(column, kind)
                if name in self._built:
                    yield column, kind, name


def _name(column: Column, kind: Kind) -> str:
    return f"{kind.value}_{column.table}{column.name}"
