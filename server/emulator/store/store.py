"""The records of an emulated solution, in SQLite: in memory, or in a file that survives."""

from __future__ import annotations

import hashlib
import sqlite3
import weakref
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from ..find_language.criterion import Criterion
from ..model import Table
from .index_search import Asked, Seeker
from .indexes import Indexes
from .record_writer import RecordWriter
from .record_writer import Values as Values
from .related_matches import Relations
from .rows import Row as Row
from .rows import Rows
from .schema import Schema
from .schema import UnknownName as UnknownName
from .sort_order import Sorter
from .sort_order import SortKey as SortKey
from .transactions import Transactions


class Store:
    """Keeps records and finds them again. A name of a table or field that it does not have raises UnknownName."""

    def __init__(self, tables: Sequence[Table], path: Path | None = None, copy: bytes | None = None) -> None:
        """Opens the file, or makes it. Tables and fields that it lacks are added to it. In memory it begins as `copy`, as
        another store was `copied`."""
        # A host may be made in one thread and served in another. It is never used by two at a time.
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        weakref.finalize(self, self._db.close)  # Python 3.13 and later warn of one that was only forgotten
        if copy is not None:
            self._db.deserialize(copy)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("PRAGMA cache_size=-65536")
        self._rows = Rows(self._db)
        self._transactions = Transactions(self._db, self._undone)
        self._indexes = Indexes(self._db, self._transactions)
        with self._transactions.transaction():
            self._schema = Schema(self._db, tables)
        self._indexes.reload()
        self._writer = RecordWriter(self._db, self._transactions, self._indexes, self._rows)
        self._seeker = Seeker(self._db, self._indexes)
        self._sorter = Sorter(self._db, self._indexes)
        self._relations = Relations(self._db, self._indexes)

    def close(self) -> None:
        """Close the file. The store cannot be used afterwards."""
        self._writer.keep_ids()
        self._db.close()

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, nestable. A record's modification count rises once in the outermost transaction."""
        return self._transactions.transaction()

    def _undone(self) -> None:
        self._rows.forget()
        self._relations.forget()
        self._indexes.reload()

    def count(self, table: str) -> int:
        """How many records the table has."""
        return self._rows.count(self._schema.shape(table))

    def ids(self, table: str, offset: int = 0, limit: int | None = None) -> Sequence[int]:
        """Record ids in creation order."""
        return self._rows.ids(self._schema.shape(table), offset, limit)

    def read(self, table: str, record_id: int) -> Row | None:
        """One record, or None."""
        return self._rows.read(self._schema.shape(table), record_id)

    def read_many(self, table: str, ids: Iterable[int], fields: Collection[str] | None = None) -> list[Row]:
        """The records that exist, in the order asked for. With only the `fields` named, if any are."""
        return self._rows.read_many(self._schema.shape(table), ids, fields)

    def matching(
        self, table: str, field_name: str, repetition: int | None, criterion: Criterion
    ) -> Collection[int]:
        """The records whose field meets the criterion, in any repetition or in the one given (from 1)."""
        return self.matching_all(table, [(field_name, repetition, criterion)])

    def matching_all(
        self, table: str, criteria: Sequence[tuple[str, int | None, Criterion]]
    ) -> Collection[int]:
        """The records that meet every (field, repetition, criterion). The cost is that of the rarest of them."""
        if not criteria:
            return self.ids(table)
        shape = self._schema.shape(table)
        return self._seeker.matching(
            [Asked(shape.column(name), repetition, criterion) for name, repetition, criterion in criteria]
        )

    def related(self, table: str, field_name: str, operator: str, values: Collection[str]) -> Sequence[int]:
        """The records for which `values operator field` holds, in creation order (see `Relations.related`)."""
        return self._relations.related(self._schema.shape(table).column(field_name), operator, values)

    def sorted(
        self, table: str, ids: Collection[int] | None, keys: Sequence[SortKey], first: int | None = None
    ) -> list[int]:
        """The records in the order of the keys, None meaning all of the table, or only the `first` so many."""
        if not keys:
            return list(self.ids(table, limit=first) if ids is None else sorted(ids)[:first])
        shape = self._schema.shape(table)
        by = [(shape.column(key.field), key) for key in keys]
        return self._sorter.sorted(ids, self.count(table), by, first)

    def insert(self, table: str, values: Values) -> Row:
        """A new record with the values. Its modification count is 0."""
        return self._writer.insert(self._schema.shape(table), values)

    def load(self, table: str, rows: Iterable[Values]) -> int:
        """Add many records at once. Answers how many."""
        return self._writer.load(self._schema.shape(table), rows)

    def index(self, table: str) -> None:
        """Build now what the first find in each field of the table would build."""
        self._indexes.build(self._schema.shape(table))

    def update(self, table: str, record_id: int, values: Values) -> Row:
        """Change the fields named, all their repetitions. Raises LookupError when there is no such record."""
        return self._writer.update(self._schema.shape(table), record_id, values)

    def delete(self, table: str, record_id: int) -> bool:
        """Take a record away. Answers whether there was one."""
        return self._writer.delete(self._schema.shape(table), record_id)

    def dump(self) -> dict[str, list[Row]]:
        """Everything, by table."""
        return {name: self.read_many(name, self.ids(name)) for name in self._schema.shapes}

    def copied(self) -> bytes:
        """Everything, for a store of the same tables. In memory only."""
        return self._db.serialize()

    def digest(self) -> str:
        """A fingerprint of everything that `dump` answers."""
        whole = hashlib.sha256()
        for name, rows in sorted(self.dump().items()):
            for row in rows:
                values = sorted(row.values.items())
                whole.update(repr((name, row.record_id, row.mod_id, values)).encode("utf-8"))
        return whole.hexdigest()
