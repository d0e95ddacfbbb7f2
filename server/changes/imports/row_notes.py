"""What a plan says of the rows of a file: so many, and the first of them by their numbers."""

from __future__ import annotations

from collections.abc import Sequence

from ...dataapi.models import FieldMeta
from ...documents.sheet import Sheet
from .sheet_columns import ColumnMap
from .sheet_records import SheetRecord

TOLD = 10
"""Rows that a note names one by one."""


def names(records: Sequence[SheetRecord], keys: Sequence[FieldMeta]) -> list[str]:
    """Each row with its number and its key."""
    return [
        f"row {r.number} ({', '.join(str(r.fields.get(k.name, '')) for k in keys) or r.record_id})"
        for r in records
    ]


def told(what: str, rows: Sequence[str]) -> list[str]:
    return [f"{len(rows)} {what}: {some(rows)}."] if rows else []


def some(rows: Sequence[str]) -> str:
    more = f" and {len(rows) - TOLD} more" if len(rows) > TOLD else ""
    return "; ".join(rows[:TOLD]) + more


def described(sheet: Sheet, columns: ColumnMap, forms: Sequence[str]) -> list[str]:
    """How the file was read, in sentences that somebody who agrees should see."""
    left = (
        [f"Skipped columns: {', '.join(repr(name) for name in columns.left_out)}."]
        if columns.left_out
        else []
    )
    return [*sheet.words(), *forms, *columns.notes, *left]
