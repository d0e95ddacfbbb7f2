"""The first letter of a sentence that becomes part of another one."""

from __future__ import annotations

import re

_FIRST_WORD = re.compile(r"[^\W\d_]+")


def lowered_first(sentence: str) -> str:
    """`Reading it failed` -> `reading it failed`. A first word that is a name or an abbreviation keeps its capital letters:
    `FileMaker lacks data`, `TLS ended`, `I/O`."""
    word = _FIRST_WORD.match(sentence)
    if word is None or word[0] != word[0].capitalize() or word[0] in _NAMES:
        return sentence
    return sentence[0].lower() + sentence[1:]


_NAMES = frozenset(
    {"I", "Claris", "Amazon", "Cognito", "Excel", "Windows", "Linux", "Google", "Microsoft", "Apple"}
)
