"""Words that mean something of their own where the Data API otherwise expects a name. The only list of them: no name of a field, portal,
layout or script may act as one."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import Changed, InputError
from ..text.near_names import folded

FIND = frozenset({"omit"})
"""Beside the fields of a find request (section 7.1)."""
FIELD_DATA = frozenset({"deleterelated"})
"""Beside the fields of a record that is written (section 6.2)."""
ROW = frozenset({"recordid", "modid", "deleterelated"})
"""Beside the fields of a portal row that is written (section 6.2)."""
DOTS = (".", "..")
"""Steps of an address, not names in one."""


def is_find_word(name: str) -> bool:
    """Whether a criterion on the field would be read as a word. Whether capitals matter there is not documented."""
    return folded(name) in FIND


def is_write_word(name: str) -> bool:
    return folded(name) in FIELD_DATA


def check_names(names: Iterable[str], words: frozenset[str]) -> None:
    """Raises InputError for a name that would be read as a word; nothing was sent."""
    for name in names:
        if folded(name) in words:
            raise InputError(
                f"{name!r} is a word of the Data API, so a field of that name cannot stand there",
                advice="Nothing was sent. A developer can rename the field.",
            )


def check_segments(path: Iterable[str]) -> None:
    """Raises InputError for a name that would be read as a step of the address."""
    for segment in path:
        if segment in DOTS:
            error = InputError(
                f"The Data API cannot reach anything called {segment!r}: in an address that is a step and not a name",
                advice="A developer can rename it in FileMaker.",
            )
            error.changed = Changed.NOTHING
            raise error
