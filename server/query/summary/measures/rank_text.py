"""Values as texts that sort as the values do, for SQLite."""

from __future__ import annotations

from decimal import Decimal

from .exact import EXACT, Content

COMPLEMENT = str.maketrans("0123456789", "9876543210")


def rank_text(value: Content) -> str:
    """A text whose order is the order of the values: numbers by size with every digit, then texts."""
    if isinstance(value, str):
        return "3" + value
    sign, figures, exponent = EXACT.normalize(Decimal(value)).as_tuple()
    digits = "".join(map(str, figures))
    if digits == "0":
        return "1"
    size = f"{len(digits) + int(exponent) + 5000:05d}{digits}"
    return f"0{size.translate(COMPLEMENT)}~" if sign else f"2{size}"
