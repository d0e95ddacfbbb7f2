"""Reads a criterion on a number field: equal, compared, ranges, and wildcards on the decimal text (sections 7.3, 7.5)."""

from __future__ import annotations

from decimal import Decimal

from ..values.readings import as_number
from .criterion import BadCriterion, Between, Criterion, DecimalText
from .criterion_characters import Role, Sign, bounds, comparison, operand, text_of
from .patterns import WILDCARDS, Pattern, Wild

_OPERATORS = frozenset("<>≤≥=!?{}…")


def parse_number(signs: list[Sign]) -> Criterion:
    """The criterion that the signs stand for. Raises BadCriterion (508) where a number is missing."""
    if (compared := comparison(signs)) is not None:
        operator, rest = compared
        bound, strict = _number(rest), len(operator) == 1
        return (
            Between(high=bound, high_open=strict)
            if operator[0] == "<"
            else Between(low=bound, low_open=strict)
        )
    if (both := bounds(signs)) is not None:
        return Between(_number(both[0]), _number(both[1]))
    signs = operand(signs)
    if any(_is_wild(sign) for sign in signs):
        return DecimalText(_decimal_pattern(signs))
    number = _number(signs)
    return Between(number, number)


def _is_wild(sign: Sign) -> bool:
    return sign.role is Role.PLAIN and sign.character in WILDCARDS


def _number(signs: list[Sign]) -> Decimal:
    text = text_of(signs)
    number = as_number(text)
    if (
        number is None
        or ".." in text
        or any(s.role is Role.PLAIN and s.character in _OPERATORS for s in signs)
    ):
        raise BadCriterion(508)
    return number


def _decimal_pattern(signs: list[Sign]) -> Pattern:
    """Letters are ignored, as they are in numbers. Nothing but `*` and letters is no number at all."""
    pieces: list[str | Wild] = [
        WILDCARDS[sign.character] if _is_wild(sign) else sign.character
        for sign in signs
        if _is_wild(sign) or sign.character in "0123456789.-"
    ]
    if all(piece in (Wild.MANY, ".", "-") for piece in pieces):
        raise BadCriterion(508)
    return Pattern.of(pieces)


def decimal_text(number: Decimal) -> str:
    """The text that wildcards are matched against: no exponent, no zeros at the end of a fraction."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
