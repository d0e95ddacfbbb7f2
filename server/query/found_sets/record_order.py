"""Records put in order here, where several finds make one found set: empty first when ascending, ties by record id (section 6.5)."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from decimal import Decimal

from ...criteria.collation import order_of
from ...criteria.quantity import moment_in, seconds_in
from ...dataapi.contents import Value
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.query import SortKey
from ...dataapi.sealed_page import Rows
from ...errors import InputError
from ...text.numbers import content_number
from ..summary.measures.rank_text import rank_text

CACHE_KILOBYTES = 16_384
READINGS: dict[str, Callable[[Value], object]] = {
    "number": content_number,
    "date": moment_in,
    "timeStamp": moment_in,
    "time": seconds_in,
}


class RecordOrder:
    """Takes records as they come, however many, and gives them back by each key in turn. They lie in SQLite, which puts what
    its cache does not hold into a temporary file of its own."""

    def __init__(
        self,
        keys: Sequence[SortKey],
        layout: LayoutMeta,
        as_numbers: Collection[str] = (),
        kept: Sequence[str] = (),
    ) -> None:
        """`as_numbers`: text fields that hold numbers; `kept`: the fields that are wanted back."""
        self._keys = keys
        self._ranks = [_ranking(key, layout, key.field in as_numbers) for key in keys]
        self._kept = tuple(kept)
        places = [f"k{n}" for n in range(len(keys))]
        self._columns = ", ".join(["number", *places, "row"])
        self._marks = ", ".join("?" * (len(places) + 2))
        directions = ("DESC" if key.order == "descend" else "ASC" for key in keys)
        self._order = ", ".join([*map(" ".join, zip(places, directions, strict=True)), "number"])
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)  # one after the other
        self._db.executescript(
            f"PRAGMA cache_size=-{CACHE_KILOBYTES}; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            f"CREATE TABLE record ({self._columns});"
        )

    def close(self) -> None:
        self._db.close()

    def interrupt(self) -> None:
        """Ends the statement that another thread is at; what that thread does fails."""
        self._db.interrupt()

    def add(self, rows: Rows) -> None:
        ranks = [
            [rank(value) for value in rows.columns[key.field]]
            for key, rank in zip(self._keys, self._ranks, strict=True)
        ]
        kept = zip(*(rows.columns[name] for name in self._kept), strict=True) if self._kept else ()
        texts = [_written(values) for values in kept] or [""] * len(rows.ids)
        sql = f"INSERT INTO record ({self._columns}) VALUES ({self._marks})"
        try:
            self._db.execute("BEGIN")
            self._db.executemany(sql, zip(map(int, rows.ids), *ranks, texts, strict=True))
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise _no_room(error) from error

    def ids(self) -> array[int]:
        return array("Q", (number for number, _ in self._in_order("number, NULL")))

    def rows(self) -> Iterator[tuple[str, list[Value]]]:
        """Record id, and the values of the fields that were kept."""
        return ((str(number), _read(row)) for number, row in self._in_order("number, row"))

    def _in_order(self, columns: str) -> Iterator[tuple[int, str]]:
        sql = f"SELECT {columns} FROM record ORDER BY {self._order}"
        try:
            with closing(self._db.execute(sql)) as found:
                yield from found
        except sqlite3.OperationalError as error:
            raise _no_room(error) from error


def _ranking(key: SortKey, layout: LayoutMeta, as_number: bool) -> Callable[[Value | None], str]:
    meta = layout.field_named(key.field)
    if key.order in layout.value_lists:
        values = layout.value_lists[key.order].values
        places = {value: n for n, (value, _) in enumerate(values)}
        return lambda value: f"{places.get(str(value), len(places)):07}{rank_of(value, 'text')}"
    kind = "number" if as_number else meta.type if meta is not None else "text"
    return lambda value: rank_of(value, kind)


def rank_of(value: Value | None, kind: str) -> str:
    """A text that sorts as the values do: empty, then what reads as the field's type, then text that does not."""
    if value is None or value == "":
        return "0"
    reading = READINGS.get(kind)
    quantity = reading(value) if reading is not None else None
    if quantity is None:
        return "2" + "\0".join(order_of(str(value)))
    return "1" + (rank_text(quantity) if isinstance(quantity, Decimal) else str(quantity))


def _written(values: Sequence[Value | None]) -> str:
    marked = (
        f'"{v}' if isinstance(v, str) else format(Decimal(v), "f")
        for v in ("" if v is None else v for v in values)
    )
    return json.dumps(list(marked), ensure_ascii=False)


def _read(text: str) -> list[Value]:
    return [_value(each) for each in json.loads(text)] if text else []


def _value(marked: str) -> Value:
    if marked.startswith('"'):
        return marked[1:]
    return Decimal(marked) if "." in marked else int(marked)


def _no_room(error: sqlite3.OperationalError) -> InputError:
    return InputError(
        f"Putting these records in order needs more room on this machine's disk than there is ({error})",
        advice="Narrow the criteria, or leave out sort.",
    )
