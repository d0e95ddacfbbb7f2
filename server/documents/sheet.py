"""A sheet as it was read: its headings, its rows with their numbers in the file, and what was learnt about the file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from ..text.plain_parts import Listed, Name, names
from ..text.sentence import marked, say

ODD = {
    "foreign": marked("%(count)s places are no UTF-8 and are read in the other encoding: %(rows)s."),
    "garbled": marked(
        "%(count)s cells look as if UTF-8 had been read in another encoding, and are taken as they stand: %(rows)s."
    ),
    "lost": marked("%(count)s cells hold a sign for letters that were lost before: %(rows)s."),
}
"""Cells whose letters may not be what was meant."""
HIDDEN = {
    "hidden_rows": marked("%(count)s hidden rows are read like the others."),
    "hidden_columns": marked("%(count)s hidden columns are read like the others."),
}


@dataclass(frozen=True, slots=True)
class NoResult:
    """A formula whose result the file does not hold, or another cell of which nobody can say what it means."""

    formula: str
    why: str = "is a formula without a result; save the file with values"


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
    is_headed: bool = True
    """Whether its headings stand in it. Without, its columns are counted: 1, 2, 3."""

    @property
    def is_workbook(self) -> bool:
        return "sheets" in self.facts

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
        words += self._odd()
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

    def _odd(self) -> Iterator[str]:
        for what, message in ODD.items():
            if found := cast("dict[str, Any]", self.facts.get(what)):
                count, first = cast("int", found["count"]), cast("list[list[Any]]", found["first"])
                rows = Listed(tuple(map(_odd_cell, first)), "; ", max(0, count - len(first)))
                yield say(message, count=count, rows=rows)

    def _unheaded(self) -> list[str]:
        """Columns that hold something and have no heading go nowhere."""
        bare = {at for at, heading in enumerate(self.headings) if not heading.strip()}
        filled: set[int] = set()
        for row in self.rows if bare else ():
            filled.update(at for at, cell in enumerate(row.cells) if cell != "" and at in bare)
        lost = [str(at + 1) for at in sorted(filled)]
        return (
            [say("Columns without a heading are left out: column %(columns)s.", columns=Listed.of(lost[:20]))]
            if lost
            else []
        )


def _odd_cell(cell: Sequence[Any]) -> str:
    """Its row, as it stands, and what may have been meant."""
    row, text, *meant = cell
    if not meant:
        return say("row %(row)s (%(key)s)", row=row, key=Name(text))
    return say("row %(row)s (%(key)s, perhaps %(meant)s)", row=row, key=Name(text), meant=Name(meant[0]))


def row_text(row: SheetRow) -> str:
    """As `row_of` reads it, in one line."""
    return json.dumps([row.number, *map(_written, row.cells)], ensure_ascii=False, separators=(",", ":"))


def row_of(text: str) -> SheetRow:
    number, *cells = json.loads(text)
    return SheetRow(number, tuple(map(cell_of, cells)))


def _written(cell: Cell) -> object:
    if isinstance(cell, NoResult):
        return {"x": cell.formula, "why": cell.why}
    return {"n": format(cell, "f")} if isinstance(cell, Decimal) else cell


def cell_of(cell: object) -> Cell:
    """A cell as the child process writes it."""
    if isinstance(cell, dict):
        parts = cast("dict[str, str]", cell)
        if "x" not in parts:
            return Decimal(parts["n"])
        return NoResult(parts["x"], parts["why"]) if "why" in parts else NoResult(parts["x"])
    return cast("str | int", cell)
