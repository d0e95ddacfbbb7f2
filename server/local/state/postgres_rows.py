"""Rows that go into one table one after the other, as one statement: each statement costs more than its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, groupby

from .state import Question

SIZES = (32, 16, 8, 4, 2)
"""Rows of one statement. Few different ones, so that PostgreSQL has each prepared."""


def in_rows(put: Sequence[Question]) -> Iterator[Question]:
    """The same rows, in the same order."""
    for sql, questions in groupby(put, key=lambda each: each[0]):
        values = [each for _, each in questions]
        first = 0
        for size in SIZES if len(values) > 1 and _row_of(sql) else ():
            while len(values) - first >= size:
                yield _for_rows(sql, size), tuple(chain.from_iterable(values[first : first + size]))
                first += size
        for each in values[first:]:
            yield sql, each


@lru_cache(maxsize=512)
def _row_of(sql: str) -> str:
    """The marks of an insertion of values alone, in their brackets; empty for any other statement."""
    head, found, row = sql.partition(" VALUES ")
    is_bare = row.startswith("(") and set(row) <= set("(?, )")
    return row if found and is_bare and head.startswith("INSERT INTO ") else ""


@lru_cache(maxsize=512)
def _for_rows(sql: str, size: int) -> str:
    return sql + f", {_row_of(sql)}" * (size - 1)
