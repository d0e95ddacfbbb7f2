"""The values of a field in the order in which they sort, each with the record that holds it."""

from __future__ import annotations

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import repeat

from ..model import FieldType
from ..values import text_words as words
from ..values.readings import LAST_YEAR, measure
from .keys import number_key
from .schema import Column

WHOLE, LINE, WHOLE_OF_LINES, EMPTY, INVALID = range(5)
"""The `part` of an entry: a value of one line, a line of several, a value of several, nothing at all, or text that the
type cannot read. So `part IN (0,2)` are whole values, and `part IN (0,1)` lines."""

_ROW = "(key, accent, part, id) VALUES (?,?,?,?)"
_REMEMBERED = 100_000
_FEW = 20_000
"""Values of a column up to which their records are gathered in memory."""
_DAY = "[0-1][0-9]/[0-3][0-9]/[0-9][0-9][0-9][0-9]"
_ISO = "substr({0},7,4)||'-'||substr({0},1,2)||'-'||substr({0},4,2)"
_FIRST_DAY = 1721425.5  # the Julian day of the first day of year 1


class ValueIndex:
    """One index table: (key, accent, id, part). `accent` is the form with accents where it differs from the key."""

    def __init__(self, db: sqlite3.Connection, name: str) -> None:
        self._db = db
        self._name = name

    def build(self, column: Column) -> None:
        """Make the table from the records. The database itself makes the keys of what is written as it usually is."""
        self._db.execute(
            f"CREATE TABLE {self._name} (key TEXT NOT NULL, accent TEXT, part INTEGER, id INTEGER,"
            " PRIMARY KEY (key, accent, id, part)) WITHOUT ROWID"
        )
        known = self._grouped(column)
        if known is not None:
            self._db.executemany(f"INSERT INTO {self._name} {_ROW}", _in_order(column, known))
            return
        if self._build_usual(column) < self._db.execute(f"SELECT count(*) FROM {column.table}").fetchone()[0]:
            self._build_rest(column)

    def _build_usual(self, column: Column) -> int:
        """How many of the records are written as nearly all are, and in the table now."""
        if column.field.repetitions > 1:
            return 0
        usual, number, key = _usual(column)
        # With a limit within and a condition without, SQLite works the number out once a record.
        numbered = f"SELECT id, {number} AS number FROM {column.table} WHERE {usual} LIMIT -1"
        return self._db.execute(
            f"INSERT INTO {self._name} (key, accent, part, id)"
            f" SELECT {key}, '', {WHOLE}, id FROM ({numbered}) WHERE id>0 ORDER BY 1, 4"
        ).rowcount

    def _build_rest(self, column: Column) -> None:
        usual = _usual(column)[0] if column.field.repetitions == 1 else "0"
        rows = self._db.execute(f"SELECT id, {column.name} FROM {column.table} WHERE NOT ({usual})")
        self._db.execute("CREATE TEMP TABLE staged (key, accent, part, id)")
        self._db.executemany("INSERT INTO staged VALUES (?,?,?,?)", _entries(column, rows))
        self._db.execute(
            f"INSERT OR IGNORE INTO {self._name} (key, accent, part, id)"
            " SELECT key, accent, part, id FROM staged ORDER BY 1, 2, 4, 3"
        )
        self._db.execute("DROP TABLE staged")

    def _grouped(self, column: Column) -> dict[str, array[int]] | None:
        """The records of each value, where values are few. None where they are many."""
        held: dict[str, array[int]] = {}
        for record, kept in self._db.execute(f"SELECT id, {column.name} FROM {column.table} ORDER BY id"):
            ids = held.get(kept)
            if ids is None:
                if len(held) == _FEW:
                    return None
                ids = held[kept] = array("q")
            ids.append(record)
        return held

    def enter(self, column: Column, rows: Iterable[tuple[int, str]]) -> None:
        """Add the entries of new values."""
        self._db.executemany(f"INSERT OR IGNORE INTO {self._name} {_ROW}", _entries(column, rows))

    def remove(self, column: Column, record: int, kept: str) -> None:
        """Take away the entries of a value that the record had."""
        place = "key=? AND accent=? AND part=? AND id=?"
        self._db.executemany(f"DELETE FROM {self._name} WHERE {place}", _entries(column, [(record, kept)]))

    def records(self, where: str, values: tuple[str, ...], cap: int) -> set[int] | None:
        """The records whose values meet the condition. None when there are `cap` entries or more."""
        rows = self._db.execute(f"SELECT id FROM {self._name} WHERE {where} LIMIT ?", (*values, cap))
        found = [record for (record,) in rows]
        return set(found) if cap < 0 or len(found) < cap else None


def _usual(column: Column) -> tuple[str, str, str]:
    """In SQL: a condition on values that are written as nearly all are, such a value as a number or text, and its key."""
    name, field = column.name, column.field
    match field.type:
        case FieldType.TEXT | FieldType.CONTAINER:
            key = "number" if field.index_language == words.UNICODE else "lower(number)"
            return f"{name}<>'' AND {name} NOT GLOB '*[^ -~]*'", name, key
        case FieldType.NUMBER:
            plain = f"{name} GLOB '[1-9]*' AND {name} NOT GLOB '*[^0-9.]*' AND {name} NOT GLOB '*.*.*'"
            digits = "rtrim(replace(number,'.',''),'0')"
            return f"{plain} AND length({name})<=400", name, f"'2'||(499+instr(number||'.','.'))||{digits}"
        case FieldType.DATE:
            day = f"CAST(julianday({_ISO.format(name)})-{_FIRST_DAY}+1 AS INTEGER)"
            return f"{name} GLOB '{_DAY}' AND {_is_day(name)}", day, _whole_key(500)
        case FieldType.TIMESTAMP:
            clock = "[0-2][0-9]:[0-5][0-9]:[0-5][0-9]"
            usual = f"{name} GLOB '{_DAY} {clock}' AND substr({name},12,2)<'24' AND {_is_day(name)}"
            moment = f"julianday({_ISO.format(name)}||substr({name},11))"
            # A key is of microseconds; their six zeros only count towards its length.
            return usual, f"CAST(round(({moment}-{_FIRST_DAY})*86400) AS INTEGER)", _whole_key(506)
        case FieldType.TIME:
            return "0", "''", "''"


def _is_day(name: str) -> str:
    # 29 February is left to Python, and so is the first year: its first moment measures nothing.
    month, day, year = f"substr({name},1,2)", f"substr({name},4,2)", f"substr({name},7,4)"
    return (
        f"{month} BETWEEN '01' AND '12' AND {year} BETWEEN '0002' AND '{LAST_YEAR}' AND ({day} BETWEEN '01' AND '28'"
        f" OR {day} IN ('29','30') AND {month}<>'02' OR {day}='31' AND {month} NOT IN ('02','04','06','09','11'))"
    )


def _whole_key(length: int) -> str:
    """`number_key` of a positive whole number, in SQL. The length is that of no digits at all, in three digits."""
    return f"'2'||({length}+length(number))||rtrim(number,'0')"


def _in_order(column: Column, held: dict[str, array[int]]) -> Iterator[tuple[str, str, int, int]]:
    """The entries in the order of the table, so that nothing has to be sorted but the values."""
    places: defaultdict[tuple[str, str], list[tuple[int, array[int]]]] = defaultdict(list)
    for kept, ids in held.items():
        for key, accent, part in set(_entries_of(column, kept)):
            places[key, accent].append((part, ids))
    for (key, accent), found in sorted(places.items()):
        if len(found) == 1:
            ((part, ids),) = found
            yield from zip(repeat(key), repeat(accent), repeat(part), ids)
            continue
        for record, part in sorted({(record, part) for part, ids in found for record in ids}):
            yield key, accent, part, record


def _entries_of(column: Column, kept: str) -> list[tuple[str, str, int]]:
    found = [entry for text in column.texts(kept) for entry in value_entries(column, text)]
    return found if kept else [("", "", EMPTY)]


def _entries(column: Column, rows: Iterable[tuple[int, str]]) -> Iterator[tuple[str, str, int, int]]:
    known: dict[str, list[tuple[str, str, int]]] = {}  # values repeat
    for record, kept in rows:
        found = known.get(kept)
        if found is None:
            found = _entries_of(column, kept)
            if len(known) < _REMEMBERED:
                known[kept] = found
        for key, accent, part in found:
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
