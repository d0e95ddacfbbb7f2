"""Words, case and accents (section 7.4)."""

from __future__ import annotations

import unicodedata


def fold(text: str, language: str, accents: bool) -> str:
    """Case goes, and where accents do not count those on Latin and Greek letters go too; Unicode keeps everything."""
    if language == "Unicode":
        return text
    if language == "Japanese":
        text = unicodedata.normalize("NFKC", text)
    folded = ""
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
    for char in text:
        latin_or_greek = False
        for before in reversed(folded):
            if not "\u0300" <= before <= "\u036f":
                latin_or_greek = before.isalpha() and (before < "\u02b0" or "\u0370" <= before <= "\u03ff")
                break
        if accents or not (latin_or_greek and "\u0300" <= char <= "\u036f"):
            folded += char
    return unicodedata.normalize("NFC", folded)


def compared(text: str, language: str) -> str:
    return fold(text, language, accents=language == "Default")


LISTED = '!@#$%^&*()_+={}[]|\\;"<>?~'
JOINERS = ".,:/-'’"


def separates(text: str, at: int, language: str) -> bool:
    """Whether the character there is not part of a word."""
    char = text[at]
    if language == "Unicode" or char.isspace():
        return char.isspace()
    if char in JOINERS:
        return not (0 < at < len(text) - 1 and sides(text[at - 1], before=True) & sides(text[at + 1]))
    return char in LISTED or unicodedata.category(char)[0] in "PZ" or unicodedata.category(char) == "Cc"


def sides(char: str, before: bool = False) -> set[str]:
    if char.isdecimal():
        return {"digit"}
    return {"letter"} if char.isalnum() or (before and "\u0300" <= char <= "\u036f") else set()


def words_of(text: str, language: str) -> list[str]:
    shown = "".join(" " if separates(text, at, language) else char for at, char in enumerate(text))
    return [text[start:end] for start, end in word_places(shown)]


def word_places(shown: str) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    start = None
    for at, char in enumerate(shown + " "):
        if char != " " and start is None:
            start = at
        elif char == " " and start is not None:
            places.append((start, at))
            start = None
    return places


def beginnings(word: str, language: str) -> list[int]:
    """Kanji and kana stand without spaces: a search may begin before and after each of them (section 7.4)."""
    if language == "Unicode":
        return [0]
    return [at for at in range(len(word)) if at == 0 or written_without_spaces(word[at - 1 : at + 1])]


def written_without_spaces(chars: str) -> bool:
    blocks = ("CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH", "HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA")
    others = "\u3005\u3006\u3007"  # iteration mark, closing mark, zero
    return any(char in others or unicodedata.name(char, "").startswith(blocks) for char in chars)


def inside_words(text: str, language: str) -> set[int]:
    shown = "".join(" " if separates(text, at, language) else "x" for at in range(len(text)))
    return {at for start, end in word_places(shown) for at in range(start + 1, end)}
