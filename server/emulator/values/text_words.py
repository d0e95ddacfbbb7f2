"""How text is compared: case, accents and words, by the language a field is indexed in (section 7.4)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

UNICODE = "Unicode"
DEFAULT = "Default"

_MARKS = re.compile("(?<=[A-Za-zÀ-ÖØ-öø-ʯͰ-Ͽ])[\u0300-\u036f]+")
_LATIN = re.compile("[\x00-\u024f]*")
_JOINERS = r".,:/'’\-"
_LISTED = r"\s\x00-\x1f\x7f!@#$%\^&*()_+={}\[\]|\\;\"<>?~"
_LETTER_BEFORE = "(?:(?<=[^\\W\\d_])|(?<=[\u0300-\u036f]))"
_JOINED = rf"(?:{_LETTER_BEFORE}[{_JOINERS}](?=[^\W\d_])|(?<=\d)[{_JOINERS}](?=\d))"
_WORD = re.compile(rf"[^{_LISTED}{_JOINERS}]+(?:{_JOINED}[^{_LISTED}{_JOINERS}]+)*")
_SPACED = re.compile(r"\S+")
_IDEOGRAPH = re.compile(
    "[\u3005-\u3007\u3041-\u309f\u30a1-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff]"
)
"""A kanji or kana. Text in them has no spaces between its words."""
_SEPARATOR = re.compile(f"[{_LISTED}]")
_JOINER = re.compile(f"[{_JOINERS}]")


class _Spacing(dict[int, int]):
    """Turns each character beyond ASCII that separates words into a space. Remembers what it has looked up."""

    def __missing__(self, point: int) -> int:
        character = chr(point)
        separates = point > 0x7F and character != "’" and unicodedata.category(character)[0] in "PZ"
        self[point] = 0x20 if separates or unicodedata.category(character) == "Cc" else point
        return self[point]


_SPACING = _Spacing()


class _Folding(dict[int, str]):
    """The form of each Latin letter by itself. Text of nothing else is folded letter by letter, which is quick."""

    def __init__(self, fold: Callable[[str], str]) -> None:
        self._fold = fold

    def __missing__(self, point: int) -> str:
        self[point] = self._fold(chr(point))
        return self[point]


def without_accents(text: str) -> str:
    """Text with case and the accents of Latin and Greek letters taken away."""
    if text.isascii():
        return text.lower()
    if _LATIN.fullmatch(text):
        return text.translate(_WITHOUT_ACCENTS)
    return _without_accents(text)


def _without_accents(text: str) -> str:
    return unicodedata.normalize("NFC", _MARKS.sub("", _decomposed(text)))


def with_accents(text: str) -> str:
    """Text with only its case taken away."""
    if text.isascii():
        return text.lower()
    if _LATIN.fullmatch(text):
        return text.translate(_WITH_ACCENTS)
    return _with_accents(text)


def _with_accents(text: str) -> str:
    return unicodedata.normalize("NFC", _decomposed(text))


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())


_WITHOUT_ACCENTS = _Folding(_without_accents)
_WITH_ACCENTS = _Folding(_with_accents)


def for_index(text: str, language: str) -> str:
    """The coarsest form of a text, the first key of a sort. Its accents are the second."""
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
    """The words of a text that is already in a form for comparing; under Unicode punctuation belongs to words.

    Spaces, control characters, punctuation and the ASCII symbols that section 7.4 lists separate words; `. , : / - '`
    and the curly apostrophe do so unless two letters or two digits stand around them. Other symbols belong to words.
    """
    if language == UNICODE:
        return _SPACED.findall(text)
    return _WORD.findall(text if text.isascii() else text.translate(_SPACING))


def word_spans(text: str, language: str) -> list[tuple[int, int]]:
    """Where the words begin and end."""
    if language == UNICODE:
        return [found.span() for found in _SPACED.finditer(text)]
    return [found.span() for found in _WORD.finditer(text if text.isascii() else text.translate(_SPACING))]


def inner_starts(word: str, language: str) -> list[int]:
    """Where, besides at its beginning, a search may find its word: before and after each kanji and kana (section 7.4).

    Text in kanji and kana stands without spaces, so `中` is found in `日本橋中洲` [O]; with `=` the run has to be the whole
    word [I]. A Unicode index knows nothing of it.
    """
    if word.isascii() or language == UNICODE:
        return []
    found = {at for each in _IDEOGRAPH.finditer(word) for at in (each.start(), each.end())}
    return sorted(found - {0, len(word)})


def is_inner_start(text: str, at: int, language: str) -> bool:
    """Whether a search may find its word there, inside a run of kanji and kana."""
    if language == UNICODE:
        return False
    return any(_IDEOGRAPH.match(text, place) is not None for place in (at - 1, at))


def is_separator(character: str, language: str) -> bool:
    """Whether the character always ends a word."""
    if language == UNICODE:
        return character.isspace()
    return _SEPARATOR.match(character.translate(_SPACING)) is not None


def is_joiner(character: str, language: str) -> bool:
    """Whether the character ends a word unless two letters or two digits stand around it (section 7.4 [I])."""
    return language != UNICODE and _JOINER.match(character) is not None
