"""Writes the records of a store, and keeps its indexes and record ids in step."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

from .indexes import Indexes
from .rows import Row, Rows
from .schema import Shape
from .transactions import Transactions

Values = Mapping[str, str | Sequence[str]]
"""Texts by field name: one for each repetition, or a text alone for the first."""


class RecordWriter:
    """Record ids are never given twice, not even after a rollback (section 6.1 [U])."""

    def __init__(
        self, db: sqlite3.Connection, transactions: Transactions, indexes: Indexes, rows: Rows
    ) -> None:
        self._db = db
        self._transactions = transactions
        self._indexes = indexes
        self._rows = rows
        self._next: dict[str, int] = dict(db.execute("SELECT name, next_id FROM kept"))

    def insert(self, shape: Shape, values: Values) -> Row:
        """A new record. Its modification count is 0."""
        kept = _kept(shape, values)
        record = self._new_id(shape)
        names = ", ".join(["id", "mod", *(shape.columns[name].name for name in kept)])
        with self._transactions.transaction():
            self._db.execute(
                f"INSERT INTO {shape.sql} ({names}) VALUES ({','.join('?' * (len(kept) + 2))})",
                (record, 0, *kept.values()),
            )
            self._indexes.entered(shape, shape.columns, [(record, kept)])
            self._transactions.saved.add((shape.name, record))
            self._rows.counted(shape, 1)
            self.keep_ids()
        return self._rows.existing(shape, record)

    def load(self, shape: Shape, rows: Iterable[Values]) -> int:
        """Add many records at once. Answers how many."""
        first = self._next[shape.name]
        names = ", ".join(["id", "mod", *(column.name for column in shape.columns.values())])
        marks = ",".join("?" * (len(shape.columns) + 2))
        with self._transactions.transaction():
            self._indexes.forget(shape)
            self._db.executemany(
                f"INSERT INTO {shape.sql} ({names}) VALUES ({marks})", self._numbered(shape, rows)
            )
            self._rows.forget()
            self.keep_ids()
        return self._next[shape.name] - first

    def _numbered(self, shape: Shape, rows: Iterable[Values]) -> Iterator[tuple[int | str, ...]]:
        for values in rows:
            kept = _kept(shape, values)
            yield (self._new_id(shape), 0, *[kept.get(name, "") for name in shape.columns])

    def update(self, shape: Shape, record_id: int, values: Values) -> Row:
        """Change the fields named. The count rises once in a transaction, and not for one that made the record."""
        kept = _kept(shape, values)
        before = self._rows.existing(shape, record_id)
        if not kept:
            return before
        settings = ", ".join(f"{shape.columns[name].name}=?" for name in kept)
        with self._transactions.transaction():
            self._indexes.removed(shape, kept, record_id, _written(shape, before, kept))
            saved = (shape.name, record_id)
            rise = 0 if saved in self._transactions.saved else 1
            self._transactions.saved.add(saved)
            self._db.execute(
                f"UPDATE {shape.sql} SET mod=mod+?, {settings} WHERE id=?", (rise, *kept.values(), record_id)
            )
            self._indexes.entered(shape, kept, [(record_id, kept)])
        return self._rows.existing(shape, record_id)

    def delete(self, shape: Shape, record_id: int) -> bool:
        """Take a record away. Answers whether there was one."""
        before = self._rows.read(shape, record_id)
        if before is None:
            return False
        with self._transactions.transaction():
            self._indexes.removed(shape, shape.columns, record_id, _written(shape, before, shape.columns))
            self._db.execute(f"DELETE FROM {shape.sql} WHERE id=?", (record_id,))
            self._rows.counted(shape, -1)
        return True

    def _new_id(self, shape: Shape) -> int:
        record = self._next[shape.name]
        self._next[shape.name] = record + 1
        return record

    def keep_ids(self) -> None:
        """Write down which ids have been given, for the next opening of a file."""
        self._db.executemany(
            "UPDATE kept SET next_id=? WHERE name=?", [(n, t) for t, n in self._next.items()]
        )


def _written(shape: Shape, row: Row, names: Iterable[str]) -> dict[str, str]:
    return {name: shape.columns[name].encode(row.values.get(name, ("",))) for name in names}


def _kept(shape: Shape, values: Values) -> dict[str, str]:
    kept = {name: shape.column(name).encode(value) for name, value in values.items()}
    for name, text in kept.items():
        if not text.isascii():
            # Half a surrogate pair is no character and cannot be kept.
            kept[name] = text.encode("utf-8", "replace").decode("utf-8")
    return kept
