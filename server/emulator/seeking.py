"""Finds records by a criterion through the indexes, looking at stored values only where no index can decide."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator

from . import words
from .criterion import Anything, Criterion, Duplicated, Nothing
from .indexes import Indexes, Kind
from .matching import matches_any, value_form
from .model import FieldType
from .schema import Column
from .seeks import Seek, seeks

CAPS = (2_000, 32_000, -1)
"""How far each of several ways is followed before one that ends earlier is preferred."""
_BATCH = 500
_REMEMBERED = 10_000


class Seeker:
    """Answers criteria on one store."""

    def __init__(self, db: sqlite3.Connection, indexes: Indexes) -> None:
        self._db = db
        self._indexes = indexes

    def matching(self, column: Column, repetition: int | None, criterion: Criterion) -> set[int]:
        """The records whose field meets the criterion, in any repetition or in the one given (from 1)."""
        if isinstance(criterion, Nothing):
            return set()
        if isinstance(criterion, Anything):
            return {record for (record,) in self._db.execute(f"SELECT id FROM {column.table}")}
        if isinstance(criterion, Duplicated):
            return self._duplicated(column, repetition)
        found = self._narrowest(column, seeks(column.field, repetition, criterion))
        if found is None:
            return set(_confirmed(column, repetition, criterion, self._values(column)))
        seek, records = found
        if seek.exact:
            return records
        return set(self.confirmed(column, repetition, criterion, records))

    def confirmed(
        self, column: Column, repetition: int | None, criterion: Criterion, records: Collection[int]
    ) -> Iterator[int]:
        """Those of the records that meet the criterion."""
        return _confirmed(column, repetition, criterion, self._values(column, records))

    def _narrowest(self, column: Column, ways: list[Seek]) -> tuple[Seek, set[int]] | None:
        if not ways:
            return None
        for cap in CAPS if len(ways) > 1 else (-1,):
            reached = [(way, self._records(column, way, cap)) for way in ways]
            ended = [(way, records) for way, records in reached if cap < 0 or len(records) < cap]
            if ended:
                way, records = min(ended, key=lambda pair: len(pair[1]))
                return way, set(records)
        return None

    def _records(self, column: Column, way: Seek, limit: int) -> list[int]:
        index = self._indexes.require(column, way.kind)
        found = self._db.execute(f"SELECT id FROM {index} WHERE {way.where} LIMIT ?", (*way.values, limit))
        return [record for (record,) in found]

    def _values(self, column: Column, records: Collection[int] | None = None) -> Iterator[tuple[int, str]]:
        select = f"SELECT id, {column.name} FROM {column.table}"
        if records is None:
            yield from self._db.execute(select)
            return
        ordered = sorted(records)
        for start in range(0, len(ordered), _BATCH):
            batch = ordered[start : start + _BATCH]
            yield from self._db.execute(f"{select} WHERE id IN ({','.join('?' * len(batch))})", batch)

    def _duplicated(self, column: Column, repetition: int | None) -> set[int]:
        if repetition is not None and column.field.repetitions > 1:
            return self._duplicated_in(column, repetition)
        index = self._indexes.require(column, Kind.VALUES)
        by_key = column.field.type is not FieldType.TEXT or column.field.index_language != words.DEFAULT
        # An invalid value has no key and is told by its text.
        form = "key, CASE key WHEN '' THEN accent END" if by_key else "key, accent"
        same = f"SELECT {form} FROM {index} WHERE part<>1 AND (key, accent) > ('', '')"
        several = f"{same} GROUP BY {form} HAVING count(DISTINCT id)>1"
        match = "i.key=s.key AND (s.form IS NULL OR i.accent=s.form)"
        found = self._db.execute(
            f"WITH s(key, form) AS ({several}) SELECT i.id FROM s JOIN {index} i ON {match} WHERE i.part<>1"
        )
        return {record for (record,) in found}

    def _duplicated_in(self, column: Column, repetition: int) -> set[int]:
        first: dict[object, int] = {}
        found: set[int] = set()
        for record, kept in self._values(column):
            texts = column.texts(kept)
            if len(texts) < repetition or not texts[repetition - 1]:
                continue
            form = value_form(column.field, texts[repetition - 1])
            if form in first:
                found |= {record, first[form]}
            else:
                first[form] = record
        return found


def _confirmed(
    column: Column, repetition: int | None, criterion: Criterion, rows: Iterable[tuple[int, str]]
) -> Iterator[int]:
    # Stored values repeat, and most of the cost is in understanding one.
    known: dict[str, bool] = {}
    for record, kept in rows:
        answer = known.get(kept)
        if answer is None:
            texts = column.decode(kept)
            chosen = texts if repetition is None else texts[repetition - 1 : repetition]
            answer = matches_any(criterion, column.field, chosen)
            if len(known) < _REMEMBERED:
                known[kept] = answer
        if answer:
            yield record
