"""Finds the records that share a value with another (`!`). Only the table as a whole can tell."""

from __future__ import annotations

import sqlite3

from ..find_language.criterion_match import duplicated
from ..model import FieldType
from ..values import text_words as words
from .indexes import Indexes, Kind
from .schema import Column


class Duplicates:
    """Answers `!` on one store."""

    def __init__(self, db: sqlite3.Connection, indexes: Indexes) -> None:
        self._db = db
        self._indexes = indexes

    def of(self, column: Column, repetition: int | None) -> set[int]:
        """The records whose value, in any repetition or in the one given, is in another record too."""
        if repetition is not None and column.field.repetitions > 1:
            rows = self._db.execute(f"SELECT id, {column.name} FROM {column.table}")
            return duplicated(
                column.field,
                {record: column.decode(kept)[repetition - 1 : repetition] for record, kept in rows},
            )
        index = self._indexes.require(column, Kind.VALUES)
        if column.field.type is FieldType.TEXT and column.field.index_language == words.DEFAULT:
            form = "key, accent"
        else:
            form = (
                "key, CASE key WHEN '' THEN accent END"  # what is invalid has no key, and is told by its text
            )
        several = (
            f"SELECT {form} FROM {index} WHERE part<>1 AND (key, accent) > ('', '')"
            f" GROUP BY {form} HAVING count(DISTINCT id)>1"
        )
        rows = self._db.execute(
            f"WITH several(k, a) AS ({several}) SELECT id FROM several CROSS JOIN {index}"
            " ON key=k AND (a IS NULL OR accent=a) WHERE part<>1"
        )
        return {record for (record,) in rows}
