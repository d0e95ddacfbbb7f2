"""How text is compared: case, accents and words, by the language a field is indexed in (section 7.4)."""

from __future__ import annotations

import re
import unicodedata

UNICODE = "Unicode"
DEFAULT = "Default"

_MARKS = re.compile("([A-Za-zÀ-ÖØ-öø-ʯͰ-Ͽ])[\u0300-\u036f]+")
_JOINERS = r".,:/'’\-"
_SEPARATORS = (
    r"\s\x00-\x1f\x7f-\x9f!@#$%\^&*()_+={}\[\]|\\;\"<>?~"
    "\u00a1\u00a7\u00ab\u00b6\u00b7\u00bb\u00bf\u05be\u05f3\u05f4\u060c\u061b\u061f\u06d4\u0964\u0965"
    "\u2000-\u2018\u201a-\u206f\u2e00-\u2e7f\u3000-\u3004\u3008-\u303f"
    "\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_LETTER_BEFORE = "(?:(?<=[^\\W\\d_])|(?<=[\u0300-\u036f]))"
_JOINED = rf"(?:{_LETTER_BEFORE}[{_JOINERS}](?=[^\W\d_])|(?<=\d)[{_JOINERS}](?=\d))"
_WORD = re.compile(rf"[^{_SEPARATORS}{_JOINERS}]+(?:{_JOINED}[^{_SEPARATORS}{_JOINERS}]+)*")
_SPACED = re.compile(r"\S+")
_SEPARATOR = re.compile(f"[{_SEPARATORS}]")
_JOINER = re.compile(f"[{_JOINERS}]")


def without_accents(text: str) -> str:
    """Text with case and the accents of Latin and Greek letters taken away."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", _MARKS.sub(r"\1", _decomposed(text)))


def with_accents(text: str) -> str:
    """Text with only its case taken away."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", _decomposed(text))


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())


def for_index(text: str, language: str) -> str:
    """The form that index tables keep: coarse enough that every comparison of the language can seek in it."""
    return text if language == UNICODE else without_accents(_width(text, language))


def for_comparing(text: str, language: str) -> str:
    """The form in which words and whole fields are compared: code points, accents kept, or accents folded."""
    if language == DEFAULT:
        return with_accents(text)
    return for_index(text, language)


def for_quoting(text: str, language: str) -> str:
    """The form in which quoted text is compared: accents count (`"òpera"` finds only òpera)."""
    return text if language == UNICODE else with_accents(_width(text, language))


def _width(text: str, language: str) -> str:
    # A Japanese index ignores the width of kana.
    return unicodedata.normalize("NFKC", text) if language == "Japanese" else text


def words(text: str, language: str) -> list[str]:
    """The words of a text that is already in a form for comparing; under Unicode punctuation belongs to words."""
    return (_SPACED if language == UNICODE else _WORD).findall(text)


def word_spans(text: str, language: str) -> list[tuple[int, int]]:
    """Where the words begin and end."""
    return [found.span() for found in (_SPACED if language == UNICODE else _WORD).finditer(text)]


def is_separator(character: str, language: str) -> bool:
    """Whether the character always ends a word."""
    return character.isspace() if language == UNICODE else _SEPARATOR.match(character) is not None


def is_joiner(character: str, language: str) -> bool:
    """Whether the character ends a word unless two letters or two digits stand around it (section 7.4 [I])."""
    return language != UNICODE and _JOINER.match(character) is not None
