"""What a number is: digits of ASCII, between 10^-400 and 10^400, as FileMaker holds them (sections 7.5, 8.1, 8.2 [D]).

The one place that decides it. Contents that are no such number come from the host as text (section 8.1 [O]), and are not
reckoned with here either: `１２` in full-width digits, `12 kg` and `1e1000` are text. A larger number would be stored as
something else. Written without an exponent, a number is as long as its exponent is large, so one that nobody can hold must
not become a `Decimal` at all.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal

LARGEST_EXPONENT = 400
SMALLEST_PLACE = -800
"""The smallest number with all its digits."""
RANGE = "between 10^-400 and 10^400"
LONGEST = LARGEST_EXPONENT - SMALLEST_PLACE + 3
"""Characters of the longest number written out: its digits, a sign and a point."""
EXACT = Context(prec=2 * LONGEST)
"""To reckon in: holds the product of any two numbers and the sum of any number of them, with every digit. Python's own context
rounds to 28 digits without a word."""
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,9})?")


def fits(number: int | Decimal) -> bool:
    """Whether FileMaker holds it as a number."""
    number = Decimal(number)
    exponent = number.as_tuple().exponent
    return (
        isinstance(exponent, int)
        and exponent >= SMALLEST_PLACE
        and abs(number.adjusted()) <= LARGEST_EXPONENT
    )


def number_in(value: str | int | Decimal) -> Decimal | None:
    """The number that a value is, with every digit. None for text that is no number, and for what FileMaker cannot hold."""
    if isinstance(value, str):
        text = value.strip()
        if len(text) > LONGEST or _NUMBER.fullmatch(text) is None:
            return None
        value = Decimal(text)
    return Decimal(value) if fits(value) else None


def content_number(value: str | int | Decimal) -> Decimal | None:
    """The number that the content of a field is. Text with an exponent is none: FileMaker overlooks letters, so `1e5` is 15
    there and no 100000 (section 7.5 [D])."""
    return None if isinstance(value, str) and "e" in value.lower() else number_in(value)


def fraction_read(text: str) -> Decimal | str:
    """A number with a point or an exponent as JSON writes it. One that FileMaker cannot hold stays the text it is."""
    if len(text) < LARGEST_EXPONENT and "e" not in text and "E" not in text:
        return Decimal(text)
    number = number_in(text)
    return text if number is None else number


def integer_read(text: str) -> int | str:
    """A whole number as JSON writes it. One that FileMaker cannot hold stays the text it is."""
    return int(text) if len(text) <= LARGEST_EXPONENT else text
