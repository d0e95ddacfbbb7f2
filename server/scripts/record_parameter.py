"""A parameter for each record: an object or a text in which `{"field": "Name"}` stands for what the record holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ..dataapi.contents import Value
from ..dataapi.wire import plain
from ..errors import InputError

FIELD = "field"


def fields_named(template: object) -> list[str]:
    """The fields that the template takes, each once, in order."""
    return list(dict.fromkeys(_named(template)))


def filled(template: object, fields: Mapping[str, Value]) -> object:
    """The template with the record's values in it. A field alone gives its text, inside JSON numbers stay numbers."""
    if _is_field(template):
        value = _value(template, fields)
        return value if isinstance(value, str) else plain(value)
    return _filled(template, fields)


def lacking(required: tuple[str, ...], fields: Mapping[str, Value]) -> list[str]:
    """The required fields that are empty, or not there at all."""
    return [name for name in required if str(fields.get(name, "")).strip() == ""]


def _named(template: object) -> list[str]:
    if _is_field(template):
        return [str(cast("Mapping[str, Any]", template)[FIELD])]
    if isinstance(template, Mapping):
        return [name for part in cast("Mapping[str, Any]", template).values() for name in _named(part)]
    if isinstance(template, list):
        return [name for part in cast("list[Any]", template) for name in _named(part)]
    return []


def _filled(template: object, fields: Mapping[str, Value]) -> object:
    if _is_field(template):
        return _value(template, fields)
    if isinstance(template, Mapping):
        return {key: _filled(part, fields) for key, part in cast("Mapping[str, Any]", template).items()}
    if isinstance(template, list):
        return [_filled(part, fields) for part in cast("list[Any]", template)]
    return template


def _is_field(template: object) -> bool:
    if not isinstance(template, Mapping):
        return False
    parts = cast("Mapping[str, Any]", template)
    return set(parts) == {FIELD} and isinstance(parts[FIELD], str)


def _value(template: object, fields: Mapping[str, Value]) -> Value:
    name = str(cast("Mapping[str, Any]", template)[FIELD])
    if name not in fields:
        raise InputError(
            f"The parameter takes {name!r}, which is not a field of these records", advice="Nothing was sent."
        )
    return fields[name]
