"""What an owner allows, in the forms that databases and policies of callers share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, cast, get_args

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator

from .strict_settings import Name, Settled

Access = Literal["read", "edit", "delete"]
Approval = Annotated[
    Literal["by_risk", "client", "person"],
    BeforeValidator(lambda given: "client" if given == "host" else given),
]
"""`host` is what `client` was called before."""
NamesByLayout = Annotated[Mapping[Name, tuple[Name, ...]], BeforeValidator(lambda given: _by_layout(given))]


Form = Literal["last4", "initials", "year"]
FORM_NAMED = {"type": "string", "enum": list(get_args(Form))}
MasksByLayout = Annotated[
    Mapping[Name, Mapping[Name, Form]],
    BeforeValidator(lambda given: _masks_by_layout(given)),
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {
                "anyOf": [FORM_NAMED, {"type": "object", "additionalProperties": FORM_NAMED}]
            },
        }
    ),
]


def _masks_by_layout(given: object) -> object:
    """A field with its form means every layout; a layout has a table of its own."""
    if not isinstance(given, Mapping):
        return given
    named = cast("Mapping[str, object]", given)
    everywhere = {name: form for name, form in named.items() if not isinstance(form, Mapping)}
    of_layouts = {
        name: cast("Mapping[str, object]", fields)
        for name, fields in named.items()
        if isinstance(fields, Mapping)
    }
    every = {**of_layouts.pop("*", {}), **everywhere}
    return of_layouts | ({"*": every} if every else {})


def _by_layout(given: object) -> object:
    """A plain list means every layout."""
    return {"*": cast("list[object]", given)} if isinstance(given, list | tuple) else given


class ScopeSettings(Settled):
    """The records of one layout that exist for the assistant."""

    where: Mapping[Name, tuple[Name, ...]] = Field(
        description="Field and the values it may have", min_length=1
    )
    key: Name = Field(description="Field whose value names one record")
    exact: bool = Field(
        default=True,
        description="Whether each record that comes back is compared letter by letter; FileMaker's find ignores capitals",
    )
    unicode_indexed: tuple[Name, ...] = Field(
        default=(),
        description="Fields of where whose index language is Unicode, so that FileMaker's own counts are exact",
    )
    writable: tuple[Name, ...] = Field(
        default=(),
        description="The only fields that are written; leave out every field on which a relationship matches",
    )
    portals: tuple[Name, ...] = Field(default=(), description="Portals that are open; the others are closed")
    fields: tuple[Name, ...] = Field(
        default=(), description="Related and summary fields that are open; the others are closed"
    )
    value_lists: tuple[Name, ...] = Field(
        default=(), description="Value lists made from a field that are open; the others are closed"
    )
    totals: bool = Field(default=False, description="Whether the number of records in the table may be told")

    @field_validator("where", mode="before")
    @classmethod
    def _lists(cls, where: object) -> object:
        if not isinstance(where, Mapping):
            return where
        given = cast("Mapping[str, object]", where)
        return {
            name: cast("object", value) if isinstance(value, list) else [value]
            for name, value in given.items()
        }
