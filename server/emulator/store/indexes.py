"""The index tables of a store: built when a find first needs one, as FileMaker does, and kept current from then on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from enum import Enum

from ..model import FieldType
from ..values import text_words as words
from ..values.readings import measure
from .keys import number_key
from .schema import Column, Shape
from .transactions import Transactions

Entry = tuple[str | int | None, ...]

WHOLE, LINE, WHOLE_OF_LINES, EMPTY, INVALID = range(5)
"""The `part` of an entry: a value of one line, a line of several, a value of several, nothing at all, or text that the
type cannot read. So `part IN (0,2)` are whole values, and `part IN (0,1)` lines."""


INNER = 32
"""How much of a run of kanji and kana is kept for a search that begins inside it."""
PART_OF_WORD = "\x01"
"""Stands at the end of such an entry; no word holds it."""


class Kind(Enum):
    WORDS = "w"
    """(word, id)"""
    VALUES = "v"
    """(key, accent, id, part): `accent` is the form with accents where it differs from the key"""


_CREATE = {
    Kind.WORDS: "CREATE TABLE {} (word TEXT, id INTEGER, PRIMARY KEY (word, id)) WITHOUT ROWID",
    Kind.VALUES: (
        "CREATE TABLE {} (key TEXT NOT NULL, accent TEXT, part INTEGER, id INTEGER,"
        " PRIMARY KEY (key, accent, id, part)) WITHOUT ROWID"
    ),
}
_ENTER = {Kind.WORDS: "(word, id) VALUES (?,?)", Kind.VALUES: "(key, accent, part, id) VALUES (?,?,?,?)"}
_REMOVE = {Kind.WORDS: "word=? AND id=?", Kind.VALUES: "key=? AND accent=? AND part=? AND id=?"}
_STAGE = {Kind.WORDS: ("word", "id"), Kind.VALUES: ("key", "accent", "part", "id")}


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
                self._build(column, kind, name)
            self._built.add(name)
        return name

    def exists(self, column: Column, kind: Kind) -> bool:
        """Whether the index has been built."""
        return _name(column, kind) in self._built

    def _build(self, column: Column, kind: Kind, name: str) -> None:
        fields = ",".join(_STAGE[kind])
        self._db.execute(_CREATE[kind].format(name))
        self._db.execute(f"CREATE TEMP TABLE staged ({fields})")
        rows = self._db.execute(f"SELECT id, {column.name} FROM {column.table}")
        marks = ",".join("?" * len(_STAGE[kind]))
        self._db.executemany(f"INSERT INTO staged VALUES ({marks})", _all_entries(column, kind, rows))
        order = "word, id" if kind is Kind.WORDS else "key, accent, id, part"
        self._db.execute(
            f"INSERT OR IGNORE INTO {name} ({fields}) SELECT {fields} FROM staged ORDER BY {order}"
        )
        self._db.execute("DROP TABLE staged")

    def forget(self, shape: Shape) -> None:
        """Drop the indexes of a table that is about to change as a whole; the next find builds what it needs."""
        for _, _, index in list(self._of(shape, shape.columns)):
            self._db.execute(f"DROP TABLE {index}")
            self._built.discard(index)

    def entered(self, shape: Shape, names: Iterable[str], rows: Iterable[tuple[int, dict[str, str]]]) -> None:
        """Add the entries of new values: (record id, column text by field name) for each record."""
        rows = list(rows)
        for column, kind, index in self._of(shape, names):
            values = ((record, row.get(column.field.name, "")) for record, row in rows)
            self._db.executemany(
                f"INSERT OR IGNORE INTO {index} {_ENTER[kind]}", _all_entries(column, kind, values)
            )

    def removed(self, shape: Shape, names: Iterable[str], record: int, row: dict[str, str]) -> None:
        """Take away the entries of the values that a record had."""
        for column, kind, index in self._of(shape, names):
            values = [(record, row[column.field.name])]
            self._db.executemany(
                f"DELETE FROM {index} WHERE {_REMOVE[kind]}", _all_entries(column, kind, values)
            )

    def _of(self, shape: Shape, names: Iterable[str]) -> Iterator[tuple[Column, Kind, str]]:
        if not self._built:
            return
        for field_name in names:
            column = shape.column(field_name)
            for kind in Kind:
                if self.exists(column, kind):
                    yield column, kind, _name(column, kind)


def _name(column: Column, kind: Kind) -> str:
    return f"{kind.value}_{column.table}{column.name}"


def _all_entries(column: Column, kind: Kind, rows: Iterable[tuple[int, str]]) -> Iterator[Entry]:
    if kind is Kind.WORDS:
        language = column.field.index_language
        for record, kept in rows:
            if not kept:
                continue
            for text in column.texts(kept):
                for word in set(words.words(words.for_comparing(text, language), language)):
                    yield word, record
                    for at in words.inner_starts(word, language):
                        yield word[at : at + INNER] + PART_OF_WORD, record
    else:
        for record, kept in rows:
            if not kept:
                yield "", "", EMPTY, record
                continue
            for text in column.texts(kept):
                for key, accent, part in value_entries(column, text):
                    yield key, accent, part, record


def value_entries(column: Column, text: str) -> Iterator[tuple[str, str, int]]:
    """The (key, accent, part) of one value that is not empty."""
    if not text:
        return
    field = column.field
    if field.type in (FieldType.TEXT, FieldType.CONTAINER):
        lines = text.split("\r") if "\r" in text else []
        yield (*text_key(text, field.index_language), WHOLE_OF_LINES if lines else WHOLE)
        for line in {line for line in lines if line}:
            yield (*text_key(line, field.index_language), LINE)
        return
    size = measure(field.type, text)
    yield ("", text, INVALID) if size is None else (number_key(size), "", WHOLE)


def text_key(text: str, language: str) -> tuple[str, str]:
    """The key of a text, and its form with accents where that differs."""
    key = words.for_index(text, language)
    if language == words.UNICODE or text.isascii():
        return key, ""
    accented = words.for_quoting(text, language)
    return key, "" if accented == key else accented
