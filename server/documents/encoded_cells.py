"""Where in a text file letters stand that its encoding does not explain: the row, the heading, and the bytes of the cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..errors import InputError
from .byte_runs import RUN, is_utf8
from .delimited_text import delimited

NEUTRAL = "latin-1"
"""Every byte is a character in it, so that rows and cells are found before the encoding is known."""
LONGEST = 40


@dataclass(frozen=True)
class EncodedCell:
    row: int
    heading: str
    content: bytes

    def read(self, codec: str) -> str:
        """As it would be shown; what means nothing in the encoding is a replacement sign."""
        return _around(self.content.decode(codec, "replace"))

    def read_else(self, codec: str) -> str:
        """UTF-8, and the encoding where it is none."""
        return _around(utf8_else(self.content, codec, "replace"))

    @property
    def place(self) -> str:
        return f"row {self.row}, {self.heading}"


def encoded_cells(
    name: str, content: bytes, delimiter: str | None, shows: Callable[[bytes], bool]
) -> Iterator[EncodedCell]:
    """The cells that `shows`, of bytes beyond ASCII, is true of. The encoding holds ASCII as it is."""
    headings: list[str] = []
    for number, row in enumerate(_rows(name, content.decode(NEUTRAL), delimiter), start=1):
        headings = headings or row
        for at, cell in enumerate(row):
            if not cell.isascii() and shows(raw := cell.encode(NEUTRAL)):
                heading = headings[at].encode(NEUTRAL) if at < len(headings) and number > 1 else b""
                plain = utf8_else(heading, "cp1252", "replace").strip()
                yield EncodedCell(number, repr(plain) if plain else f"column {at + 1}", raw)


def utf8_else(content: bytes, codec: str, errors: str = "strict") -> str:
    """UTF-8 as far as it is some, and the encoding for every other run of bytes. Raises UnicodeDecodeError for bytes that mean
    nothing in either."""
    parts: list[str] = []
    end = 0
    for found in RUN.finditer(content):
        parts += (content[end : found.start()].decode("ascii"), _run(found[0], codec, errors))
        end = found.end()
    return "".join((*parts, content[end:].decode("ascii")))


def _run(run: bytes, codec: str, errors: str) -> str:
    return run.decode("utf-8") if is_utf8(run) else run.decode(codec, errors)


def _rows(name: str, text: str, delimiter: str | None) -> Iterator[list[str]]:
    try:
        table = delimited(name, text, delimiter)
    except InputError:  # two delimiters fit, which is asked later
        table = None
    if table is None or not table.delimiter.isascii():  # it is of the encoding that is looked for
        return ([line] for line in text.split("\n"))
    return table.rows(name)


def _around(text: str) -> str:
    """The part of a cell that holds the first letter beyond ASCII."""
    first = next((at for at, c in enumerate(text) if ord(c) > 127), 0)
    start = 0 if len(text) <= LONGEST else max(0, first - LONGEST // 2)
    return text[start : start + LONGEST]
