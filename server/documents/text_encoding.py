"""In which encoding a text file was written: said by its first bytes, proven by UTF-8, or guessed and said to be a guess."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ..errors import InputError
from .byte_runs import FREQUENT, ByteRuns
from .encoded_cells import EncodedCell, utf8_else
from .encoding_question import EncodingQuestion
from .encodings import ELSE, codec_called, spoken
from .wide_text import wide_codec

UNCHANGED = "Nothing was changed."
WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SURE, UNLIKELY = 0.95, 0.75
TRACE = 0.05
"""What part of the letters is UTF-8 in a file of two encodings, where the other one is none of those that are known here."""
FEW = 8
"""Places by which no detector can tell an encoding."""
TOLD = 3
"""Cells that a plan shows."""


@dataclass(frozen=True)
class DecodedText:
    text: str
    encoding: str
    """As people say it: UTF-8, Windows-1252."""
    is_guess: bool = False
    foreign: int = 0
    """Places of a file of two encodings that are no UTF-8."""
    shown: Sequence[EncodedCell] = ()
    """The first of them."""

    def facts(self) -> dict[str, Any]:
        """`foreign`: how many, and the first with their rows."""
        if not self.foreign:
            return {}
        codec = codec_called(self.encoding[len(ELSE) :])
        return {
            "foreign": {"count": self.foreign, "first": [[c.row, c.read_else(codec)] for c in self.shown]}
        }


def decoded(name: str, content: bytes, given: str | None = None, delimiter: str | None = None) -> DecodedText:
    """Raises InputError for bytes that are no text, for text of several encodings, and for text that reads well in two: which one
    is asked, with the row and the cell where it shows."""
    if given is not None and given.casefold().startswith(ELSE.casefold()):
        return _of_two(name, content, codec_called(given[len(ELSE) :]), delimiter)
    if given is not None:
        return DecodedText(_text(name, content, codec_called(given), delimiter), given)
    if content.startswith(WIDE_MARKS):
        return DecodedText(_text(name, content, "utf-16", delimiter), spoken("utf-16"))
    if codec := wide_codec(content):
        return DecodedText(_text(name, content, codec, delimiter), spoken(codec), is_guess=True)
    if b"\x00" in content:
        raise InputError(f"{name!r} is no text file", advice=UNCHANGED)
    try:
        return DecodedText(content.decode("utf-8-sig"), spoken("utf-8"))
    except UnicodeDecodeError:
        return _guessed(name, content, delimiter)


def _guessed(name: str, content: bytes, delimiter: str | None) -> DecodedText:
    """One of the encodings of one byte, by the characters that it would make; else what the detector says."""
    body = content.removeprefix(codecs.BOM_UTF8)
    runs = ByteRuns.of(body)
    utf8, others = runs.split()
    scores = {codec: others.share(codec) for codec in FREQUENT}
    best = max(scores, key=scores.__getitem__)
    rivals = [c for c in scores if scores[c] > UNLIKELY and not others.reads_alike(c, best)]
    question = EncodingQuestion(name, body, delimiter)
    is_known = scores[best] >= SURE
    if body != content or is_of_several(runs, utf8, is_known=is_known):
        raise question.of_several(utf8, others, [best, *rivals])
    if is_known and rivals:
        raise question.of_either(runs, [best, *rivals])
    if is_known:
        return DecodedText(body.decode(best), spoken(best), is_guess=True)
    from charset_normalizer import from_bytes

    found = from_bytes(content).best()
    if found is None or len(runs) < FEW:
        raise question.untold(runs, found.encoding if found else None)
    return DecodedText(str(found), spoken(found.encoding), is_guess=True)


def is_of_several(runs: ByteRuns, utf8: ByteRuns, *, is_known: bool) -> bool:
    """Whether a text holds enough UTF-8 among what is none. `is_known`: what is none reads well in one of the encodings here."""
    return bool(len(utf8)) and (is_known or len(utf8) >= TRACE * len(runs))


def _of_two(name: str, content: bytes, codec: str, delimiter: str | None) -> DecodedText:
    """UTF-8, and what is none in another encoding, as the caller says."""
    body = content.removeprefix(codecs.BOM_UTF8)
    question, others = EncodingQuestion(name, body, delimiter), ByteRuns.of(body).split()[1]
    try:
        text = utf8_else(body, codec)
    except (UnicodeError, LookupError):
        raise question.meaningless(codec, others) from None
    shown = tuple(islice(question.cells(others), TOLD)) if len(others) else ()
    return DecodedText(text, f"{ELSE}{spoken(codec)}", foreign=len(others), shown=shown)


def _text(name: str, content: bytes, codec: str, delimiter: str | None) -> str:
    try:
        return content.decode(codec)
    except (UnicodeError, LookupError):
        body = content.removeprefix(codecs.BOM_UTF8)
        runs, question = ByteRuns.of(body), EncodingQuestion(name, body, delimiter)
        if codec != "utf-8-sig":
            raise question.meaningless(codec, runs) from None
        utf8, others = runs.split()
        raise question.of_several(utf8, others, [max(FREQUENT, key=others.share)]) from None
