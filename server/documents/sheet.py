"""A sheet as it was read: its headings, its rows with their numbers in the file, and what was learnt about the file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from ..text.plain_parts import Listed, names
from ..text.sentence import marked, say

HIDDEN = {
    "hidden_rows": marked("%(count)s hidden rows are read like the others."),
    "hidden_columns": marked("%(count)s hidden columns are read like the others."),
}


@dataclass(frozen=True, slots=True)
class NoResult:
    """A formula whose result the file does not hold."""

    formula: str


Cell = str | int | Decimal | NoResult


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row with its number in the file (the headings are usually row 1)."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Sheet:
    name: str
    headings: tuple[str, ...]
    rows: Sequence[SheetRow]
    facts: Mapping[str, Any]
    """`encoding`, `delimiter`, `guessed` of a text; `sheets`, `sheet` of a workbook."""

    def words(self) -> list[str]:
        """What was guessed, as somebody who agrees should know it."""
        guessed = cast("list[str]", self.facts.get("guessed", []))
        given = {
            "encoding": say("read as %(encoding)s", encoding=str(self.facts.get("encoding"))),
            "delimiter": say("%(delimiter)s between columns", delimiter=str(self.facts.get("delimiter"))),
        }
        words: list[str] = (
            [say("Guessed: %(what)s.", what=Listed.of(given[each] for each in guessed))] if guessed else []
        )
        if merged := cast("list[str]", self.facts.get("merged", [])):
            words.append(
                say("Merged cells, of which only the first has a value: %(cells)s.", cells=Listed.of(merged))
            )
        words += [
            say(message, count=cast("int", hidden))
            for what, message in HIDDEN.items()
            if (hidden := self.facts.get(what))
        ]
        places = cast("list[int]", self.facts.get("percentages", []))
        shown = [self.headings[at] for at in places if at < len(self.headings)]
        if shown:
            words.append(
                say("Percentages in %(columns)s are read as fractions: 19 %% is 0.19.", columns=names(shown))
            )
        return words + self._unheaded()

    def _unheaded(self) -> list[str]:
        """Columns that hold something and have no heading go nowhere."""
        bare = [at for at, heading in enumerate(self.headings) if not heading.strip()]
        lost = [str(at + 1) for at in bare if any(at < len(r.cells) and r.cells[at] != "" for r in self.rows)]
        return (
            [say("Columns without a heading are left out: column %(columns)s.", columns=Listed.of(lost[:20]))]
            if lost
            else []
        )


def row_text(row: SheetRow) -> str:
    """As `row_of` reads it, in one line."""
    return json.dumps([row.number, *map(_written, row.cells)], ensure_ascii=False, separators=(",", ":"))


def row_of(text: str) -> SheetRow:
    number, *cells = json.loads(text)
    return SheetRow(number, tuple(map(cell_of, cells)))


def _written(cell: Cell) -> object:
    if isinstance(cell, NoResult):
        return {"x": cell.formula}
    return {"n": format(cell, "f")} if isinstance(cell, Decimal) else cell


def cell_of(cell: object) -> Cell:
    """A cell as the child process writes it."""
    if isinstance(cell, dict):
        parts = cast("dict[str, str]", cell)
        return NoResult(parts["x"]) if "x" in parts else Decimal(parts["n"])
    return cast("str | int", cell)
