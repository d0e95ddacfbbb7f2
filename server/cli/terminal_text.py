"""Text for a person at a terminal: wrapped between words, in columns, no wider than a screen, readable without colour."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from ..local.own_command import as_typed

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 96
WIDEST = 110
ROOM = 24
"""Columns that text beside a head has at least; where there are fewer, it stands below the head."""
BELOW = 4
CELL = 34
SHORT = 12
"""Characters of a number, a date, a key: never broken."""
STAGE_STYLES = {"ok": "green", "warning": "yellow", "failed": "bold red", "not checked": "dim"}
"""By what a stage of connecting came to; the word itself is always there."""


def console_on(stream: TextIO) -> Console:
    """Colours where there is a terminal, and none with NO_COLOR; what is printed stays as it is."""
    from .plain_console import PlainConsole

    return PlainConsole(file=stream, highlight=False, emoji=False, markup=False)


def wrapped(text: str, prefix: str = "    ") -> str:
    """The text in lines behind a prefix, no wider than the terminal; continued lines are indented under it."""
    console = console_on(sys.stdout)
    width = min(WIDTH, console.width - 1) if sys.stdout.isatty() else WIDTH
    return _hanging(console, prefix, text, width, len(prefix) + 2)


def beside(head: str, text: str, stream: TextIO, style: str = "") -> str:
    """The text to the right of a head, broken between words on a terminal; whole lines anywhere else. `style` is of the head's
    first words, up to two blanks."""
    if not stream.isatty():
        return head + as_typed(text)
    console = console_on(stream)
    width = min(console.width - 1, WIDEST)
    if len(head) + max(ROOM, _longest(text)) <= width:
        return _hanging(console, head, text, width, len(head), style)
    above = f"{head.rstrip()}\n" if head.strip() else ""
    return _hanging(console, f"{above}{' ' * BELOW}", text, width, BELOW, style)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows under their columns, numbers to the right. Where a terminal is too narrow, long cells take several
    lines."""
    from rich import box
    from rich.padding import Padding
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="")
    cells = [[brief("" if value is None else str(value), CELL) for value in row] for row in rows]
    for number, column in enumerate(columns):
        is_numeric = bool(rows) and all(isinstance(row[number], int | float) for row in rows)
        is_short = all(len(row[number]) <= SHORT for row in cells)
        made.add_column(column, justify="right" if is_numeric else "left", no_wrap=is_short)
    for row in cells:
        made.add_row(*row)
    console = console_on(sys.stdout)
    if not sys.stdout.isatty():
        console.width = CELL * max(len(columns), 1) + WIDTH
    with console.capture() as captured:
        console.print(Padding(made, (0, 0, 0, BELOW)))
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def brief(value: object, most: int = 3 * WIDTH) -> str:
    """One line of whatever it is, shortened with an ellipsis."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _longest(text: str) -> int:
    """Columns of the longest word, as far as a line below the head has room for it."""
    from rich.cells import cell_len

    return max((cell_len(word) for word in text.split()), default=0)


def _hanging(console: Console, head: str, text: str, width: int, indent: int, style: str = "") -> str:
    """Words are never broken: a path or a command that is longer than a line stays whole, to be copied."""
    from rich.text import Text

    lines = _lines(as_typed(text), max(width - indent, ROOM - BELOW))
    shown = Text(head)
    if style and not console.legacy_windows:
        begin = len(head) - len(head.lstrip())
        shown.stylize(style, begin, begin + len(head[begin:].partition("  ")[0]))
    shown.append(("\n" + " " * indent).join(lines))
    with console.capture() as captured:
        console.print(shown, soft_wrap=True, end="")
    return captured.get()


def _lines(text: str, width: int) -> list[str]:
    """rich's own wrapping would break a long word, or cut it off."""
    from rich.cells import cell_len

    lines = [""]
    for word in " ".join(text.splitlines()).split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and cell_len(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return [line.rstrip() for line in lines]
