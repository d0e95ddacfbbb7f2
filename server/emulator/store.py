"""The records of an emulated solution, in SQLite: in memory, or in a file that survives."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from .criterion import Criterion
from .indexes import Indexes
from .model import Table
from .relating import Relations
from .schema import Schema, Shape
from .schema import UnknownName as UnknownName
from .seeking import Asked, Seeker
from .sorting import Sorter
from .sorting import SortKey as SortKey
from .transactions import Transactions

_BATCH = 500

Values = Mapping[str, str | Sequence[str]]
"""Texts by field name: one for each repetition, or a text alone for the first."""


@dataclass(frozen=True, slots=True)
class Row:
    record_id: int
    mod_id: int
    values: Mapping[str, tuple[str, ...]]
    """One text for each repetition of every field that is not empty."""


class Store:
    """Keeps records and finds them again. Record ids are never reused, not even after a rollback (section 6.1 [U])."""

    def __init__(self, tables: Sequence[Table], path: Path | None = None) -> None:
        """Opens the file, or makes it; tables and fields that it lacks are added to it."""
        # A host may be made in one thread and served in another; it is never used by two at a time.
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("PRAGMA cache_size=-65536")
        self._transactions = Transactions(self._db, self._undone)
        with self._transactions.transaction():
            self._schema = Schema(self._db, tables)
        self._indexes = Indexes(self._db, self._transactions)
        self._seeker = Seeker(self._db, self._indexes)
        self._sorter = Sorter(self._db, self._indexes)
        self._relations = Relations(self._db, self._indexes)
        self._next: dict[str, int] = dict(self._db.execute("SELECT name, next_id FROM kept"))
        self._counts: dict[str, int] = {}

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        self._keep_next_ids()
        self._db.close()

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, nestable. A record's modification count rises once in the outermost transaction."""
        return self._transactions.transaction()

    def _undone(self) -> None:
        self._counts.clear()
        self._indexes.reload()

    # Reading

    def count(self, table: str) -> int:
        """How many records the table has."""
        if table not in self._counts:
            sql = self._schema.shape(table).sql
            (self._counts[table],) = self._db.execute(f"SELECT count(*) FROM {sql}").fetchone()
        return self._counts[table]

    def ids(self, table: str, offset: int = 0, limit: int | None = None) -> Sequence[int]:
        """Record ids in creation order."""
        sql = self._schema.shape(table).sql
        rows = self._db.execute(
            f"SELECT id FROM {sql} ORDER BY id LIMIT ? OFFSET ?", (-1 if limit is None else limit, offset)
        )
        return [record for (record,) in rows]

    def read(self, table: str, record_id: int) -> Row | None:
        """One record, or None."""
        return next(iter(self.read_many(table, [record_id])), None)

    def read_many(self, table: str, ids: Iterable[int], fields: Collection[str] | None = None) -> list[Row]:
        """The records that exist, in the order asked for; with only the `fields` named, if any are."""
        shape = self._schema.shape(table)
        columns = list(shape.columns.values()) if fields is None else [shape.column(name) for name in fields]
        select = f"SELECT {', '.join(['id', 'mod', *(column.name for column in columns)])} FROM {shape.sql}"
        wanted = list(ids)
        found: dict[int, Row] = {}
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            for record, mod, *kept in self._db.execute(
                f"{select} WHERE id IN ({','.join('?' * len(batch))})", batch
            ):
                values = {c.field.name: c.decode(text) for c, text in zip(columns, kept, strict=True) if text}
                found[record] = Row(record, mod, values)
        return [found[record] for record in wanted if record in found]

    # Finding

    def matching(
        self, table: str, field_name: str, repetition: int | None, criterion: Criterion
    ) -> Collection[int]:
        """The records whose field meets the criterion, in any repetition or in the one given (from 1)."""
        return self.matching_all(table, [(field_name, repetition, criterion)])

    def matching_all(
        self, table: str, criteria: Sequence[tuple[str, int | None, Criterion]]
    ) -> Collection[int]:
        """The records that meet every (field, repetition, criterion); the cost is that of the rarest of them."""
        if not criteria:
            return self.ids(table)
        shape = self._schema.shape(table)
        return self._seeker.matching(
            [Asked(shape.column(name), repetition, criterion) for name, repetition, criterion in criteria]
        )

    def related(self, table: str, field_name: str, operator: str, values: Collection[str]) -> list[int]:
        """The records for which `values operator field` holds, in creation order (see `Relations.related`)."""
        return self._relations.related(self._schema.shape(table).column(field_name), operator, values)

    def sorted(
        self, table: str, ids: Collection[int] | None, keys: Sequence[SortKey], first: int | None = None
    ) -> list[int]:
        """The records in the order of the keys, None meaning all of the table; or only the `first` so many."""
        if not keys:
            return list(self.ids(table, limit=first) if ids is None else sorted(ids)[:first])
        shape = self._schema.shape(table)
        return self._sorter.sorted(
            ids, self.count(table), [(shape.column(key.field), key) for key in keys], first
        )

    # Writing

    def insert(self, table: str, values: Values) -> Row:
        """A new record with the values; its modification count is 0."""
        shape = self._schema.shape(table)
        kept = _kept(shape, values)
        record = self._next[table]
        self._next[table] += 1
        with self.transaction():
            self._db.execute(
                f"INSERT INTO {shape.sql} ({', '.join(['id', 'mod', *(shape.columns[n].name for n in kept)])})"
                f" VALUES ({','.join('?' * (len(kept) + 2))})",
                (record, 0, *kept.values()),
            )
            self._indexes.entered(shape, shape.columns, [(record, kept)])
            self._transactions.saved.add((table, record))
            if table in self._counts:
                self._counts[table] += 1
            self._keep_next_ids()
        return self._existing(table, record)

    def load(self, table: str, rows: Iterable[Values]) -> int:
        """Add many records at once; answers how many."""
        shape = self._schema.shape(table)
        first = self._next[table]
        names = ", ".join(["id", "mod", *(column.name for column in shape.columns.values())])
        marks = ",".join("?" * (len(shape.columns) + 2))
        with self.transaction():
            self._indexes.forget(shape)
            self._db.executemany(
                f"INSERT INTO {shape.sql} ({names}) VALUES ({marks})", self._numbered(shape, table, rows)
            )
            self._counts.pop(table, None)
            self._keep_next_ids()
        return self._next[table] - first

    def _numbered(self, shape: Shape, table: str, rows: Iterable[Values]) -> Iterator[tuple[int | str, ...]]:
        for values in rows:
            kept = _kept(shape, values)
            record = self._next[table]
            self._next[table] += 1
            yield (record, 0, *[kept.get(name, "") for name in shape.columns])

    def update(self, table: str, record_id: int, values: Values) -> Row:
        """Change the fields named, all their repetitions; raises LookupError when there is no such record."""
        shape = self._schema.shape(table)
        kept = _kept(shape, values)
        before = self._existing(table, record_id)
        if not kept:
            return before
        with self.transaction():
            old = {name: shape.columns[name].encode(before.values.get(name, ("",))) for name in kept}
            self._indexes.removed(shape, kept, record_id, old)
            rise = 0 if (table, record_id) in self._transactions.saved else 1
            self._transactions.saved.add((table, record_id))
            settings = ", ".join(f"{shape.columns[name].name}=?" for name in kept)
            self._db.execute(
                f"UPDATE {shape.sql} SET mod=mod+?, {settings} WHERE id=?", (rise, *kept.values(), record_id)
            )
            self._indexes.entered(shape, kept, [(record_id, kept)])
        return self._existing(table, record_id)

    def delete(self, table: str, record_id: int) -> bool:
        """Take a record away; whether there was one."""
        shape = self._schema.shape(table)
        before = self.read(table, record_id)
        if before is None:
            return False
        with self.transaction():
            old = {
                name: column.encode(before.values.get(name, ("",))) for name, column in shape.columns.items()
            }
            self._indexes.removed(shape, old, record_id, old)
            self._db.execute(f"DELETE FROM {shape.sql} WHERE id=?", (record_id,))
            if table in self._counts:
                self._counts[table] -= 1
        return True

    def _existing(self, table: str, record_id: int) -> Row:
        row = self.read(table, record_id)
        if row is None:
            raise LookupError(f"Table {table!r} has no record {record_id}.")
        return row

    def _keep_next_ids(self) -> None:
        self._db.executemany(
            "UPDATE kept SET next_id=? WHERE name=?", [(n, t) for t, n in self._next.items()]
        )

    # Comparing

    def dump(self) -> dict[str, list[Row]]:
        """Everything, by table."""
        return {name: self.read_many(name, self.ids(name)) for name in self._schema.shapes}

    def digest(self) -> str:
        """A fingerprint of everything that `dump` answers."""
        whole = hashlib.sha256()
        for name, rows in sorted(self.dump().items()):
            for row in rows:
                values = sorted(row.values.items())
                whole.update(repr((name, row.record_id, row.mod_id, values)).encode("utf-8"))
        return whole.hexdigest()


def _kept(shape: Shape, values: Values) -> dict[str, str]:
    kept = {name: shape.column(name).encode(value) for name, value in values.items()}
    for name, text in kept.items():
        if not text.isascii():
            # Half a surrogate pair is no character and cannot be kept.
            kept[name] = text.encode("utf-8", "replace").decode("utf-8")
    return kept
