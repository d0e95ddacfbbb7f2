"""Rows of a text file with delimiters: CSV of any program, tabs, and FileMaker's own exports.

FileMaker writes a return within a field as a vertical tab, and a group separator between the repetitions of a field.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ..errors import InputError

UNCHANGED = "Nothing was changed."
DELIMITERS = (",", ";", "\t", "|")
SPOKEN = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
FEWEST_COLUMNS = 3
"""Of a table whose first row is no heading: two come about by a comma in a text."""
LOOKED_AT = 200
"""Rows by which a delimiter is judged."""
RETURN, REPETITION = "\x0b", "\x1d"
FIELD_LIMIT = 10_000_000


@dataclass(frozen=True)
class DelimitedText:
    body: str
    """Without a line that says the delimiter."""
    delimiter: str
    is_guess: bool

    def rows(self, name: str) -> Iterator[list[str]]:
        """Cells as they stand, FileMaker's returns as returns. Raises InputError where quotes do not close."""
        csv.field_size_limit(FIELD_LIMIT)
        lines = io.StringIO(self.body, newline="")
        try:
            for row in csv.reader(lines, delimiter=self.delimiter, strict=True):
                yield [cell.replace(RETURN, "\n").replace("\r\n", "\n").replace("\r", "\n") for cell in row]
        except csv.Error as error:
            raise InputError(f"{name!r} is no proper CSV: {error}", advice=UNCHANGED) from error


def delimited(name: str, text: str, given: str | None = None) -> DelimitedText:
    """Raises InputError for a file that reads as a table with two delimiters: which one is asked."""
    sentence = re.match(r"sep=(.)\r?\n", text)
    if sentence:
        said = sentence[1] if given is None else _character(given)
        return DelimitedText(text[sentence.end() :], said, is_guess=False)
    if given is not None:
        return DelimitedText(text, _character(given), is_guess=False)
    if name.lower().endswith((".tab", ".tsv")):
        return DelimitedText(text, "\t", is_guess=False)
    counted = {d: _widths(text, d) for d in DELIMITERS}
    widths = {d: width for d in DELIMITERS if (width := _width(*counted[d])) > 1}
    if not widths:  # lines above the headings are of another width
        widths = {d: width for d in DELIMITERS if (width := _common(counted[d][1])) > 1}
    if not widths:
        return DelimitedText(text, ",", is_guess=False)
    best = max(widths, key=lambda d: (widths[d], -DELIMITERS.index(d)))
    rivals = [d for d in widths if d != best and widths[d] == widths[best]]
    if rivals:
        raise InputError(
            f"{name!r} reads as a table of {widths[best]} columns with {SPOKEN[best]} and with {SPOKEN[rivals[0]]}",
            advice=f'Say which: format = {{"delimiter": "{SPOKEN[best]}"}}. {UNCHANGED}',
        )
    return DelimitedText(text, best, is_guess=True)


def _widths(text: str, delimiter: str) -> tuple[int, Counter[int]]:
    """Columns of the first row, and how many rows have how many; nothing where the text is no table with the delimiter."""
    csv.field_size_limit(FIELD_LIMIT)
    try:
        rows: list[Sequence[str]] = list(
            islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), LOOKED_AT)
        )
    except csv.Error:
        return 0, Counter()
    return len(rows[0]) if rows else 0, Counter(len(row) for row in rows if row)


def _width(heading: int, widths: Counter[int]) -> float:
    """Columns of nearly every row, less where rows differ."""
    return heading * widths[heading] / widths.total() if heading > 1 else 0


def _common(widths: Counter[int]) -> float:
    """The same by the width that most rows have, where it is that of a table."""
    width, times = next(iter(widths.most_common(1)), (0, 0))
    return width * times / widths.total() if width >= FEWEST_COLUMNS else 0


def _character(given: str) -> str:
    named = {word: character for character, word in SPOKEN.items()}
    character = named.get(given.strip().lower(), given)
    if len(character) != 1 or character in '\r\n"':
        raise InputError(
            f"{given[:40]!r} is no delimiter", advice=f"Such as comma, semicolon, tab or pipe. {UNCHANGED}"
        )
    return character
