"""Numbers that a FileMaker number field can hold: from 10^-400 to 10^400, to 400 digits (sections 7.5, 8.2 [D]).

What is larger would be stored as something else; and written out without an exponent it is as long as its exponent is large.
"""

from __future__ import annotations

import re
from decimal import Decimal

LARGEST_EXPONENT = 400
SMALLEST_PLACE = -800
"""The smallest number with all its digits."""
RANGE = "between 10^-400 and 10^400"
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


def number_in(text: str) -> Decimal | None:
    """The number that a text is, in ASCII digits; None for any other text. It may be too large, see `fits`."""
    return Decimal(text.strip()) if _NUMBER.fullmatch(text.strip()) else None
