"""The characters of a criterion, and the operators among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Test = Callable[[str], bool]
"""Whether one value meets a criterion."""


class Refused(Exception):
    """The criterion is an error with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass(frozen=True)
class Char:
    """A character of the criterion: an `op` may be an operator, a `lit` was escaped, a `quo` stands in quotes."""

    text: str
    kind: str
    quote: int = 0


ANY, ONE, DIGIT = object(), object(), object()
WILD = {"*": ANY, "@": ONE, "#": DIGIT}


def read(criterion: str) -> list[Char]:
    """Backslashes and quotes resolved; a quotation is opened by an empty `quo`, so that an empty one still counts."""
    chars: list[Char] = []
    quote, number, at = False, 0, 0
    text = criterion.replace("\r\n", "\r").replace("\n", "\r")
    while at < len(text):
        if text[at] == "\\":
            at += 1
            if at < len(text):
                chars.append(Char(text[at], "quo" if quote else "lit", number if quote else 0))
        elif text[at] == '"':
            quote = not quote
            if quote:
                number += 1
                chars.append(Char("", "quo", number))
        else:
            chars.append(Char(text[at], "quo" if quote else "op", number if quote else 0))
        at += 1
    return chars


def trim(chars: list[Char], equals: bool = False) -> list[Char]:
    def drop(char: Char, first: bool) -> bool:
        return char.kind == "op" and (char.text.isspace() or (equals and first and char.text == "="))

    while chars and drop(chars[0], True):
        chars = chars[1:]
    while chars and drop(chars[-1], False):
        chars = chars[:-1]
    return chars


def written(chars: list[Char]) -> str:
    return "".join(char.text for char in chars)


def operators(chars: list[Char]) -> str:
    """The criterion with everything that is not an operator hidden, so that operators can be looked for."""
    return "".join(char.text if char.kind == "op" else "\0" for char in chars)


def comparison(chars: list[Char]) -> tuple[str, list[Char]] | None:
    seen = operators(chars)
    for sign, meaning in (("<=", "<="), (">=", ">="), ("≤", "<="), ("≥", ">="), ("<", "<"), (">", ">")):
        if seen.startswith(sign):
            return meaning, trim(chars[len(sign) :], equals=True)
    return None


def range_of(chars: list[Char]) -> tuple[list[Char], list[Char]] | None:
    seen, depth = operators(chars), 0
    for at in range(len(seen)):
        depth += {"{": 1, "}": -1}.get(seen[at], 0)
        for sign in ("...", "..", "…"):
            if depth <= 0 and seen.startswith(sign, at):
                return trim(chars[:at], equals=True), trim(chars[at + len(sign) :], equals=True)
    return None


def glob(pattern: Sequence[object], text: str) -> set[int]:
    """Every length of text, from its start, that the pattern can cover."""
    ends = {0}
    for piece in pattern:
        if piece is ANY:
            ends = {end for first in ends for end in range(first, len(text) + 1)}
        elif piece is ONE:
            ends = {end + 1 for end in ends if end < len(text)}
        elif piece is DIGIT:
            ends = {end + 1 for end in ends if text[end : end + 1] in tuple("0123456789")}
        else:
            ends = {end + len(str(piece)) for end in ends if text.startswith(str(piece), end)}
    return ends
