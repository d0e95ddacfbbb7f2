"""Text for a person at a terminal: wrapped, in columns, no wider than a screen, readable without colour."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import TextIO

from ..local.own_command import as_typed

WIDTH = 96
CELL = 34


def wrapped(text: str, prefix: str = "    ") -> str:
    """The text in lines behind a prefix, no wider than the terminal; continued lines are indented under it."""
    width = min(WIDTH, shutil.get_terminal_size().columns - 1) if sys.stdout.isatty() else WIDTH
    return textwrap.fill(
        as_typed(text),
        max(width, len(prefix) + 30),
        initial_indent=prefix,
        subsequent_indent=" " * len(prefix) + "  ",
        break_on_hyphens=False,
    )


def beside(head: str, text: str, stream: TextIO) -> str:
    """The text to the right of a head, broken between words on a terminal; whole lines anywhere else."""
    text = as_typed(text)
    if not stream.isatty():
        return head + text
    width = max(min(shutil.get_terminal_size().columns - 1, 110), len(head) + 30)
    return textwrap.fill(
        text,
        width,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows under their columns, numbers to the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(line[i]) for line in [list(columns), *cells]) for i in range(len(columns))]
    numeric = [
        bool(rows) and all(isinstance(row[i], int | float) for row in rows) for i in range(len(columns))
    ]
    lines = [_line(columns, widths, numeric), _line(["-" * width for width in widths], widths, numeric)]
    return "\n".join([*lines, *(_line(line, widths, numeric) for line in cells)])


def brief(value: object, most: int = 3 * WIDTH) -> str:
    """One line of whatever it is, shortened with an ellipsis."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    aligned = (c.rjust(w) if r else c.ljust(w) for c, w, r in zip(cells, widths, right, strict=True))
    return f"    {'  '.join(aligned).rstrip()}"


def _cell(value: object) -> str:
    return brief("" if value is None else str(value), CELL)
