"""Which row holds the headings: the first, another one below a title, or none."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import InputError
from .sheet import NoResult, SheetRow

UNCHANGED = "Nothing was changed."
NONE = "none"


def headed(name: str, rows: Sequence[SheetRow], given: str | None, width: int) -> tuple[tuple[str, ...], int]:
    """The headings, and which row is the first below them. `given`: the number of their row in the file, or `none`: the `width`
    columns are then called 1, 2, 3. Raises InputError for a row that is not there."""
    if given == NONE:
        return tuple(str(number) for number in range(1, width + 1)), 0
    at = 0
    if given is not None:
        found = next((n for n, row in enumerate(rows) if str(row.number) == given.strip()), None)
        if found is None:
            raise InputError(
                f"{name!r} has no row {given!r} that could hold headings",
                advice=f"Give its number in the file, or {NONE!r}. {UNCHANGED}",
            )
        at = found
    headings = tuple("" if isinstance(cell, NoResult) else str(cell) for cell in rows[at].cells)
    return headings, at + 1
