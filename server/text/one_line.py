"""Text from records where a person reads it as text: no line, order or colour of the screen is its own to choose.

What a reader cannot see is named between ⟨ and ⟩, so that two texts that look alike and are not can be told apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

ENDS = "\n\r\v\f\x85\u2028\u2029"
JOINERS = "\u200c\u200d"
LAST_LATIN = 0x024F
"""Up to here nothing is joined to anything: a joiner between such letters only makes two texts differ."""
SIGNS = {*range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD}
"""Format characters that are drawn (Unicode: Prepended_Concatenation_Mark)."""
BLANK = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0xFFF0, 0xFFF9)}
"""Letters, marks and symbols without a picture (Unicode: Default_Ignorable_Code_Point, and the empty braille cell)."""
SELECTORS = {*range(0x180B, 0x180E), 0x180F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
"""They choose the picture of the character before them. A second one chooses nothing and may carry a message."""
TAGS = re.compile("[\U000e0000-\U000e007f]+")

Mark = Callable[[str], str]
"""What is drawn in place of a character that cannot be seen, from its name."""


def named(name: str) -> str:
    return f"⟨{name}⟩"


def one_line(text: str, mark: Mark = named) -> str:
    """Line ends as ⏎. What would move the cursor, turn the direction or hide is named. Joiners of scripts and emoji stay."""
    parts: list[str] = []
    before = ""
    for piece in re.split(f"({TAGS.pattern})", text.replace("\r\n", "\n")):
        if TAGS.fullmatch(piece):
            parts.append(mark(_tags(piece)))
            before = ""
            continue
        for character in piece:
            parts.append(_shown(character, before, mark))
            before = character
    return "".join(parts)


def _tags(run: str) -> str:
    """Tag characters copy ASCII invisibly, so that their message can be read."""
    text = "".join(chr(ord(each) - 0xE0000) for each in run if 0xE0020 <= ord(each) < 0xE007F)
    return f"tags: {text}" if text else "tags"


def _shown(character: str, before: str, mark: Mark) -> str:
    if character in ENDS:
        return "⏎"
    if character == "\t":
        return " "
    if character.isascii():
        return character if character.isprintable() else mark(_name(character))
    return mark(_name(character)) if _is_hidden(character, before) else character


def _is_hidden(character: str, before: str) -> bool:
    code = ord(character)
    if character in JOINERS:
        return not before or ord(before) <= LAST_LATIN
    if code in SELECTORS:
        return not before or before.isspace() or ord(before) in SELECTORS
    if code in SIGNS:
        return False
    return code in BLANK or unicodedata.category(character) in ("Cc", "Cf", "Cs")


def _name(character: str) -> str:
    return unicodedata.name(character, "").lower() or f"U+{ord(character):04X}"
