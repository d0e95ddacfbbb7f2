"""The values of a field of other records, to which a field is compared: `in` and `not_in` across layouts."""

from __future__ import annotations

import hashlib
import sqlite3
import weakref
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..dataapi.contents import Value
from ..dataapi.record import Record
from ..text.sentence import Sentence
from .collation import Collation
from .literal import number_text
from .quantity import digits_in
from .targets import Target

IN_MEMORY = 200_000
"""Keys held at once; more go to SQLite, in a temporary file that ends with the set."""
FEW = 50
"""Keys that a find of FileMaker's is given one by one."""


class KeySet:
    """Different values, compared as numbers or as texts (case and accents overlooked). Empty ones are no keys."""

    def __init__(self, given: Sentence, *, as_numbers: bool, origin: object = None, changes: int = 0) -> None:
        """`origin`: how they were asked for; `changes`: `Database.changes` when they were read."""
        self.said = given
        """Where they are from, in words: `ID of Customers (City is "Bonn")`."""
        self.as_numbers = as_numbers
        self.origin = origin
        self.changes = changes
        self._collation = Collation()
        self._keys: set[str] = set()
        self._few: dict[str, Value] = {}
        self._db: sqlite3.Connection | None = None
        self._count = 0
        self._known: dict[Value | None, bool] = {}

    def __len__(self) -> int:
        return self._count if self._db is not None else len(self._keys)

    def listed_for(self, kind: str) -> list[Value] | None:
        """All of them as a find on a field of that type takes them; None where they are many or compare otherwise."""
        if len(self) > FEW or kind != ("number" if self.as_numbers else "text"):
            return None
        return list(self._keys) if self.as_numbers else list(self._few.values())

    def add(self, values: Iterable[Value | None]) -> None:
        fresh: dict[str, Value] = {}
        for value in set(values):
            key = self._key(value)
            if key is not None and value is not None and key not in self._keys:
                fresh[key] = value
        if self._db is None and len(self._keys) + len(fresh) <= IN_MEMORY:
            self._keys.update(fresh)
            for key, value in fresh.items() if len(self._few) <= FEW else ():
                self._few.setdefault(key, value)
            return
        if self._db is None:
            self._db = _database()
            weakref.finalize(
                self, self._db.close
            )  # Python 3.13 and later warn of one that was only forgotten
            self._put(self._db, self._keys)
            self._keys.clear()
        self._put(self._db, fresh)

    def has(self, value: Value | None) -> bool:
        known = self._known.get(value)
        if known is None:
            if len(self._known) > IN_MEMORY:
                self._known.clear()
            key = self._key(value)
            known = self._known[value] = key is not None and self._holds(key)
        return known

    def mask(self, column: Sequence[Value | None]) -> list[bool]:
        """Which of many values are keys. Texts that are all different gain nothing from what is remembered of each."""
        if self._db is not None or self.as_numbers:
            return [self.has(value) for value in column]
        keys, folded, has = self._keys, self._collation.key, self.has
        return [
            (value.lower() if value.isascii() else folded(value)) in keys
            if type(value) is str
            else has(value)
            for value in column
        ]

    def digest(self) -> str:
        """Over all keys, in an order of their own."""
        made = hashlib.sha256()
        rows = self._db.execute("SELECT name FROM key ORDER BY name") if self._db is not None else ()
        for key in sorted(self._keys) if self._db is None else (str(name) for (name,) in rows):
            made.update(f"{len(key)}:{key}".encode())
        return made.hexdigest()

    def _holds(self, key: str) -> bool:
        if self._db is None:
            return key in self._keys
        return self._db.execute("SELECT 1 FROM key WHERE name = ?", (key,)).fetchone() is not None

    def _put(self, db: sqlite3.Connection, keys: Iterable[str]) -> None:
        db.execute("BEGIN")
        rows = ((key,) for key in keys)
        self._count += db.executemany("INSERT OR IGNORE INTO key VALUES (?)", rows).rowcount
        db.execute("COMMIT")

    def _key(self, value: Value | None) -> str | None:
        if value is None or value == "":
            return None
        if isinstance(value, str) and not self.as_numbers:
            return self._collation.key(value)
        number = digits_in(value)
        return None if number is None else number_text(number)


@dataclass(frozen=True)
class InKeys:
    """A value of the record is one of the keys."""

    target: Target
    keys: KeySet

    @property
    def targets(self) -> tuple[Target, ...]:
        return (self.target,)

    def holds(self, record: Record) -> bool:
        return any(self.keys.has(value) for value in self.target.values(record))

    def mask(self, columns: Mapping[str, Sequence[Value | None]]) -> list[bool] | None:
        """Many records at once; None where the target has several values."""
        if not self.target.is_single:
            return None
        return self.keys.mask(columns[self.target.name])


def _database() -> sqlite3.Connection:
    db = sqlite3.connect(
        "", isolation_level=None, check_same_thread=False
    )  # closed in whatever thread lets go of it
    db.executescript(
        "PRAGMA cache_size=-16384; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
        "CREATE TABLE key (name TEXT PRIMARY KEY) WITHOUT ROWID;"
    )
    return db
