"""What an owner allows, in the forms that databases and policies of callers share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, Field, field_validator

from .strict_settings import Name, Settled

Access = Literal["read", "edit", "delete"]
Approval = Annotated[
    Literal["by_risk", "client", "person"],
    BeforeValidator(lambda given: "client" if given == "host" else given),
]
"""`host` is what `client` was called before."""
NamesByLayout = Annotated[Mapping[Name, tuple[Name, ...]], BeforeValidator(lambda given: _by_layout(given))]


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
