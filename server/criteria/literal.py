"""Text that FileMaker's find must take as it is: every operator escaped (section 7.3)."""

from __future__ import annotations

import re
from decimal import Decimal

CHARACTERS = '@*#?!=<>≤≥≠"“”„~\\…{}'
RUNS = re.compile(r"\.{2,}|/{2,}")
OPERATORS = re.compile(f"[{re.escape(CHARACTERS)}]|{RUNS.pattern}")
"""Characters and sequences that act in a find; a single point or slash does not."""
ESCAPES = str.maketrans({character: f"\\{character}" for character in CHARACTERS})

LINE_END = "\n"
ONE_CHARACTER = "@"


def escaped(text: str) -> str:
    """`text` with each operator character behind a backslash.

    A find criterion has no way to hold a line end; `@`, one character, stands in its place, and who needs to know
    which character it was has to look at the record (`residual.Lines`).
    """
    if text.isspace():  # a criterion of nothing but spaces would be taken for none
        return "".join(c if c == LINE_END else f"\\{c}" for c in text).replace(LINE_END, ONE_CHARACTER)
    quoted = RUNS.sub(lambda found: "".join(f"\\{c}" for c in found.group()), text.translate(ESCAPES))
    return quoted.replace(LINE_END, ONE_CHARACTER)


def number_text(number: Decimal) -> str:
    """All digits, no exponent, no needless zeros: `500`, never `5E+2`."""
    plain = format(number, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("", "-0") else plain
