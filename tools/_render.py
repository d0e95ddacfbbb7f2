"""Answers as JSON: every number exact, as few characters as possible, the same facts as text and as structure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast


def plain(value: object) -> Any:
    """The value with JSON's own types only. A `Decimal` becomes a number where that keeps every digit, else text."""
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in cast("Mapping[object, object]", value).items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in cast("list[object]", value)]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
        return str(value)
    return value


def _number(value: Decimal) -> int | float | str:
    text = format(value.normalize() if value else Decimal(0), "f")
    if "." not in text:
        return int(text) if len(text.lstrip("-")) <= 15 else text
    near = float(text)
    return near if repr(near) == text else text


def compact(facts: object) -> str:
    """One line of JSON without spaces, text in its own script."""
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
