"""Finds records by criteria through the indexes, looking at stored values only where no index can decide."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..find_language.criterion import Anything, Criterion, Duplicated, Nothing
from ..find_language.criterion_match import matches_any
from .duplicates import Duplicates
from .index_planner import plan
from .index_plans import Plan, Seek
from .indexes import Indexes
from .schema import Column

CAPS = (2_000, 32_000, -1)
"""How far ways are followed before one that ends earlier is preferred."""
WORTH = 25
"""Reading this many entries of an index takes as long as looking at one value."""
_BATCH = 500
_REMEMBERED = 10_000


@dataclass(frozen=True)
class Asked:
    """A criterion on one field, in any repetition or in the one given (from 1)."""

    column: Column
    repetition: int | None
    criterion: Criterion


class Seeker:
    """Answers criteria on one store."""

    def __init__(self, db: sqlite3.Connection, indexes: Indexes) -> None:
        self._db = db
        self._indexes = indexes
        self._duplicates = Duplicates(db, indexes)

    def matching(self, asked: Sequence[Asked]) -> set[int]:
        """The records that meet all the criteria, of which there is at least one."""
        first, rest = self._cheapest(asked)
        for other in rest:
            if not first:
                break
            first = self._of(other, first)
        return first

    def _cheapest(self, asked: Sequence[Asked]) -> tuple[set[int], list[Asked]]:
        """What meets the criterion that is soonest answered, and the other criteria."""
        plans = [(one, plan(one.column.field, one.repetition, one.criterion)) for one in asked]
        for cap in CAPS:
            ended = [
                (one, found) for one, ways in plans if (found := self._through(one, ways, cap)) is not None
            ]
            if ended:
                chosen, found = min(ended, key=lambda pair: len(pair[1]))
                return found, [one for one in asked if one is not chosen]
        return self._looking(asked[0]), list(asked[1:])

    def _of(self, asked: Asked, records: set[int]) -> set[int]:
        """Those of the records that meet the criterion as well."""
        ways = plan(asked.column.field, asked.repetition, asked.criterion)
        if isinstance(asked.criterion, Nothing | Anything | Duplicated):
            return records & self._looking(asked)
        found = self._through(asked, ways, len(records) * WORTH) if ways.exact else None
        return records & found if found is not None else set(self._confirmed(asked, records))

    def _looking(self, asked: Asked) -> set[int]:
        match asked.criterion:
            case Nothing():
                return set()
            case Anything():
                return {record for (record,) in self._db.execute(f"SELECT id FROM {asked.column.table}")}
            case Duplicated():
                return self._duplicates.of(asked.column, asked.repetition)
            case _:
                return set(self._confirmed(asked, None))

    def _through(self, asked: Asked, ways: Plan, cap: int) -> set[int] | None:
        """The answer by way of the indexes. None when there is no way, or none that ends before the cap."""
        found: set[int] | None = None
        open_ways: list[Seek] = []
        for way in ways.seeks:
            records = self._reached(asked.column, way, cap)
            if records is None:
                open_ways.append(way)
                continue
            found = records if found is None else found & records
            if not found:
                return found  # however many more there are
        if found is None:
            return None
        exact = ways.exact
        for way in open_ways:
            if exact:
                more = self._reached(asked.column, way, len(found) * WORTH)
                exact = more is not None
                found = found if more is None else found & more
        return found if exact else set(self._confirmed(asked, found))

    def _reached(self, column: Column, way: Seek, cap: int) -> set[int] | None:
        return self._indexes.records(column, way.kind, way.where, way.values, cap)

    def _confirmed(self, asked: Asked, records: Collection[int] | None) -> Iterator[int]:
        """Those of the records, or of all, whose values are seen to meet the criterion."""
        known: dict[str, bool] = {}  # values repeat, and understanding one is most of the work
        for record, kept in self._values(asked.column, records):
            answer = known.get(kept)
            if answer is None:
                texts = asked.column.decode(kept)
                chosen = texts if asked.repetition is None else texts[asked.repetition - 1 : asked.repetition]
                answer = matches_any(asked.criterion, asked.column.field, chosen)
                if len(known) < _REMEMBERED:
                    known[kept] = answer
            if answer:
                yield record

    def _values(self, column: Column, records: Collection[int] | None) -> Iterable[tuple[int, str]]:
        select = f"SELECT id, {column.name} FROM {column.table}"
        if records is None:
            yield from self._db.execute(select)
            return
        ordered = sorted(records)
        for start in range(0, len(ordered), _BATCH):
            batch = ordered[start : start + _BATCH]
            yield from self._db.execute(f"{select} WHERE id IN ({','.join('?' * len(batch))})", batch)
