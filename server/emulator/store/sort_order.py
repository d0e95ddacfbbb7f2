"""Puts records in the order that a sort asks for (section 20: empties first, case ignored, accents second)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..find_language.criterion_match import value_form
from ..model import Field, FieldType
from ..values.readings import measure
from .indexes import Indexes, Kind
from .keys import number_key
from .schema import Column
from .value_index import text_key

_BATCH = 500
_WALK = 4
"""An index is walked, rather than values compared, when at least every fourth record of the table is to be sorted."""


@dataclass(frozen=True, slots=True)
class SortKey:
    """One level of a sort. `value_order` sorts by a value list, what is not in it comes last."""

    field: str
    descending: bool = False
    value_order: tuple[str, ...] | None = None


class Sorter:
    """Sorts records of one store."""

    def __init__(self, db: sqlite3.Connection, indexes: Indexes) -> None:
        self._db = db
        self._indexes = indexes

    def sorted(
        self,
        records: Collection[int] | None,
        total: int,
        keys: Sequence[tuple[Column, SortKey]],
        first: int | None = None,
    ) -> list[int]:
        """The records in order (None: all of the table), or the `first` of them.

        Records that are equal stay in creation order; repeating fields sort by their first repetition.
        """
        if keys and records is not None and len(records) * _WALK < total:
            return self._compared(records, total, keys)[:first]
        if len(keys) == 1 and keys[0][0].field.repetitions == 1 and keys[0][1].value_order is None:
            return self._walked(*keys[0], records, total, first)
        if records is None:
            table = keys[0][0].table
            records = [record for (record,) in self._db.execute(f"SELECT id FROM {table} ORDER BY id")]
        return self._compared(records, total, keys)[:first]

    def _compared(
        self, records: Collection[int], total: int, keys: Sequence[tuple[Column, SortKey]]
    ) -> list[int]:
        ordered = sorted(records)
        for column, key in reversed(keys):
            places = self._places(column, key, ordered, total)
            ordered.sort(key=places.__getitem__, reverse=key.descending)
        return ordered

    def _walked(
        self, column: Column, key: SortKey, records: Collection[int] | None, total: int, first: int | None
    ) -> list[int]:
        index = self._indexes.require(column, Kind.VALUES)
        way = "DESC" if key.descending else "ASC"
        everything = records is None or len(records) == total
        rows = self._db.execute(
            f"SELECT id FROM {index} WHERE part<>1 ORDER BY key {way}, accent {way}, id LIMIT ?",
            (first if everything and first is not None else -1,),
        )
        if records is None or everything:
            return [record for (record,) in rows]
        wanted = set(records)
        return [record for (record,) in rows if record in wanted][:first]

    def _places(self, column: Column, key: SortKey, records: list[int], total: int) -> dict[int, Any]:
        if key.value_order is None and column.field.repetitions == 1 and len(records) * _WALK >= total:
            index = self._indexes.require(column, Kind.VALUES)
            rows = self._db.execute(f"SELECT id, key, accent FROM {index} WHERE part<>1")
            return {record: (form, accent) for record, form, accent in rows}
        place = _placing(column, key)
        places: dict[int, Any] = {}
        for start in range(0, len(records), _BATCH):
            batch = records[start : start + _BATCH]
            rows = self._db.execute(
                f"SELECT id, {column.name} FROM {column.table} WHERE id IN ({','.join('?' * len(batch))})",
                batch,
            )
            places.update((record, place(column.texts(kept)[0])) for record, kept in rows)
        return places


def _placing(column: Column, key: SortKey) -> Callable[[str], tuple[str, str] | int]:
    field = column.field
    if key.value_order is not None:
        listed = {
            value_form(field, value): place for place, value in reversed(list(enumerate(key.value_order)))
        }
        return lambda text: listed.get(value_form(field, text), len(listed)) if text else -1
    return lambda text: place_of(field, text)


def place_of(field: Field, text: str) -> tuple[str, str]:
    """Where a value stands in an ascending sort: empty, then what the type cannot read, then the values."""
    return _place(field.type, field.index_language, text)


@lru_cache(maxsize=20_000)  # pages of one found set are asked for one after the other
def _place(field_type: FieldType, language: str, text: str) -> tuple[str, str]:
    if field_type in (FieldType.TEXT, FieldType.CONTAINER):
        return text_key(text, language)
    size = measure(field_type, text)
    return ("", text) if size is None else (number_key(size), "")
