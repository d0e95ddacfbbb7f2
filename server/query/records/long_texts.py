"""Long texts of one record, within a budget: short ones whole, long ones cut, with the way to the rest."""

from __future__ import annotations

from collections.abc import Mapping

from ...dataapi.contents import Value

MOST_CHARACTERS = 24_000
"""Of all texts of a record together, about 8,000 tokens."""
FEWEST = 1_000
"""Characters that every text gets before any is cut."""


def within_budget(fields: Mapping[str, Value], offset: int = 0) -> tuple[dict[str, Value], list[str]]:
    """The fields, and where one was cut: `Notes: characters 1-24,000 of 1,600,000`. Where texts are too long together, all
    are cut to the same length. `offset` are characters to skip of each text that has so many."""
    texts = {name: value for name, value in fields.items() if isinstance(value, str)}
    most = _longest(sorted(len(_from(text, offset)) for text in texts.values()))
    shown, cut = dict(fields), list[str]()
    for name, text in texts.items():
        start = offset if len(text) > offset else 0
        piece = text[start : start + most]
        if len(piece) < len(text):
            shown[name] = piece
            cut.append(f"{name}: characters {start + 1:,}-{start + len(piece):,} of {len(text):,}")
    return shown, cut


def _from(text: str, offset: int) -> str:
    return text[offset:] if len(text) > offset else text


def _longest(lengths: list[int]) -> int:
    """The length to which all are cut so that they fit together; short ones leave their room to the long ones."""
    room = MOST_CHARACTERS
    for place, length in enumerate(lengths):
        share = room // (len(lengths) - place)
        if length > share:
            return max(share, FEWEST)
        room -= length
    return MOST_CHARACTERS
