"""What a plan says of the rows of a file: so many, and the first of them by their numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ...documents.sheet import Sheet
from ...text.plain_parts import Listed, names
from ...text.sentence import Sentence, english, say
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
        return english(self._rows)

    def told(self, message: str) -> list[Sentence]:
        """`message` with its `%(count)s` and `%(rows)s`."""
        return [say(message, count=self.count, rows=self._rows)] if self.count else []

    @property
    def _rows(self) -> Listed:
        return Listed(tuple(self._first), "; ", max(0, self.count - TOLD))


def described(sheet: Sheet, columns: ColumnMap, forms: Sequence[str]) -> list[str]:
    """How the file was read, in sentences that somebody who agrees should see."""
    left = [say("Skipped columns: %(columns)s.", columns=names(columns.left_out))] if columns.left_out else []
    return [*sheet.words(), *forms, *columns.notes, *left]
