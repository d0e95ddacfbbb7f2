"""Where a summary goes that memory does not hold: SQLite, in a temporary file that ends with the summary."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Self

from ...errors import InputError
from .measures.exact import Content
from .measures.rank_text import rank_text

CACHE_KILOBYTES = 16_384


class Spill:
    """Parts of cells by group, and tallies by group and value. Groups are named by a text."""

    def __init__(self) -> None:
        # A private file of SQLite's own, deleted by itself.
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)  # one after the other
        self._db.executescript(
            f"PRAGMA cache_size=-{CACHE_KILOBYTES}; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "CREATE TABLE part (number INTEGER PRIMARY KEY, name TEXT NOT NULL, dump TEXT NOT NULL);"
            "CREATE TABLE tally (slot INTEGER, name TEXT, rank TEXT, value TEXT, times INTEGER,"
            " PRIMARY KEY (slot, name, rank)) WITHOUT ROWID;"
        )
        self.has_parts = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def interrupt(self) -> None:
        """Ends the statement that another thread is at; what that thread does fails."""
        self._db.interrupt()

    def keep_parts(self, parts: Iterable[tuple[str, str]]) -> None:
        self.has_parts = True
        self._write("INSERT INTO part (name, dump) VALUES (?, ?)", parts)

    def keep_tallies(self, slot: int, counts: Mapping[str, Counter[Content]]) -> None:
        self._write(
            "INSERT INTO tally VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (slot, name, rank) DO UPDATE SET times = times + excluded.times",
            (
                (slot, name, rank_text(value), str(value), times)
                for name, own in counts.items()
                for value, times in own.items()
            ),
        )

    def parts(self) -> Iterator[tuple[str, list[str]]]:
        """Each group with all its parts."""
        name, dumps = None, list[str]()
        for next_name, dump in self._asked("SELECT name, dump FROM part ORDER BY name, number"):
            if next_name != name and name is not None:
                yield name, dumps
                dumps = []
            name = str(next_name)
            dumps.append(dump)
        if name is not None:
            yield name, dumps

    def distinct(self, slot: int, names: Iterable[str] | None = None) -> int:
        """Different values of a group, of several groups together, or of all."""
        where, values = self._where(slot, names)
        sql = f"SELECT count(*) FROM (SELECT DISTINCT rank FROM tally WHERE {where})"
        return next(self._asked(sql, values))[0]

    def ranked(self, slot: int, names: Iterable[str] | None = None) -> Iterator[tuple[Decimal, int]]:
        """Numbers in their order, each with how often it occurred."""
        where, values = self._where(slot, names)
        sql = f"SELECT min(value), sum(times) FROM tally WHERE {where} GROUP BY rank ORDER BY rank"
        for value, times in self._asked(sql, values):
            yield Decimal(value), times

    def arrivals(self, slot: int, names: Sequence[str]) -> list[tuple[int, int, int]]:
        """For each group in turn: values that no group before it has, values that one has, and values of the group just before
        that it lacks itself."""
        with _room():
            self._db.execute(
                "CREATE TEMP TABLE IF NOT EXISTS turn (name TEXT PRIMARY KEY, place INTEGER UNIQUE)"
            )
            self._db.execute("DELETE FROM turn")
        self._write("INSERT INTO turn VALUES (?, ?)", ((name, place) for place, name in enumerate(names)))
        own = "SELECT place, count(*) FROM tally JOIN turn USING (name) WHERE slot = ?1"
        every = dict(self._asked(f"{own} GROUP BY place", [slot]))
        new = dict(
            self._asked(
                "SELECT first, count(*) FROM (SELECT min(place) AS first FROM tally JOIN turn USING (name)"
                " WHERE slot = ? GROUP BY rank) GROUP BY first",
                [slot],
            )
        )
        # CROSS JOIN: the group that follows is looked up first, and the value in it, never the other way round.
        lost = dict(
            self._asked(
                f"{own} AND NOT EXISTS (SELECT 1 FROM turn AS after CROSS JOIN tally AS again ON again.slot = ?1"
                " AND again.name = after.name AND again.rank = tally.rank WHERE after.place = turn.place + 1) GROUP BY place",
                [slot],
            )
        )
        return [
            (new.get(place, 0), every.get(place, 0) - new.get(place, 0), lost.get(place - 1, 0))
            for place in range(len(names))
        ]

    def choose(self, names: Iterable[str]) -> None:
        """Remembers groups for `names` that are too many to be listed in a question."""
        with _room():
            self._db.execute("CREATE TEMP TABLE IF NOT EXISTS chosen (name TEXT PRIMARY KEY) WITHOUT ROWID")
            self._db.execute("DELETE FROM chosen")
        self._write("INSERT OR IGNORE INTO chosen VALUES (?)", ((name,) for name in names))

    def _where(self, slot: int, names: Iterable[str] | None) -> tuple[str, list[object]]:
        if names is None:
            return "slot = ?", [slot]
        listed = list(names)
        if len(listed) == 1:
            return "slot = ? AND name = ?", [slot, listed[0]]
        self.choose(listed)
        return "slot = ? AND name IN (SELECT name FROM chosen)", [slot]

    def _asked(self, sql: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """Sorting takes room too."""
        with _room():
            yield from self._db.execute(sql, values)

    def _write(self, sql: str, rows: Iterable[tuple[object, ...]]) -> None:
        with _room():
            self._db.execute("BEGIN")
            self._db.executemany(sql, rows)
            self._db.execute("COMMIT")


@contextmanager
def _room() -> Generator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise InputError(
            f"This summary needs more room on this machine's disk than there is ({error})",
            advice="Narrow the criteria, or leave out distinct, median and percentile.",
        ) from error
