"""Which records hold a word: their ids in blocks, so that an index of millions of entries has some thousands of rows."""

from __future__ import annotations

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from ..values import text_words as words
from .schema import Column

INNER = 32
"""How much of a run of kanji and kana is kept for a search that begins inside it."""
PART_OF_WORD = "\x01"
"""Stands at the end of such an entry. No word holds it."""
_BITS = 16
_LOW = 2**_BITS - 1
_REMEMBERED = 200_000
_SAMPLE = 2_000
_PLAIN = "({0}<>'' AND {0} NOT GLOB '*[^0-9A-Za-z]*')"
_ROW = "(word, block, ids) VALUES (?,?,?)"


class WordIndex:
    """One index table: (word, block, ids), the ids being the low halves of the record ids of that block.

    They are 16-bit numbers in a blob. The only one may be an integer instead: that is how the database itself writes it.
    """

    def __init__(self, db: sqlite3.Connection, name: str) -> None:
        self._db = db
        self._name = name

    def build(self, column: Column) -> None:
        """Make the table from the records."""
        columns = "(word TEXT, block INTEGER, ids BLOB, PRIMARY KEY (word, block)) WITHOUT ROWID"
        self._db.execute(f"CREATE TABLE {self._name} {columns}")
        if not (self._looks_like_keys(column) and self._build_keys(column)):
            self._build_blocks(column)

    def _looks_like_keys(self, column: Column) -> bool:
        """Whether the first values are single words in letters and digits, and no two of them the same."""
        first = f"SELECT {column.name} AS value FROM {column.table} ORDER BY id LIMIT {_SAMPLE}"
        select = f"SELECT count(*), count(DISTINCT value) FROM ({first})"
        (taken, different) = self._db.execute(f"{select} WHERE {_PLAIN.format('value')}").fetchone()
        return column.field.repetitions == 1 and taken == different == _SAMPLE

    def _build_keys(self, column: Column) -> bool:
        """The database reads and sorts what stands once in its block; a small rest is entered record by record.

        False, with nothing in the table, where the rest is not small.
        """
        word = column.name if column.field.index_language == words.UNICODE else f"lower({column.name})"
        plain = _PLAIN.format(column.name)
        self._db.execute(
            f"INSERT INTO {self._name} SELECT {word}, id >> {_BITS}, id & {_LOW} FROM {column.table}"
            f" WHERE {plain} GROUP BY 1, 2 HAVING count(*)=1"
        )
        known = f"SELECT 1 FROM {self._name} WHERE word={word} AND block=id >> {_BITS}"
        rest = f"SELECT id, {column.name} FROM {column.table} WHERE {column.name}<>''"
        (total,) = self._db.execute(f"SELECT count(*) FROM {column.table}").fetchone()
        bound = total // 32
        rows = self._db.execute(
            f"{rest} AND NOT ({plain} AND EXISTS ({known})) LIMIT ?", (bound + 1,)
        ).fetchall()
        if len(rows) > bound:
            self._db.execute(f"DELETE FROM {self._name}")
            return False
        self.enter(column, rows)
        return True

    def _build_blocks(self, column: Column) -> None:
        (last,) = self._db.execute(f"SELECT coalesce(max(id), 0) FROM {column.table}").fetchone()
        words_of = _Words(column)
        select = f"SELECT id & {_LOW}, {column.name} FROM {column.table} WHERE id BETWEEN ? AND ? AND {column.name}<>''"
        for block in range((last >> _BITS) + 1):
            rows = self._db.execute(select, (block << _BITS, block << _BITS | _LOW))
            entries = words_of.places(rows)
            self._db.executemany(
                f"INSERT INTO {self._name} {_ROW}", ((word, block, ids) for word, ids in entries)
            )

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
            found.update([first | low for low in _lows(kept)])
            if 0 <= cap <= len(found):
                return None
        return found

    def _ids(self, word: str, record: int) -> array[int]:
        place = (word, record >> _BITS)
        found = self._db.execute(f"SELECT ids FROM {self._name} WHERE word=? AND block=?", place).fetchone()
        return _lows(found[0] if found else b"")


def _lows(kept: bytes | int) -> array[int]:
    return array("H", (kept,) if isinstance(kept, int) else kept)


class _Words:
    """The words of a column's texts, and what a search may find inside them."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._language = column.field.index_language
        self._known: dict[str, tuple[str, ...]] = {}

    def __call__(self, kept: str) -> set[str]:
        texts = self._column.texts(kept) if kept else ()
        # A space always stands between words.
        return {word for text in texts for piece in text.split(" ") for word in self._of_piece(piece)}

    def places(self, rows: Iterable[tuple[int, str]]) -> Iterator[tuple[str, bytes]]:
        """Each word of a block's rows in order, with where it stands. A piece is read once, however often it stands."""
        standing: defaultdict[str, list[int]] = defaultdict(list)
        single = self._column.field.repetitions == 1
        for low, kept in rows:
            for text in (kept,) if single else self._column.texts(kept):
                for piece in text.split(" "):
                    standing[piece].append(low)
        found: dict[str, list[int]] = {}
        more: defaultdict[str, list[list[int]]] = defaultdict(list)
        for piece, lows in standing.items():
            for word in self._of_piece(piece):
                if found.setdefault(word, lows) is not lows:
                    more[word].append(lows)
        for word in sorted(found):
            lows = found[word]
            if word in more:
                lows = sorted(chain(lows, *more[word]))
            yield word, array("H", dict.fromkeys(lows) if len(lows) > 1 else lows).tobytes()

    def _of_piece(self, piece: str) -> tuple[str, ...]:
        found = self._known.get(piece)
        if found is None:
            found = self._read(piece)
            if len(self._known) < _REMEMBERED:
                self._known[piece] = found
        return found

    def _read(self, piece: str) -> tuple[str, ...]:
        if piece.isalnum() and piece.isascii():  # one word in any language
            return (words.for_comparing(piece, self._language),)
        found: list[str] = []
        for word in words.words(words.for_comparing(piece, self._language), self._language):
            found.append(word)
            places = words.inner_starts(word, self._language)
            found += [word[at : at + INNER] + PART_OF_WORD for at in places]
        return tuple(found)
