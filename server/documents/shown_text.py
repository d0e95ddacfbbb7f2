"""A text file that is shown: its encoding found as for a sheet, and told where it is a guess. Nothing is asked, since nothing is
written."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from .byte_runs import FREQUENT, RUN, ByteRuns, is_utf8
from .encoded_cells import utf8_else
from .encodings import ELSE, spoken
from .text_encoding import SURE, WIDE_MARKS, is_of_several


@dataclass(frozen=True)
class ShownText:
    text: str
    guess: str = ""
    """In which encoding it was read, and where it is none of the one that the rest is in. Empty where it is certain."""


def shown_text(content: bytes) -> ShownText:
    """What means nothing in the encoding is a replacement sign."""
    if content.startswith(WIDE_MARKS):
        return ShownText(content.decode("utf-16", "replace"))
    try:
        return ShownText(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return _guessed(content.removeprefix(codecs.BOM_UTF8), is_marked=content.startswith(codecs.BOM_UTF8))


def _guessed(body: bytes, *, is_marked: bool) -> ShownText:
    runs = ByteRuns.of(body)
    utf8, others = runs.split()
    codec = max(FREQUENT, key=others.share)
    if not is_marked and not is_of_several(runs, utf8, is_known=others.share(codec) >= SURE):
        return ShownText(body.decode(codec, "replace"), spoken(codec))
    first = next(found.start() for found in RUN.finditer(body) if not is_utf8(found[0]))
    places = "1 place is" if len(others) == 1 else f"{len(others):,} places are"
    line = body.count(b"\n", 0, first) + 1
    where = f"{places} no UTF-8, the first in line {line}"
    return ShownText(utf8_else(body, codec, "replace"), f"{ELSE}{spoken(codec)}: {where}")
