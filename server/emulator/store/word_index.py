"""Which records hold a word: their ids in blocks, so that an index of millions of entries has some thousands of rows."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from itertools import groupby

from ..values import text_words as words
from .schema import Column

INNER = 32
"""How much of a run of kanji and kana is kept for a search that begins inside it."""
PART_OF_WORD = "\x01"
"""Stands at the end of such an entry. No word holds it."""
_BITS = 16
_LOW = 2**_BITS - 1
_REMEMBERED = 200_000
_ROW = "(word, block, ids) VALUES (?,?,?)"


class WordIndex:
    """One index table: (word, block, ids), the ids being the low halves of the record ids of that block."""

    def __init__(self, db: sqlite3.Connection, name: str) -> None:
        self._db = db
        self._name = name

    def build(self, column: Column) -> None:
        """Make the table from the records."""
        columns = "(word TEXT, block INTEGER, ids BLOB, PRIMARY KEY (word, block)) WITHOUT ROWID"
        self._db.execute(f"CREATE TABLE {self._name} {columns}")
        self._db.execute("CREATE TEMP TABLE staged (word, block, ids)")
        rows = self._db.execute(f"SELECT id, {column.name} FROM {column.table} ORDER BY id")
        self._db.executemany("INSERT INTO staged VALUES (?,?,?)", _in_blocks(column, rows))
        self._db.execute(f"INSERT INTO {self._name} SELECT * FROM staged ORDER BY word, block")
        self._db.execute("DROP TABLE staged")

    def enter(self, column: Column, rows: Iterable[tuple[int, str]]) -> None:
        """Add the words of new values."""
        words_of = _Words(column)
        for record, kept in rows:
            for word in words_of(kept):
                ids = self._ids(word, record)
                if record & _LOW not in ids:
                    ids.append(record & _LOW)
                    row = (word, record >> _BITS, ids.tobytes())
                    self._db.execute(f"INSERT OR REPLACE INTO {self._name} {_ROW}", row)

    def remove(self, column: Column, record: int, kept: str) -> None:
        """Take away the words of a value that the record had."""
        for word in _Words(column)(kept):
            ids = self._ids(word, record)
            if record & _LOW in ids:
                ids.remove(record & _LOW)
            place = (word, record >> _BITS)
            if ids:
                row = (*place, ids.tobytes())
                self._db.execute(f"INSERT OR REPLACE INTO {self._name} {_ROW}", row)
            else:
                self._db.execute(f"DELETE FROM {self._name} WHERE word=? AND block=?", place)

    def records(self, where: str, values: tuple[str, ...], cap: int) -> set[int] | None:
        """The records whose words meet the condition. None when there are `cap` or more."""
        found: set[int] = set()
        rows = self._db.execute(f"SELECT block, ids FROM {self._name} WHERE {where}", values)
        for block, kept in rows:
            first = block << _BITS
            found.update([first | low for low in array("H", kept)])
            if 0 <= cap <= len(found):
                return None
        return found

    def _ids(self, word: str, record: int) -> array[int]:
        place = (word, record >> _BITS)
        found = self._db.execute(f"SELECT ids FROM {self._name} WHERE word=? AND block=?", place).fetchone()
        return array("H", found[0] if found else b"")


def _in_blocks(column: Column, rows: Iterable[tuple[int, str]]) -> Iterator[tuple[str, int, bytes]]:
    words_of = _Words(column)
    for block, records in groupby(rows, lambda row: row[0] >> _BITS):
        first: dict[str, int] = {}  # most words of a column of keys stand in one record
        more: dict[str, array[int]] = {}
        for record, kept in records:
            low = record & _LOW
            for word in words_of(kept):
                if word not in first:
                    first[word] = low
                elif (ids := more.get(word)) is not None:
                    ids.append(low)
                else:
                    more[word] = array("H", (low,))
        for word, low in first.items():
            yield word, block, array("H", (low, *more.get(word, ()))).tobytes()


class _Words:
    """The words of a column's texts, and what a search may find inside them."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._language = column.field.index_language
        self._known: dict[str, tuple[str, ...]] = {}

    def __call__(self, kept: str) -> set[str]:
        found: set[str] = set()
        known = self._known
        for text in self._column.texts(kept) if kept else ():
            for piece in text.split(" "):  # a space always stands between words, and pieces repeat
                words_of_piece = known.get(piece)
                if words_of_piece is None:
                    words_of_piece = self._read(piece)
                    if len(known) < _REMEMBERED:
                        known[piece] = words_of_piece
                found.update(words_of_piece)
        return found

    def _read(self, piece: str) -> tuple[str, ...]:
        found: list[str] = []
        for word in words.words(words.for_comparing(piece, self._language), self._language):
            found.append(word)
            places = words.inner_starts(word, self._language)
            found += [word[at : at + INNER] + PART_OF_WORD for at in places]
        return tuple(found)
