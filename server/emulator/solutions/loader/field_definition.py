"""The shape of a table and its fields in the file of a solution."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _as_text(value: object) -> object:
    """Limits and initial values may be written as numbers in TOML."""
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_as_text)]


class AutoEnterShape(Shape):
    """Exactly one of the first keys says what is entered."""

    serial: str | None = Field(
        default=None, description="The next serial value, such as `C-0401`; its last digits count up."
    )
    increment: int = 1
    uuid: bool = False
    value: Text | None = Field(default=None, description="A constant.")
    calculation: str | None = Field(default=None, description="A Python expression over the record's fields.")
    on: Literal["created", "created_by", "modified", "modified_by"] | None = Field(
        default=None, description="The moment or the account of creation or of the last change."
    )
    always: bool = Field(
        default=False, description="Calculate again at each change, not only while the field is empty."
    )


class ValidationShape(Shape):
    required: bool = False
    unique: bool = False
    existing: bool = False
    minimum: Text | None = None
    maximum: Text | None = None
    value_list: str | None = None
    calculation: str | None = None
    strict_type: Literal["numeric", "fourDigitYear", "timeOfDay"] | None = None
    max_length: int | None = Field(default=None, gt=0)
    message: str | None = None
    always: bool = Field(
        default=True, description="false: only during data entry, so `entrymode: script` skips it."
    )
    override: bool = Field(
        default=False, description="true: users may override, so `entrymode: script` skips it."
    )


class FieldShape(Shape):
    type: Literal["text", "number", "date", "time", "timestamp", "container"] = "text"
    repetitions: int = Field(default=1, ge=1, le=32000)
    is_global: bool = Field(default=False, alias="global")
    initial: list[Text] = Field(default=[], description="What a global field holds in a new session.")
    index_language: str = Field(
        default="English", description="`Unicode`, `Default` or a language (accents fold)."
    )
    auto_enter: AutoEnterShape | None = None
    validation: ValidationShape | None = None
    prohibit_modification: bool = False
    calculation: str | None = Field(
        default=None, description="A Python expression; the field is then a calculation."
    )
    stored: bool | None = Field(
        default=None, description="Whether a calculation is stored; default: when it may be."
    )
    summary: Literal["total", "average", "count", "minimum", "maximum", "list"] | None = None
    of: str | None = Field(default=None, description="The field that a summary summarizes.")
    comment: str = ""


class TableShape(Shape):
    data: str | None = Field(
        default=None, description="The CSV file; default `data/<table>.csv` where that exists."
    )
    fields: dict[str, FieldShape]
