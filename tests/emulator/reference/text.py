"""Text: words, phrases, whole fields and ranges of words."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from .chars import WILD, Char, Refused, Test, comparison, glob, operators, range_of, trim, written
from .words import JOINERS, beginnings, compared, fold, inside_words, separates, sides, words_of

Wanted = tuple[str, list[object] | str, bool]
"""`word`, `run`, `phrase` or `anywhere`; a pattern or a text; whether it must end where a word ends."""

HOLDS: dict[str, Callable[[str, str], bool]] = {
    "<": lambda word, bound: word < bound,
    "<=": lambda word, bound: word <= bound,
    ">": lambda word, bound: word > bound,
    ">=": lambda word, bound: word >= bound,
}


def pattern_of(chars: list[Char], language: str) -> list[object]:
    pattern: list[object] = []
    literal = ""
    for char in [*chars, Char("*", "op")]:
        if char.kind == "op" and char.text in WILD:
            if literal:
                pattern.append(compared(literal, language))
            literal = ""
            pattern.append(WILD[char.text])
        else:
            literal += char.text
    return pattern[:-1]


def text_test(chars: list[Char], language: str, by_line: bool):
    leading = chars
    while leading and leading[0].kind == "op" and leading[0].text.isspace():
        leading = leading[1:]
    if operators(leading).startswith("=="):
        pattern = pattern_of(leading[2:], language)

        def whole(value: str) -> bool:
            parts = [value, *(value.split("\r") if by_line else [])]
            return any(
                len(text) in glob(pattern, text) for part in parts for text in [compared(part, language)]
            )

        return whole
    chars = trim(chars)
    if (found := comparison(chars)) is not None:
        sign, bound = found[0], text_bound(found[1], language)
        return some_word(lambda word: HOLDS[sign](word, bound), language)
    if (both := range_of(chars)) is not None:
        low, high = text_bound(both[0], language), text_bound(both[1], language)
        return some_word(lambda word: low <= word <= high, language)
    wanted = terms(chars, language)
    # Nothing but separators finds nothing; with a `*` among them, whatever is not empty.
    star = "*" in operators(chars)
    return partial(all_met, wanted, language) if wanted else partial(not_empty, star)


def some_word(test: Test, language: str) -> Test:
    return lambda value: any(test(word) for word in words_of(compared(value, language), language))


def all_met(wanted: list[Wanted], language: str, value: str) -> bool:
    return all(term_met(*term, value, language) for term in wanted)


def not_empty(star: bool, value: str) -> bool:
    return star and value != ""


def text_bound(chars: list[Char], language: str) -> str:
    bound = compared("".join(c.text for c in chars if c.kind != "op" or c.text not in WILD), language).strip()
    if not bound:
        raise Refused(508)
    return bound


def terms(chars: list[Char], language: str) -> list[Wanted]:
    found: list[Wanted] = []
    chunk: list[Char] = []
    whole = False

    def close() -> None:
        nonlocal chunk, whole
        if any(char.kind != "op" or char.text != "*" for char in chunk):
            # An escaped separator makes the chunk a run of text that may cross words.
            run = any(char.kind == "lit" and is_separator(char.text, language) for char in chunk)
            found.append(("run" if run else "word", pattern_of(chunk, language), whole))
        chunk, whole = [], False

    at = 0
    while at < len(chars):
        char = chars[at]
        if char.kind == "quo":
            same = [other for other in chars if other.quote == char.quote]
            star = bool(chunk) and chunk[-1] == Char("*", "op")
            was_whole = whole
            close()
            phrase = fold(written(same), language, accents=True)
            if phrase:
                found.append(("anywhere" if star else "phrase", phrase, was_whole))
            at += len(same)
            continue
        if char.kind == "lit" or char.text in WILD or not splits(chars, chunk, at, language):
            chunk.append(char)
        else:
            close()
            whole = char.text == "="
        at += 1
    close()
    return found


def is_separator(char: str, language: str) -> bool:
    return separates(char, 0, language)


def splits(chars: list[Char], chunk: list[Char], at: int, language: str) -> bool:
    """Words of the criterion end where words of text would, wildcards counting as letters and digits at once."""
    char = chars[at].text
    if char == "=" and not chunk:
        return True
    if language != "Unicode" and char in JOINERS:
        if not chunk or at + 1 == len(chars):
            return True
        kinds = [
            ({"digit"} if side.text == "#" else {"digit", "letter"})
            if side.kind == "op" and side.text in WILD
            else sides(side.text, before=True)
            for side in (chunk[-1], chars[at + 1])
            if side.kind != "quo"
        ]
        return len(kinds) < 2 or not kinds[0] & kinds[1]
    return is_separator(char, language)


def term_met(form: str, wanted: list[object] | str, whole: bool, value: str, language: str) -> bool:
    text = compared(value, language)
    if form == "word":
        return any(
            (at == 0 and len(word) in ends) if whole else ends
            for word in words_of(text, language)
            for at in beginnings(word, language)
            for ends in [glob(list(wanted), word[at:])]
        )
    pattern = [wanted] if isinstance(wanted, str) else wanted
    if form in ("phrase", "anywhere"):
        text = fold(value, language, accents=True)
    inside = inside_words(text, language)
    for start in range(len(text)):
        if (
            start in inside
            and form != "anywhere"
            and beginnings(text[start - 1 : start + 1], language) == [0]
        ):
            continue
        ends = {start + length for length in glob(pattern, text[start:])}
        if any(not whole or end not in inside for end in ends):
            return True
    return False
