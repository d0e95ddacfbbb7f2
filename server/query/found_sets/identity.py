"""A found set as one digest: the same question of the same layout has the same, whatever words it is told in."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import cast

from ...criteria.key_set import KeySet
from .found_set import FoundSet


def identity_of(found: FoundSet, *more: object) -> str:
    """Over the layout, the finds and tests that the criteria came to, the order, and what else is said of it."""
    parts = (found.layout.name, found.criteria.legs, found.sort, more)
    text = json.dumps(_canonical(parts), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: object) -> object:
    """Kinds of tests stay apart, since two of them can hold the same values. What is not compared says nothing."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        compared = (field.name for field in dataclasses.fields(value) if field.compare)
        return [type(value).__name__, {name: _canonical(getattr(value, name)) for name in compared}]
    if isinstance(value, Mapping):
        return {str(k): _canonical(v) for k, v in cast("Mapping[object, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_canonical(each) for each in cast("list[object]", value)]
    if isinstance(value, KeySet):
        return ["keys", value.as_numbers, value.digest()]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    if isinstance(value, Decimal):
        return ["number", format(value, "f")]
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError(f"a found set holds {type(value).__name__}, which has no canonical form")
