"""JSON schemas without what a model pays for and never reads: titles, nulls beside optional values."""

from __future__ import annotations

from typing import Any, cast

Schema = dict[str, Any]


def lean(schema: Schema) -> Schema:
    """The schema of a tool's parameters, as small as it can be said. `additionalProperties: false` stays."""
    properties: dict[str, Schema] = {
        name: _optional(_bare(value))
        for name, value in cast("dict[str, Schema]", schema.get("properties", {})).items()
    }
    small: Schema = {"type": "object", "properties": properties}
    if schema.get("required"):
        small["required"] = schema["required"]
    if "$defs" in schema:
        small["$defs"] = {name: _bare(value) for name, value in schema["$defs"].items()}
    small["additionalProperties"] = False
    return small


def _bare(value: Any) -> Any:
    if isinstance(value, list):
        return [_bare(item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    bare: Schema = {}
    for key, item in cast("Schema", value).items():
        if key == "properties":
            bare[key] = {name: _bare(part) for name, part in item.items()}
        elif key != "title" and not (key == "additionalProperties" and item is True):
            bare[key] = _bare(item)
    return bare


def _optional(schema: Schema) -> Schema:
    """`X or null, default null` -> `X`: leaving it out says the same."""
    if schema.get("default", ...) is None:
        schema = {key: item for key, item in schema.items() if key != "default"}
        kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
        if len(kinds) == 1:
            schema = {**{key: item for key, item in schema.items() if key != "anyOf"}, **kinds[0]}
        elif kinds:
            schema["anyOf"] = kinds
    return schema
