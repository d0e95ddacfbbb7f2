"""What a field holds, whatever the host sends in its place. FileMaker sends texts and numbers (section 8.1 [O])."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Value = str | int | Decimal
"""A field's content as it travels: text, or a number with all its digits."""

PLAIN = frozenset({str, int, Decimal})


def contents(fields: Mapping[str, Any]) -> Mapping[str, Value]:
    """The same mapping where every value is a text or a number, as it nearly always is."""
    if PLAIN.issuperset(map(type, fields.values())):
        return fields
    return {name: content(value) for name, value in fields.items()}


def content(value: Any) -> Value:
    """An object, a list, true and false become their JSON; null is nothing."""
    if type(value) in PLAIN:
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)
