"""Texts that sort as the numbers they stand for, so that SQLite can seek in them exactly."""

from __future__ import annotations

from decimal import Decimal

_COMPLEMENT = str.maketrans("0123456789", "9876543210")


def number_key(number: Decimal | int) -> str:
    """A text whose order is the number's order, with every digit kept."""
    if isinstance(number, int):
        negative, whole = number < 0, str(abs(number))
        exponent = len(whole)
    else:
        mantissa, _, power = format(number, "e").partition("e")
        negative, whole = mantissa.startswith("-"), mantissa.lstrip("-").replace(".", "")
        exponent = int(power) + 1
    significant = whole.rstrip("0")
    if not significant:
        return "1"
    key = f"{exponent + 500:03d}{significant}"
    # Of two negative numbers the one with more digits is smaller: the tilde sorts after every digit.
    return f"0{complement(key)}~" if negative else f"2{key}"


def complement(digits: str) -> str:
    """The digits as they stand in the key of a negative number."""
    return digits.translate(_COMPLEMENT)


def after_prefix(prefix: str) -> str | None:
    """The first text after all texts that begin with the prefix. None when there is none."""
    while prefix:
        point = ord(prefix[-1]) + 1
        if point <= 0x10FFFF:
            return prefix[:-1] + chr(0xE000 if point == 0xD800 else point)
        prefix = prefix[:-1]
    return None
