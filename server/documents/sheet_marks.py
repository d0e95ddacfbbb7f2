"""What a workbook shows of a sheet and a table of its values does not: merged cells, hidden rows and columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any

PIECE, OVERLAP = 1_000_000, 1_000
MERGED = re.compile(rb'<mergeCell [^>]*?ref="([A-Z]{1,3}\d+:[A-Z]{1,3}\d+)"')
HIDDEN_ROW = re.compile(rb'<row [^>]{0,600}?hidden="(?:1|true)"')
HIDDEN_COLUMN = re.compile(rb'<col [^>]{0,600}?hidden="(?:1|true)"')
MOST_NAMED = 5


def marks(part: IO[bytes]) -> dict[str, Any]:
    """`merged`: areas such as A2:A4; `hidden_rows`, `hidden_columns`: how many. Empty where there is none."""
    merged: dict[str, None] = {}
    rows = columns = 0
    for piece, fresh in _pieces(part):
        merged |= {found[1].decode(): None for found in MERGED.finditer(piece)}
        rows += sum(found.end() > fresh for found in HIDDEN_ROW.finditer(piece))
        columns += sum(found.end() > fresh for found in HIDDEN_COLUMN.finditer(piece))
    named = list(merged)
    more = [f"{len(named) - MOST_NAMED} more"] if len(named) > MOST_NAMED else []
    facts = {"merged": named[:MOST_NAMED] + more, "hidden_rows": rows, "hidden_columns": columns}
    return {name: value for name, value in facts.items() if value}


def _pieces(part: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """Pieces that overlap, so that no mark is cut in two, with how much of each was seen before."""
    before = b""
    while piece := part.read(PIECE):
        yield before + piece, len(before)
        before = (before + piece)[-OVERLAP:]
