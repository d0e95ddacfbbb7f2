"""Runs of bytes beyond ASCII in a text, with the letters beside them: which encoding could have written them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass

WESTERN = "àáâãäåæçèéêëìíîïñòóôõöøùúûüÿœßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŒ€§°£©®…–—‘’“”„«»¿¡•½²³µ\xa0"
CENTRAL = "ąćęłńóśźżáčďéěíňřšťúůýžőűäöüßăâîșțĄĆĘŁŃÓŚŹŻÁČĎÉĚÍŇŘŠŤÚŮÝŽŐŰÄÖÜ€§–—„”"
FREQUENT = {"cp1252": frozenset(WESTERN), "mac_roman": frozenset(WESTERN), "cp1250": frozenset(CENTRAL)}
"""Characters beyond ASCII that people write in the languages of an encoding. Under a wrong one they turn into rare signs."""
RUN = re.compile(rb"[\x80-\xff]+")
_PLACE = re.compile(rb"([\x00-\x7f]?)([\x80-\xff]+)(?=([\x00-\x7f]?))")
_WRITTEN = (
    (0xA0, 0x17F),
    (0x218, 0x21B),
    (0x2010, 0x206F),
    (0x20A0, 0x20BF),
    (0x2100, 0x22FF),
    (0x2460, 0x27BF),
    (0xFEFF, 0xFEFF),
    (0x1F000, 0x1FAFF),
)
"""Characters that people write one by one among Latin letters: letters of Europe, signs, pictures."""
JOINING = frozenset("’‘–—…·\xa0")
"""Signs that stand between two letters."""
TECHNICAL = frozenset("ΑΒΓΔΘΛΠΣΦΨΩαβγδελμπρστφω")


@dataclass(frozen=True)
class ByteRuns:
    """How often each run stands there, with the ASCII letter on either side."""

    counts: Counter[tuple[bytes, bytes, bytes]]

    @classmethod
    def of(cls, content: bytes) -> ByteRuns:
        return cls(Counter((found[1], found[2], found[3]) for found in _PLACE.finditer(content)))

    def __len__(self) -> int:
        return self.counts.total()

    def split(self) -> tuple[ByteRuns, ByteRuns]:
        """Those that were written as UTF-8, and the others."""
        parts: tuple[Counter[tuple[bytes, bytes, bytes]], ...] = (Counter(), Counter())
        for place, count in self.counts.items():
            parts[0 if is_utf8(place[1]) else 1][place] = count
        return ByteRuns(parts[0]), ByteRuns(parts[1])

    @property
    def different(self) -> frozenset[bytes]:
        return frozenset(run for _, run, _ in self.counts)

    def share(self, codec: str) -> float:
        """How many characters are usual in the encoding. 0 where a byte means nothing in it."""
        usual = every = 0
        for (before, run, after), count in self.counts.items():
            text = _or_none(run, codec)
            if text is None:
                return 0.0
            usual += count * _usual(text, before.decode(), after.decode(), FREQUENT[codec])
            every += count * len(text)
        return usual / every if every else 0.0

    def reads_alike(self, one: str, other: str) -> bool:
        return all(run.decode(one) == run.decode(other) for run in self.different)


def is_utf8(run: bytes) -> bool:
    """Bytes that are UTF-8 by chance read well in an encoding of one byte and make a rare sign in UTF-8, such as an umlaut and a
    quotation mark behind it."""
    text = _or_none(run, "utf-8")
    if text is None:
        return False
    if is_written(text):
        return True
    readings = ((_or_none(run, codec), frequent) for codec, frequent in FREQUENT.items())
    return not any(each and _usual(each, "", "", frequent) == len(each) for each, frequent in readings)


def is_written(text: str) -> bool:
    """Whether people write such characters: those of Latin text, or a word in letters of another script."""
    if all(c in TECHNICAL or any(first <= ord(c) <= last for first, last in _WRITTEN) for c in text):
        return True
    return (
        len(text) > 1
        and text.isalpha()
        and len({unicodedata.name(c, "").partition(" ")[0] for c in text}) == 1
    )


def _usual(text: str, before: str, after: str, frequent: Container[str]) -> int:
    """How many characters are usual, and are neither a capital nor a sign within a word."""
    near = zip((before or " ") + text[:-1], text, text[1:] + (after or " "), strict=True)
    return sum(c in frequent and not _is_misplaced(left, c, right) for left, c, right in near)


def _is_misplaced(left: str, c: str, right: str) -> bool:
    if c.isupper():
        return left.islower() or (left.isupper() and right.islower())
    return not c.isalpha() and c not in JOINING and left.isalpha() and right.isalpha()


def _or_none(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        return None
