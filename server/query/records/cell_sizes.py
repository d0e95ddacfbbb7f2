"""How many characters cells take in an answer."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import cast

TEXT = frozenset([str])


def size_of(cells: Sequence[object]) -> int:
    """Characters of the cells in an answer, near enough: JSON's escapes are not counted."""
    kinds = frozenset(map(type, cells))
    if list in kinds:
        return sum(
            size_of(cast("list[object]", cell)) if isinstance(cell, list) else size_of((cell,))
            for cell in cells
        )
    return sum(sizes_of(cells))


def whole_size(column: Sequence[object]) -> int:
    """The sum of `sizes_of`, which is quicker to be had."""
    kinds = frozenset(map(type, column))
    written = "".join(cast("Sequence[str]", column) if kinds == TEXT else map(str, column))
    if Decimal in kinds and "E" in written:
        return sum(sizes_of(column))
    return len(written) + 3 * len(column)


def sizes_of(cells: Sequence[object]) -> list[int]:
    """Of each cell that is no list."""
    kinds = frozenset(map(type, cells))
    if kinds == TEXT:
        return [len(text) + 3 for text in cast("Sequence[str]", cells)]
    texts = map(str, cells)
    if Decimal in kinds:  # 1E+400 is written with all its digits
        texts = (
            format(cell, "f") if "E" in text and type(cell) is Decimal else text
            for cell, text in zip(cells, texts, strict=True)
        )
    return [len(text) + 3 for text in texts]
