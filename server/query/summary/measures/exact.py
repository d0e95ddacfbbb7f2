"""Arithmetic that loses nothing: sums of any numbers FileMaker can hold, and the one rule by which quotients are rounded."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from ....text.numbers import EXACT

Number = int | Decimal
Content = Number | str
Placed = tuple[str, int, Content]
"""A place in an order, a record id, and the value of that record."""


def total(numbers: Iterable[Number], start: Number = 0) -> Number:
    with localcontext(EXACT):
        return sum(numbers, start)


def difference(a: Number, b: Number) -> Number:
    return EXACT.subtract(Decimal(a), Decimal(b))


def product(a: Number, b: Number) -> Number:
    return EXACT.multiply(Decimal(a), Decimal(b))


def quotient(dividend: Number, divisor: Number, places: int) -> Decimal:
    """Rounded to `places` decimals, half away from zero."""
    exact = EXACT.divide(Decimal(dividend), Decimal(divisor))
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=EXACT)


def average(sum_: Number, count: int) -> Decimal:
    """With two decimals more than the numbers have, and at least two."""
    return quotient(sum_, count, places_of(sum_) + 2)


def deviation(count: int, sum_: Number, squares: Number) -> Decimal | None:
    """Of the sample (divided by n - 1), with two decimals more than the numbers have; None of fewer than two."""
    if count < 2:
        return None
    above = EXACT.subtract(EXACT.multiply(Decimal(count), Decimal(squares)), product(sum_, sum_))
    variance = EXACT.divide(above, Decimal(count * (count - 1)))
    root = variance.sqrt(Context(prec=60))
    places = max(2, places_of(sum_) + 2)
    return root.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=EXACT)


def places_of(number: Number) -> int:
    """Decimals of a number; those of a sum are the most that any of its parts has."""
    exponent = Decimal(number).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
