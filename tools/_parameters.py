"""Parameters that tools share, each described once."""

from __future__ import annotations

from typing import Annotated, Any

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

Criteria = dict[str, Any] | list[dict[str, Any]]
Where = Annotated[
    Criteria | None,
    BeforeValidator(_no_text),
    Field(description="Criteria, as the server's instructions say"),
]
Omit = Annotated[
    Criteria | None,
    BeforeValidator(_no_text),
    Field(description="Leave out what matches; same shape as where"),
]
FoundSetHandle = Annotated[
    str | None, Field(description="`found_set` of an earlier answer, instead of layout and criteria")
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
