"""The file of the rows that cannot be used: to be corrected, and imported as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePath

from ...documents.sheet import Cell, NoResult, Sheet
from ...query.export.writers import CsvWriter
from ..unhurried import Pace
from .faulty_rows import FaultyRows
from .sheet_columns import REASONS, ColumnMap, surplus_heading
from .sheet_values import NO_FORMS, Forms, unguarded

NAMED = re.compile(r" to correct(?: \(\d+\))?$")


def name_for(file: str) -> str:
    """Without an ending. Rows that are still faulty go to a file of the same name, with the next number."""
    return f"{NAMED.sub('', PurePath(file).stem)[:80]} to correct"


async def write_rows(
    path: Path, sheet: Sheet, columns: ColumnMap, forms: Forms, faulty: FaultyRows, *, quotes: bool
) -> None:
    """A workbook's own numbers are written as its texts write them: both are read in one form when the file comes back.

    `quotes`: whether a reason may quote what the record holds and what `map` says. Cells that a row has too many get columns of
    their own: nobody could tell what is missing else, and the row is faulty until they are empty."""
    is_to_correct = tuple(sheet.headings[-2:]) == REASONS
    headings = sheet.headings[: -len(REASONS)] if is_to_correct else sheet.headings
    numeric = {column.position for column in columns.columns if column.meta.type == "number"}
    pace, width = Pace(), len(headings)
    if not is_to_correct:
        for each in faulty:
            await pace.turn()
            width = max(width, _filled(each.row.cells))
    surplus = [surplus_heading(number) for number in range(1, width - len(headings) + 1)]
    writer = CsvWriter(path, [*headings, *surplus, *REASONS], [])
    for each in faulty:
        await pace.turn()
        shown = enumerate(each.row.cells[:width])
        cells = [_shown(cell, forms if at in numeric else NO_FORMS) for at, cell in shown]
        cells += [""] * (width - len(cells))
        writer.row([*cells, each.row.number, each.why if quotes else each.why_of_file()])
    writer.close()


def _filled(cells: Sequence[Cell]) -> int:
    """How many there are up to the last one that is not empty."""
    return len(cells) - next((n for n, cell in enumerate(reversed(cells)) if cell != ""), len(cells))


def _shown(cell: Cell, forms: Forms) -> str | int:
    """As it is meant: an apostrophe of ours that it had already is put there once."""
    if isinstance(cell, NoResult):
        return cell.formula
    if isinstance(cell, str):
        return unguarded(cell)
    return cell if isinstance(cell, int) else forms.number_text(cell)
