"""What a plan says of the rows of a file: so many, and the first of them by their numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ...documents.sheet import Sheet
from .sheet_columns import ColumnMap

TOLD = 10
"""Rows that a note names one by one."""


@dataclass
class Tally:
    """Rows of one kind."""

    count: int = 0
    _first: list[str] = field(default_factory=list[str])

    def add(self, name: Callable[[], str]) -> None:
        self.count += 1
        if not self.is_told:
            self._first.append(name())

    @property
    def is_told(self) -> bool:
        """Whether those that are named one by one are all there."""
        return len(self._first) == TOLD

    @property
    def some(self) -> str:
        more = f" and {self.count - TOLD} more" if self.count > TOLD else ""
        return "; ".join(self._first) + more

    def told(self, what: str) -> list[str]:
        return [f"{self.count} {what}: {self.some}."] if self.count else []


def described(sheet: Sheet, columns: ColumnMap, forms: Sequence[str]) -> list[str]:
    """How the file was read, in sentences that somebody who agrees should see."""
    left = (
        [f"Skipped columns: {', '.join(repr(name) for name in columns.left_out)}."]
        if columns.left_out
        else []
    )
    return [*sheet.words(), *forms, *columns.notes, *left]
