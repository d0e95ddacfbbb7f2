"""A sheet as it was read: its headings, its rows with their numbers in the file, and what was learnt about the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast


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
    rows: tuple[SheetRow, ...]
    facts: Mapping[str, Any]
    """`encoding`, `delimiter`, `guessed` of a text; `sheets`, `sheet` of a workbook."""

    def words(self) -> list[str]:
        """What was guessed, as somebody who agrees should know it."""
        guessed = cast("list[str]", self.facts.get("guessed", []))
        said = {
            "encoding": f"read as {self.facts.get('encoding')}",
            "delimiter": f"{self.facts.get('delimiter')} between columns",
        }
        return [f"Guessed: {', '.join(said[each] for each in guessed)}."] if guessed else []


def cell_of(cell: object) -> Cell:
    """A cell as the child process writes it."""
    if isinstance(cell, dict):
        parts = cast("dict[str, str]", cell)
        return NoResult(parts["x"]) if "x" in parts else Decimal(parts["n"])
    return cast("str | int", cell)
