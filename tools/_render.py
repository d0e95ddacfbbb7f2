"""Answers as JSON: every number exact, as few characters as possible, the same facts as text and as structure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, cast

MOST_EXACT = 2**53
"""Integers beyond this lose digits in programs that read JSON numbers as doubles."""


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


def compact(facts: object) -> str:
    """One line of JSON without spaces, text in its own script."""
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


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
}
"""By exact type, since an answer holds thousands of cells."""
