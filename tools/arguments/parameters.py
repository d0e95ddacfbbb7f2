"""Parameters that tools share, each described once; and schemas without what a model pays for and never reads."""

from __future__ import annotations

from typing import Annotated, Any, cast

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError


def _text(value: object) -> object:
    """Record ids are digits, and some clients send digits as a number."""
    return str(value) if type(value) is int else value


def _no_text(value: object) -> object:
    if isinstance(value, str):
        raise PydanticCustomError(
            "shape", 'an object such as {"Status": "Paid", "Date": "2026-03"}, not text'
        )
    return value


Layout = Annotated[str, Field(description="As list_layouts gives it", min_length=1)]
RecordId = Annotated[
    str,
    Field(description="FileMaker's record id, as `id` in answers", pattern=r"^[1-9][0-9]{0,18}$"),
    BeforeValidator(_text),
]

Criteria = Annotated[dict[str, Any] | list[dict[str, Any]], BeforeValidator(_no_text)]
Where = Annotated[
    Criteria | None,
    Field(description="Criteria, as the server's instructions say"),
]
Omit = Annotated[
    Criteria | None,
    Field(description="Leave out what matches; same shape as where"),
]
FoundSetHandle = Annotated[
    str | None,
    Field(description="`found_set` of an earlier answer, instead of layout; where and omit narrow it"),
]
OfGroup = Annotated[
    dict[str, Any] | None,
    Field(description='One group of that found_set, as its row says: {"Date (month)": "2026-03"}'),
]
SortBy = Annotated[
    list[str | dict[str, str]],
    Field(description="Field, -Field (descending) or {field: value list}"),
]
GoAhead = Annotated[bool, Field(description="Read it all, after an answer that asked")]

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
