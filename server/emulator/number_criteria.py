"""Reads a criterion on a number field: equal, compared, ranges, and wildcards on the decimal text (sections 7.3, 7.5)."""

from __future__ import annotations

from decimal import Decimal

from .criterion import BadCriterion, Between, Criterion, DecimalText, Pattern, Wild
from .readings import as_number
from .signs import Role, Sign, begins, bounds, comparison, stripped, text_of
from .text_criteria import WILDCARDS


def parse_number(signs: list[Sign]) -> Criterion:
    """The criterion that the signs stand for; raises BadCriterion (508) where a number is missing."""
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
    while begins(signs, "="):
        signs = stripped(signs[1:])
    if any(sign.role is Role.PLAIN and sign.character in WILDCARDS for sign in signs):
        return DecimalText(_decimal_pattern(signs))
    number = _number(signs)
    return Between(number, number)


def _number(signs: list[Sign]) -> Decimal:
    number = as_number(text_of(signs))
    if number is None:
        raise BadCriterion(508)
    return number


def _decimal_pattern(signs: list[Sign]) -> Pattern:
    pieces: list[str | Wild] = []
    for sign in signs:
        if sign.role is Role.PLAIN and sign.character in WILDCARDS:
            pieces.append(WILDCARDS[sign.character])
        elif sign.character in "0123456789.-":
            pieces.append(sign.character)
    return Pattern(tuple(pieces))


def decimal_text(number: Decimal) -> str:
    """The text that wildcards are matched against: no exponent, no zeros at the end of a fraction."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
