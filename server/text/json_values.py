"""Values as JSON has them: every number exact, as text where a number of JSON would lose digits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

MOST_EXACT = 2**53
"""Integers beyond this lose digits in programs that read JSON numbers as doubles."""
INTEGERS = frozenset([int])
FRACTIONS = frozenset([Decimal])


def plain(value: object) -> Any:
    """The value with JSON's own types only. A `Decimal` becomes a number where that keeps every digit, else text."""
    convert = _CONVERTERS.get(type(value))
    if convert is not None:
        return convert(value)
    if isinstance(value, Mapping):
        return _object(cast("Mapping[object, object]", value))
    return _array(cast("tuple[object]", value)) if isinstance(value, list | tuple) else value


def _object(value: Mapping[object, object]) -> dict[str, Any]:
    return {str(key): plain(item) for key, item in value.items()}


def _array(value: Iterable[object]) -> list[Any]:
    return [
        item if (kind := type(item)) is str or item is None else _CONVERTERS.get(kind, plain)(item)
        for item in value
    ]


def _integer(value: int) -> int | str:
    return value if abs(value) <= MOST_EXACT else str(value)


def _itself(value: object) -> object:
    return value


def _number(value: Decimal) -> int | float | str:
    text = str(value)
    near = float(text)
    if repr(near) == text and text[-1] != "0":  # as most are that have a fraction
        return near
    text = format(value, "f")
    if "." in text:
        if text[-1] == "0":
            text = text.rstrip("0").rstrip(".")
        near = float(text)
        if repr(near) == text:
            return near
    if "." not in text:
        return int(text) if len(text.lstrip("-")) <= 15 else text
    return text


class PlainRows(list[list[Any]]):
    """Rows whose cells were made plain column by column, which is quicker than cell by cell."""


def plain_column(column: Sequence[object]) -> Sequence[object]:
    """The cells of a column with JSON's own types only."""
    kinds = frozenset(map(type, column))
    if kinds == FRACTIONS:
        return _numbers(cast("Sequence[Decimal]", column))
    if Decimal in kinds:
        return [_number(value) if type(value) is Decimal else _simple(value) for value in column]
    if kinds == INTEGERS:
        numbers = cast("Sequence[int]", column)
        if min(numbers) >= -MOST_EXACT and max(numbers) <= MOST_EXACT:
            return column
    return [_simple(value) for value in column] if int in kinds else column


def _numbers(column: Sequence[Decimal]) -> list[int | float | str]:
    """As `_number` of each, most of them without a call of their own."""
    texts = [*map(str, column)]
    near = [*map(float, texts)]
    return [
        number if written == text and text[-1] != "0" else _number(value)
        for value, text, number, written in zip(column, texts, near, map(repr, near), strict=True)
    ]


def _simple(value: object) -> object:
    return _integer(value) if type(value) is int else value


_CONVERTERS: dict[type, Callable[[Any], Any]] = {
    str: _itself,
    int: _integer,
    bool: _itself,
    float: _itself,
    type(None): _itself,
    Decimal: _number,
    dict: _object,
    list: _array,
    tuple: _array,
    PlainRows: _itself,
}
"""By exact type, since an answer holds thousands of cells."""
