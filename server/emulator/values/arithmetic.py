"""How calculations add, compare and judge values: empty counts as nothing, dates add days."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias

from .readings import as_number

Value: TypeAlias = "str | Decimal | bool | date | datetime | timedelta | Sequence[Value] | None"
"""Text, number, truth, date, timestamp, time (as a duration since midnight), empty, or several of them."""


GREATEST = 400
"""The exponent of the largest number that FileMaker calculates (section 8.2 [D])."""
LONGEST = 2_000_000
"""Characters of a text that a calculation makes. FileMaker's own bound is a billion (section 8.2 [D])."""


def bounded(number: Decimal) -> Decimal:
    """The number, 0 for one too small. Raises ArithmeticError for one too large, before anything is made of its digits."""
    if not number.is_finite() or (number and number.adjusted() > GREATEST):
        raise ArithmeticError("the number is too large")
    return Decimal(0) if number.adjusted() < -GREATEST else number


def bounded_text(length: int) -> None:
    """Raises ArithmeticError where a text would become too long."""
    if length > LONGEST:
        raise ArithmeticError("the text is too long")


def is_empty(value: Value) -> bool:
    return value is None or value == "" or (isinstance(value, Sequence) and len(value) == 0)


def is_true(value: Value) -> bool:
    """A number is true unless it is zero. Text is true when it holds a number that is."""
    if isinstance(value, str):
        return number_of(value) != 0
    return bool(value)


def number_of(value: Value) -> Decimal:
    """FileMaker's GetAsNumber: digits out of a text, days of a date, seconds of a time. Empty is 0."""
    match value:
        case None:
            return Decimal(0)
        case bool():
            return Decimal(int(value))
        case Decimal():
            return value
        case str():
            return as_number(value) or Decimal(0)
        case datetime():
            return Decimal((value - datetime(1, 1, 1)) // timedelta(seconds=1))  # noqa: DTZ001 - wall time has no zone
        case date():
            return Decimal(value.toordinal())
        case timedelta():
            return Decimal(value // timedelta(microseconds=1)) / 1_000_000
        case _:
            return number_of(value[0]) if value else Decimal(0)


def text_of(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return str(int(value))
        case Decimal():
            plain = f"{value:f}"
            return plain.rstrip("0").rstrip(".") if "." in plain else plain
        case datetime():
            return f"{value:%m/%d}/{value.year:04d} {value:%H:%M:%S}"
        case date():
            return f"{value:%m/%d}/{value.year:04d}"
        case timedelta():
            return _clock_text(value)
        case _:
            return "\r".join(text_of(each) for each in value)


def _clock_text(value: timedelta) -> str:
    microseconds = value // timedelta(microseconds=1)
    sign = "-" if microseconds < 0 else ""
    seconds, fraction = divmod(abs(microseconds), 1_000_000)
    tail = f".{fraction:06d}".rstrip("0") if fraction else ""
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{tail}"


def negative(value: Value) -> Value:
    return -number_of(value)


def _add(left: Value, right: Value) -> Value:
    if isinstance(left, str) or isinstance(right, str):
        first, second = text_of(left), text_of(right)
        bounded_text(len(first) + len(second))
        return first + second
    for moment, other in ((left, right), (right, left)):
        if isinstance(moment, datetime):
            return moment + timedelta(seconds=float(number_of(other)))
        if isinstance(moment, date):
            return moment + timedelta(days=int(number_of(other)))
        if isinstance(moment, timedelta) and not isinstance(other, (date, datetime)):
            return moment + timedelta(seconds=float(number_of(other)))
    return bounded(number_of(left) + number_of(right))


def _subtract(left: Value, right: Value) -> Value:
    if isinstance(left, datetime) and not isinstance(right, datetime):
        return left - timedelta(seconds=float(number_of(right)))
    if isinstance(left, date) and not isinstance(right, date):
        return left - timedelta(days=int(number_of(right)))
    return bounded(number_of(left) - number_of(right))


def _power(left: Value, right: Value) -> Value:
    exponent = number_of(right)
    if abs(exponent) > GREATEST:
        raise ArithmeticError("the exponent is too large")
    return bounded(number_of(left) ** exponent)


OPERATORS: Mapping[type[ast.operator], Callable[[Value, Value], Value]] = MappingProxyType(
    {
        ast.Add: _add,
        ast.Sub: _subtract,
        ast.Mult: lambda left, right: bounded(number_of(left) * number_of(right)),
        ast.Div: lambda left, right: bounded(number_of(left) / number_of(right)),
        ast.FloorDiv: lambda left, right: bounded(number_of(left) // number_of(right)),
        ast.Mod: lambda left, right: number_of(left) % number_of(right),
        ast.Pow: _power,
    }
)


def _equal(left: Value, right: Value) -> bool:
    if is_empty(left) or is_empty(right):
        return is_empty(left) and is_empty(right)
    if isinstance(left, (Decimal, bool)) or isinstance(right, (Decimal, bool)):
        return number_of(left) == number_of(right)
    if isinstance(left, datetime) is not isinstance(right, datetime):
        return False
    if isinstance(left, (date, timedelta)) and isinstance(right, (date, timedelta)):
        return left == right
    return text_of(left).casefold() == text_of(right).casefold()


def is_less(left: Value, right: Value) -> bool:
    if isinstance(left, datetime) and isinstance(right, datetime):
        return left < right
    if isinstance(left, (date, timedelta)) or isinstance(right, (date, timedelta)):
        # A comparison with an empty date holds for neither side.
        return not is_empty(left) and not is_empty(right) and number_of(left) < number_of(right)
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() < right.casefold()
    return number_of(left) < number_of(right)


def is_at_most(left: Value, right: Value) -> bool:
    return is_less(left, right) or _equal(left, right)


def _contains(left: Value, right: Value) -> bool:
    if isinstance(right, str) or right is None:
        return text_of(left).casefold() in text_of(right).casefold()
    if isinstance(right, Sequence):
        return any(_equal(left, each) for each in right)
    return _equal(left, right)


COMPARISONS: Mapping[type[ast.cmpop], Callable[[Value, Value], bool]] = MappingProxyType(
    {
        ast.Eq: _equal,
        ast.NotEq: lambda left, right: not _equal(left, right),
        ast.Lt: is_less,
        ast.Gt: lambda left, right: is_less(right, left),
        ast.LtE: is_at_most,
        ast.GtE: lambda left, right: is_at_most(right, left),
        ast.In: _contains,
        ast.NotIn: lambda left, right: not _contains(left, right),
    }
)
