"""UTF-16 without a mark at its beginning, in any language: what parts rows and cells has a zero on one side."""

from __future__ import annotations

import unicodedata

LOOKED_AT = 65_536
PARTING = '\n\r\t,;|"'
NARROW = bytes((*range(32, 127), *b"\t\n\r"))
MOST_NARROW = 0.9
"""Of the bytes that are no zeros. More of them are a text of one byte a character, with zeros where none should be."""
FEWEST_ZEROS = 0.25


def wide_codec(content: bytes) -> str:
    """`utf-16-le`, `utf-16-be`, or nothing for bytes that are no such text."""
    head = content[:LOOKED_AT]
    zeros = head.count(0)
    narrow = len(head) - len(head.translate(None, NARROW))
    if not zeros or (zeros < FEWEST_ZEROS * len(head) and narrow > MOST_NARROW * (len(head) - zeros)):
        return ""
    parting: dict[str, int] = {}
    for codec in ("utf-16-le", "utf-16-be"):
        text = head.decode(codec, "replace")[:-1]  # its end may be half a character
        if all(map(_is_text, set(text))):
            parting[codec] = sum(map(text.count, PARTING))
    best = max(parting, key=parting.__getitem__, default="")
    return best if best and parting[best] > 0 else ""


def _is_text(c: str) -> bool:
    return c in "\t\n\r\x0b\x0c\x1d" or unicodedata.category(c) not in ("Cc", "Cn", "Co", "Cs")
