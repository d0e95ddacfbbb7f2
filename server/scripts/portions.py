"""A result within a byte budget: JSON as JSON, tables as columns and rows, and what was left out said with the way to the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from itertools import islice
from typing import Any, cast

from .json_path import NOTHING, JsonPath

BUDGET = 16_000
"""Bytes of a result in one answer: about 4,000 tokens."""

CELL = 500
"""Characters to which a cell is cut where a single row would not fit."""

Portion = dict[str, object]


def portion(document: object, text: str | None, *, rows_at: JsonPath | None, offset: int = 0) -> Portion:
    """`columns`, `rows`, `shown`, `found` for a table; `result` for the rest. `offset` is a row, or a character of a long text."""
    table = _table(document, rows_at)
    columns = [] if table is None else _columns(table)
    if table is not None and _fits(columns):
        rest = rows_at.without(document) if rows_at is not None else None
        answer = _rows(table, columns, offset)
        if rest is not None and offset == 0 and _fits(rest, BUDGET // 4):
            answer = {"result": rest, **answer}
        return answer
    if document is not NOTHING and offset == 0 and _fits(document):
        return {"result": document}
    if text is None:
        return {}
    return _characters(text, offset)


def _table(document: object, rows_at: JsonPath | None) -> list[Mapping[str, Any]] | None:
    found = document if rows_at is None else rows_at.find(document)
    if not isinstance(found, list) or not found:
        return None
    rows = cast("list[Any]", found)
    if not all(isinstance(row, Mapping) for row in rows):
        return None
    return cast("list[Mapping[str, Any]]", rows)


def _columns(table: list[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for row in table for name in row))


def _rows(table: list[Mapping[str, Any]], columns: list[str], offset: int) -> Portion:
    rows: list[list[Any]] = []
    room = BUDGET
    for row in islice(table, offset, None):
        values = [row.get(name) for name in columns]
        if _size(values) > BUDGET:
            values = [_cut(value) for value in values]
        room -= _size(values)
        if room < 0 and rows:
            break
        rows.append(values)
    answer: Portion = {"columns": columns, "rows": rows, "shown": len(rows), "found": len(table)}
    if offset + len(rows) < len(table):
        answer["next_offset"] = offset + len(rows)
    return answer


def _characters(text: str, offset: int) -> Portion:
    piece = text[offset : offset + BUDGET]
    if offset + len(piece) >= len(text) and _size(piece) <= BUDGET:
        return {"result": piece}
    while _size(piece) > BUDGET:
        piece = piece[: len(piece) * 3 // 4]
    return {"result": piece, "shown": len(piece), "characters": len(text), "next_offset": offset + len(piece)}


def _cut(value: object) -> object:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=_digits)
    return value if len(text) <= CELL else f"{text[:CELL]}... ({len(text)} characters)"


def _fits(value: object, budget: int = BUDGET) -> bool:
    """Whether it is at most so long. What is far too long is not written to its end to be measured."""
    size = 0
    for piece in _ENCODER.iterencode(value):
        size += len(piece.encode())
        if size > budget:
            return False
    return True


def _size(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_digits).encode())


def _digits(value: object) -> str:
    """As the answer writes it, 1E+400 with all its digits."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_digits)
