"""Answers as JSON: every number exact, as few characters as possible, the same facts as text and as structure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, cast

LONG_TEXT = 1_000
"""Characters of a text in an answer that is too long as a whole."""
LONG_TEXTS_CUT = (
    f"texts of more than {LONG_TEXT:,} characters are shown without their end; get_record shows them in parts"
)
LONGEST_SENTENCE = 3_000
"""Characters of a refusal."""
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


def rendered(answer: Mapping[str, object]) -> tuple[dict[str, Any], str]:
    """The facts, and their text. A name of a file that is no Unicode is shown with signs for what cannot be shown."""
    facts = _object(cast("Mapping[object, object]", answer))
    text = compact(facts)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
        facts = json.loads(text)
    return facts, text


def without_long_texts(value: Any) -> Any:
    """The same facts, each long text without its end."""
    if isinstance(value, str):
        return value if len(value) <= LONG_TEXT else f"{value[:LONG_TEXT]}…"
    if isinstance(value, list):
        return [without_long_texts(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return {name[:LONG_TEXT]: without_long_texts(item) for name, item in items}
    return value


def shortened(sentence: str) -> str:
    """A refusal that echoes something endless, without its middle: what is wrong comes first and what to do last."""
    if len(sentence) > LONGEST_SENTENCE:
        half = LONGEST_SENTENCE // 2
        left_out = len(sentence) - 2 * half
        sentence = f"{sentence[:half]} [... {left_out:,} characters ...] {sentence[-half:]}"
    return sentence.encode("utf-8", "replace").decode()


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
