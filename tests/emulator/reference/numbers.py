"""Numbers (section 7.5)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial

from .chars import ANY, WILD, Char, Refused, Test, comparison, glob, operators, range_of, trim, written


def number_of(text: str) -> Fraction | None:
    """Digits count, the first point counts, a minus before the first digit counts; letters and the rest do not."""
    kept, point = "", False
    for char in text:
        if char in "0123456789":
            kept += char
        elif char == "." and not point:
            kept += char
            point = True
        elif char == "-" and not kept.strip("."):
            kept = "-" + kept if not kept.startswith("-") else kept
    if not any(char in "0123456789" for char in kept):
        return None
    return Fraction(kept + "0" if kept.endswith(".") else kept)


def number_test(chars: list[Char]):
    if (found := comparison(chars)) is not None:
        sign, rest = found
        return amounts(number_of, sign, number_bound(rest))
    if (both := range_of(chars)) is not None:
        return between(number_of, number_bound(both[0]), number_bound(both[1]))
    chars = trim(chars, equals=True)
    if any(char.kind == "op" and char.text in WILD for char in chars):
        pattern = [
            WILD[c.text] if c.kind == "op" and c.text in WILD else c.text
            for c in chars
            if (c.kind == "op" and c.text in WILD) or (c.text and c.text in "0123456789.-")
        ]
        if all(piece in (ANY, ".", "-") for piece in pattern):
            raise Refused(508)
        return partial(decimal_met, pattern)
    return partial(equals, number_bound(chars))


def equals(wanted: Fraction, value: str) -> bool:
    return number_of(value) == wanted


def decimal_met(pattern: list[object], value: str) -> bool:
    number = number_of(value)
    return number is not None and len(decimal(number)) in glob(pattern, decimal(number))


def amounts(meaning: Callable[[str], Fraction | None], sign: str, bound: Fraction) -> Test:
    """A comparison of what values mean; a value that means nothing compares with nothing."""

    def test(value: str) -> bool:
        amount = meaning(value)
        if amount is None:
            return False
        return {"<": amount < bound, "<=": amount <= bound, ">": amount > bound, ">=": amount >= bound}[sign]

    return test


def between(meaning: Callable[[str], Fraction | None], low: Fraction, high: Fraction) -> Test:
    return lambda value: amounts(meaning, ">=", low)(value) and amounts(meaning, "<=", high)(value)


def number_bound(chars: list[Char]) -> Fraction:
    number = number_of(written(chars))
    if number is None or ".." in written(chars) or any(sign in operators(chars) for sign in "<>≤≥=!?{}…"):
        raise Refused(508)
    return number


def decimal(number: Fraction) -> str:
    """Decimal digits without needless zeros; stored numbers always end."""
    sign, size = ("-", -number) if number < 0 else ("", number)
    text, rest = str(int(size)), size - int(size)
    if rest:
        text += "."
    while rest:
        rest *= 10
        text += str(int(rest))
        rest -= int(rest)
    return sign + text
