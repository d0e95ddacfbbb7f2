"""In which encoding a text file was written: said by its first bytes, proven by UTF-8, or guessed and said to be a guess."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from ..errors import InputError

UNCHANGED = "Nothing was changed."
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SPOKEN = {
    "utf-8-sig": "UTF-8",
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "mac_roman": "Mac Roman",
}
WESTERN = "àáâãäåæçèéêëìíîïñòóôõöøùúûüÿœßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŒ€§°£©®…–—‘’“”„«»¿¡•½²³µ\xa0"
CENTRAL = "ąćęłńóśźżáčďéěíňřšťúůýžőűäöüßăâîșțĄĆĘŁŃÓŚŹŻÁČĎÉĚÍŇŘŠŤÚŮÝŽŐŰÄÖÜ€§–—„”"
FREQUENT = {"cp1252": frozenset(WESTERN), "mac_roman": frozenset(WESTERN), "cp1250": frozenset(CENTRAL)}
"""Characters beyond ASCII that people write in the languages of an encoding. Under a wrong one they turn into rare signs."""
SURE, UNLIKELY = 0.95, 0.75


@dataclass(frozen=True)
class DecodedText:
    text: str
    encoding: str
    """As people say it: UTF-8, Windows-1252."""
    is_guess: bool = False


def decoded(name: str, content: bytes, given: str | None = None) -> DecodedText:
    """Raises InputError for bytes that are no text, and for text that reads well in two encodings: which one is asked."""
    if given is not None:
        return DecodedText(_text(name, content, _codec(given)), given)
    for mark, codec in MARKS:
        if content.startswith(mark):
            return DecodedText(_text(name, content, codec), SPOKEN[codec])
    if codec := _utf16(content):
        return DecodedText(_text(name, content, codec), SPOKEN[codec], is_guess=True)
    if b"\x00" in content:
        raise InputError(f"{name!r} is no text file", advice=UNCHANGED)
    try:
        return DecodedText(content.decode("utf-8"), "UTF-8")
    except UnicodeDecodeError:
        return _guessed(name, content)


def _guessed(name: str, content: bytes) -> DecodedText:
    """One of the encodings of one byte, by the characters that it would make; else what the detector says."""
    read = {codec: text for codec in FREQUENT if (text := _or_none(content, codec)) is not None}
    scores = {codec: _share(text, FREQUENT[codec]) for codec, text in read.items()}
    best = max(scores, key=scores.__getitem__, default="")
    if best and scores[best] >= SURE:
        rivals = [c for c in scores if scores[c] > UNLIKELY and read[c] != read[best]]
        if rivals:
            raise _question(name, read, [best, *rivals])
        return DecodedText(read[best], SPOKEN[best], is_guess=True)
    from charset_normalizer import from_bytes

    found = from_bytes(content).best()
    if found is None:
        raise InputError(
            f"The encoding of {name!r} cannot be told",
            advice=f'Save it as CSV in UTF-8, or say it: format = {{"encoding": "..."}}. {UNCHANGED}',
        )
    return DecodedText(str(found), SPOKEN.get(found.encoding, found.encoding), is_guess=True)


def _question(name: str, read: dict[str, str], codecs_: list[str]) -> InputError:
    shown = " or ".join(f"{_example(read[codec])!r} ({SPOKEN[codec]})" for codec in codecs_)
    return InputError(
        f"{name!r} reads well in two encodings: {shown}",
        advice=f'Say which: format = {{"encoding": "{SPOKEN[codecs_[0]]}"}}. {UNCHANGED}',
    )


def _example(text: str) -> str:
    """The first word that has something beyond ASCII."""
    return next((word[:30] for word in text.split() if not word.isascii()), "")


def _share(text: str, frequent: frozenset[str]) -> float:
    """How many of the characters beyond ASCII are usual, and are no capital within a word of small letters."""
    pairs = [(before, c) for before, c in zip(" " + text, text, strict=False) if ord(c) > 127]
    usual = sum(c in frequent and not (c.isupper() and before.islower()) for before, c in pairs)
    return usual / len(pairs) if pairs else 0.0


def _utf16(content: bytes) -> str:
    """UTF-16 without a mark has a zero beside nearly every letter."""
    head = content[:4096]
    if len(head) < 4 or len(content) % 2:
        return ""
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * 0.4 and even < half * 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.4 and odd < half * 0.05 else ""


def _codec(given: str) -> str:
    named = {spoken.casefold(): codec for codec, spoken in SPOKEN.items()} | {"utf-8": "utf-8-sig"}
    codec = named.get(given.casefold(), given)
    try:
        return codecs.lookup(codec).name
    except (LookupError, ValueError):
        raise InputError(
            f"There is no encoding {given[:40]!r}",
            advice=f"Such as UTF-8, Windows-1252 or Mac Roman. {UNCHANGED}",
        ) from None


def _text(name: str, content: bytes, codec: str) -> str:
    try:
        return content.decode(codec)
    except (UnicodeDecodeError, LookupError):
        raise InputError(
            f"{name!r} is not {SPOKEN.get(codec, codec)} text", advice=f"Say another encoding. {UNCHANGED}"
        ) from None


def _or_none(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        return None
