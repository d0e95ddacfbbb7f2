"""Text from records where a person reads it as text: no line, order or colour of the screen is its own to choose."""

from __future__ import annotations

import unicodedata

DIRECTIONS = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
INVISIBLE = {0x00AD, 0x180E, 0x200B, 0x2060, 0xFEFF}


def one_line(text: str) -> str:
    """Line ends as ⏎; what would move the cursor, turn the direction or hide as �. Joiners of scripts and emoji stay."""
    return "".join(_shown(character) for character in text.replace("\r\n", "\n"))


def _shown(character: str) -> str:
    if character in "\n\r\v\x0b\x0c\x85\u2028\u2029":
        return "⏎"
    if character == "\t":
        return " "
    code = ord(character)
    hidden = unicodedata.category(character) == "Cc" or code in DIRECTIONS or code in INVISIBLE
    return "�" if hidden else character
