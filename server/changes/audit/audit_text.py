"""Values as an auditor sees them: nothing in them hides, turns the direction, or is more than a cell or a page takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...text.one_line import Mark, named, one_line

LARGEST = 30_000
"""Characters of a cell. Excel takes 32,767, and many readers of CSV 131,072."""
_KEPT = re.compile(r"(\n|\t)")


def seen(text: str, mark: Mark = named) -> str:
    """Lines and tabs as they are, what cannot be seen by its name."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(piece if piece in ("\n", "\t") else one_line(piece, mark) for piece in _KEPT.split(plain))


def pieces(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Both values in as many cells as the longer one needs."""
    for start in range(0, max(len(before), len(after), 1), LARGEST):
        yield before[start : start + LARGEST], after[start : start + LARGEST]
