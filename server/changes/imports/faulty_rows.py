"""Rows of a sheet that cannot be used, each with the reason, kept packed: all rows of a file may be such."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...documents.sheet import SheetRow, row_of, row_text
from ...text.packed_lines import PackedLines


@dataclass(frozen=True)
class FaultyRow:
    row: SheetRow
    why: str
    """Every reason, with its column."""
    is_of_file: bool = True
    """Whether the reason quotes cells of the file alone, and neither the record nor what the caller said."""
    headings: tuple[str, ...] = ()
    """Of the columns that the reason names."""

    def why_of_file(self) -> str:
        """The reason without what stands in the record or in `map`."""
        if self.is_of_file:
            return self.why
        named = ", ".join(repr(heading) for heading in self.headings)
        return f"the value of {named} was refused" if named else "the record was refused; plan it by itself"


class FaultyRows:
    """They are added as they are found, and given in the order of the file."""

    def __init__(self) -> None:
        self._lines = PackedLines()
        self._numbers = array("L")

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, faulty: FaultyRow) -> None:
        parts = (row_text(faulty.row), faulty.why, faulty.is_of_file, faulty.headings)
        self._lines.append(json.dumps(parts, ensure_ascii=False))
        self._numbers.append(faulty.row.number)

    def add_all(self, faulty: Iterable[FaultyRow]) -> None:
        for each in faulty:
            self.add(each)

    def __iter__(self) -> Iterator[FaultyRow]:
        for at in sorted(range(len(self)), key=self._numbers.__getitem__):
            row, why, is_of_file, headings = json.loads(self._lines[at])
            yield FaultyRow(row_of(row), why, is_of_file, tuple(headings))
