"""Matches values across a relationship through the index of the field on its far side."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence

from ..model import FieldType
from ..values import text_words as words
from ..values.readings import measure
from .indexes import Indexes, Kind
from .keys import number_key
from .read_memory import ReadMemory
from .schema import Column
from .value_index import text_key

_BATCH = 400
_BEYOND = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""What the far value must be to the near one, which stands on the left of the operator."""


class Relations:
    """Answers relationships on one store."""

    def __init__(self, db: sqlite3.Connection, indexes: Indexes) -> None:
        self._db = db
        self._indexes = indexes
        self._matched = ReadMemory[Sequence[int]](db)

    def forget(self) -> None:
        """Match anew when next asked, as after a rollback."""
        self._matched.forget()

    def related(self, column: Column, operator: str, values: Collection[str]) -> Sequence[int]:
        """The records that `values operator field` holds for, in creation order.

        Each line of a value is a value of its own, on both sides, and one that agrees is enough. Numbers and dates
        are compared as such, text by the language of its index. What is empty is related to nothing.
        """
        question = (column.table, column.name, operator, *values)
        return self._matched.get(question, lambda: self._related(column, operator, values))

    def _related(self, column: Column, operator: str, values: Collection[str]) -> Sequence[int]:
        if operator == "x":
            return [record for (record,) in self._db.execute(f"SELECT id FROM {column.table} ORDER BY id")]
        keys = sorted({key for value in values for key in _keys(column, value)})
        if not keys:
            return []
        index = self._indexes.require(column, Kind.VALUES)
        # Only a Default index tells accents apart.
        form, mark = ("(key, accent)", "(?,?)") if len(keys[0]) == 2 else ("key", "?")
        if operator == "=":
            return sorted(self._equal(index, keys))
        if operator == "!=":
            # Whatever a value is, it differs from one of several.
            return (
                self._where(index, "")
                if len(keys) > 1
                else self._where(index, f"AND {form}<>{mark}", keys[0])
            )
        if operator not in _BEYOND:
            raise ValueError(f"{operator!r} is no operator of a relationship.")
        farthest = keys[0] if operator.startswith("<") else keys[-1]
        return self._where(index, f"AND {form}{_BEYOND[operator]}{mark}", farthest)

    def _equal(self, index: str, keys: list[tuple[str, ...]]) -> set[int]:
        names, equal = ("k, a", "key=k AND accent=a") if len(keys[0]) == 2 else ("k", "key=k")
        mark = f"({','.join('?' * len(keys[0]))})"
        found: set[int] = set()
        for start in range(0, len(keys), _BATCH):
            batch = keys[start : start + _BATCH]
            rows = self._db.execute(
                f"WITH wanted({names}) AS (VALUES {','.join([mark] * len(batch))})"
                f" SELECT id FROM wanted CROSS JOIN {index} ON {equal} WHERE part<2",
                [part for key in batch for part in key],
            )
            found.update(record for (record,) in rows)
        return found

    def _where(self, index: str, also: str, key: tuple[str, ...] = ()) -> list[int]:
        rows = self._db.execute(
            f"SELECT DISTINCT id FROM {index} WHERE part<2 AND key>'' {also} ORDER BY id", key
        )
        return [record for (record,) in rows]


def _keys(column: Column, value: str) -> Iterator[tuple[str, ...]]:
    language = column.field.index_language
    for line in value.split("\r"):
        if not line:
            continue
        if column.field.type is FieldType.TEXT:
            key = text_key(line, language)
            yield key if language == words.DEFAULT else key[:1]
        else:
            size = measure(column.field.type, line)
            if size is not None:
                yield (number_key(size),)
