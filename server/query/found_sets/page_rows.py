"""Rows of a page: some of them, and as records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...criteria.checks.predicate import All, Not, Predicate
from ...criteria.key_set import InKeys
from ...dataapi.contents import Value
from ...dataapi.record import Record
from ...dataapi.sealed_page import Rows


def only(rows: Rows, mask: Sequence[bool]) -> Rows:
    """The rows whose place in `mask` is true."""
    if all(mask):
        return rows
    columns = {
        name: [v for v, keep in zip(column, mask, strict=True) if keep]
        for name, column in rows.columns.items()
    }
    ids = [i for i, keep in zip(rows.ids, mask, strict=True) if keep]
    return replace(rows, ids=ids, columns=columns)


def passing(test: Predicate, rows: Rows) -> list[bool]:
    """For each row whether it passes; values of other records are looked up column by column, which is quick."""
    if isinstance(test, InKeys) and (mask := test.mask(rows.columns)) is not None:
        return mask
    if isinstance(test, Not):
        return [not each for each in passing(test.predicate, rows)]
    if isinstance(test, All) and any(isinstance(_bare(each), InKeys) for each in test.predicates):
        masks = [passing(each, rows) for each in test.predicates]
        return [all(each) for each in zip(*masks, strict=True)]
    return [test.holds(record) for record in records(rows)]


def _bare(test: Predicate) -> Predicate:
    return _bare(test.predicate) if isinstance(test, Not) else test


def records(rows: Rows) -> list[Record]:
    """Rows as records of just these fields."""
    names = tuple(rows.columns)
    values = zip(*rows.columns.values(), strict=True) if names else [()] * len(rows.ids)
    return [
        Record(record_id, "", {name: _present(value) for name, value in zip(names, row, strict=True)})
        for record_id, row in zip(rows.ids, values, strict=True)
    ]


def _present(value: Value | None) -> Value:
    return "" if value is None else value
