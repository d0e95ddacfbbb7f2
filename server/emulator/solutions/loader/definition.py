"""The shape of a solution's TOML file. Its JSON schema is made from these classes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _as_text(value: object) -> object:
    """Limits and initial values may be written as numbers in TOML."""
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_as_text)]
Access = Literal["none", "view", "edit"]


class AutoEnterShape(_Shape):
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


class ValidationShape(_Shape):
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


class FieldShape(_Shape):
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


class TableShape(_Shape):
    data: str | None = Field(
        default=None, description="The CSV file; default `data/<table>.csv` where that exists."
    )
    fields: dict[str, FieldShape]


class OccurrenceShape(_Shape):
    table: str
    file: str | None = Field(default=None, description="Another file on the same host that holds the table.")


class RelationshipShape(_Shape):
    left: str
    right: str
    match: list[tuple[str, Literal["=", "!=", "<", "<=", ">", ">=", "x"], str]] = Field(min_length=1)
    create: list[Literal["left", "right"]] = Field(
        default=[], description="Sides on which records may be created."
    )
    delete: list[Literal["left", "right"]] = Field(
        default=[], description="Sides whose records go with the other one."
    )
    sort_left: list[str] = []
    sort_right: list[str] = Field(default=[], description="`Field`, or `Field descend`.")


class ValueListShape(_Shape):
    values: list[Text] | None = None
    field: str | None = Field(
        default=None, description="`Occurrence::Field` for a list that follows a field."
    )
    second_field: str | None = None
    related_only_from: str | None = None


class PlacedFieldShape(_Shape):
    name: str
    value_list: str | None = None
    display: Literal[
        "editText",
        "popupList",
        "popupMenu",
        "checkBox",
        "radioButtons",
        "selectionList",
        "calendar",
        "secureText",
    ] = "editText"
    repetitions: tuple[int, int] | None = Field(
        default=None, description="The first and last repetition shown."
    )


class PortalShape(_Shape):
    occurrence: str
    name: str | None = Field(default=None, description="The portal object's name.")
    fields: list[str | PlacedFieldShape]
    rows: int = Field(default=10, ge=1)
    first_row: int = Field(default=1, ge=1)
    scrolling: bool = True
    sort: list[str] = []
    filter: str | None = Field(
        default=None, description="A Python expression over the related record's fields."
    )


class LayoutShape(_Shape):
    occurrence: str
    fields: list[str | PlacedFieldShape] = []
    portals: list[PortalShape] = []
    view: Literal["form", "table"] = "form"
    on_commit: str | None = Field(
        default=None,
        description="Script of the trigger OnRecordCommit. It runs when a script commits a record here, and never for a plain write.",
    )


class FolderShape(_Shape):
    folder: str
    items: list[str | FolderShape]


class AccountShape(_Shape):
    name: str
    privilege_set: str
    password: str = ""
    active: bool = True
    must_change_password: bool = False
    identity: str = Field(
        default="filemaker", description="`filemaker`, `claris`, or an OAuth provider's name."
    )


class PrivilegeSetShape(_Shape):
    full_access: bool = False
    extended: list[str] = []
    layouts: dict[str, Access] = {}
    fields: dict[str, dict[str, Access]] = {}
    records: dict[str, dict[Literal["view", "edit", "create", "delete"], str]] = Field(
        default={},
        description="`yes`, `no`, or a Python expression over the record; `*` for the other tables.",
    )
    scripts: dict[str, Literal["run", "none"]] = {}


class FileShape(_Shape):
    """One FileMaker file."""

    name: str = Field(min_length=1)
    date_format: str = "MM/dd/yyyy"
    closed: bool = False
    scripts_file: str = "scripts.py"
    tables: dict[str, TableShape]
    occurrences: dict[str, OccurrenceShape] = Field(
        default={}, description="Each table has one of its own name besides."
    )
    relationships: list[RelationshipShape] = []
    value_lists: dict[str, ValueListShape] = {}
    layouts: dict[str, LayoutShape] = {}
    layout_menu: list[str | FolderShape] | None = None
    scripts: dict[str, str] = Field(default={}, description="Script name to the function that plays it.")
    script_menu: list[str | FolderShape] | None = None
    privilege_sets: dict[str, PrivilegeSetShape] = {}
    accounts: list[AccountShape] = []


def solution_schema() -> dict[str, JsonValue]:
    """The JSON schema of a solution's TOML file, for editors."""
    schema: dict[str, Any] = FileShape.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A solution of the FileMaker emulator",
        **schema,
    }
