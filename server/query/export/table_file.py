"""Rows that are at hand already, as a file."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from ...dataapi.contents import Value
from .writers import WRITERS


def write_table(path: Path, kind: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A column of nothing but numbers is one of numbers. Raises OSError when the disk does not take it."""
    types = ["number" if all(_is_number(row[n]) for row in rows) else "text" for n in range(len(columns))]
    writer = WRITERS[kind](path, columns, types)
    try:
        for row in rows:
            writer.row([_value(cell) for cell in row])
        writer.close()
    except BaseException:
        writer.abandon()
        raise


def _is_number(cell: object) -> bool:
    return cell is None or isinstance(cell, int | Decimal)


def _value(cell: object) -> Value:
    if cell is None:
        return ""
    return cell if isinstance(cell, int | Decimal) else str(cell)
