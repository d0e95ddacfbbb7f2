"""The shape of a solution's TOML file. Its JSON schema is made from these classes."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, JsonValue

from .field_definition import Shape, TableShape, Text

Access = Literal["none", "view", "edit"]


class OccurrenceShape(Shape):
    table: str
    file: str | None = Field(default=None, description="Another file on the same host that holds the table.")


class RelationshipShape(Shape):
    left: str
    right: str
    match: list[tuple[str, Literal["=", "!=", "<", "<=", ">", ">=", "x"], str]] = Field(min_length=1)
    create: list[Literal["left", "right"]] = Field(
        default=[], description="Sides on which records may be created."
    )
    delete: list[Literal["left", "right"]] = Field(
        default=[], description="Sides whose records go with the other one."
    )
    sort_left: list[str] = Field(default=[])
    sort_right: list[str] = Field(default=[], description="`Field`, or `Field descend`.")


class ValueListShape(Shape):
    values: list[Text] | None = None
    field: str | None = Field(
        default=None, description="`Occurrence::Field` for a list that follows a field."
    )
    second_field: str | None = None
    related_only_from: str | None = None


class PlacedFieldShape(Shape):
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


class PortalShape(Shape):
    occurrence: str
    name: str | None = Field(default=None, description="The portal object's name.")
    fields: list[str | PlacedFieldShape]
    rows: int = Field(default=10, ge=1)
    first_row: int = Field(default=1, ge=1)
    scrolling: bool = True
    sort: list[str] = Field(default=[])
    filter: str | None = Field(
        default=None, description="A Python expression over the related record's fields."
    )


class LayoutShape(Shape):
    occurrence: str
    fields: list[str | PlacedFieldShape] = Field(default=[])
    portals: list[PortalShape] = Field(default=[])
    view: Literal["form", "table"] = "form"
    on_commit: str | None = Field(
        default=None,
        description="Script of the trigger OnRecordCommit. It runs when a script commits a record here, and never for a plain write.",
    )


class FolderShape(Shape):
    folder: str
    items: list[str | FolderShape]


class AccountShape(Shape):
    name: str
    privilege_set: str
    password: str = ""
    active: bool = True
    must_change_password: bool = False
    identity: str = Field(
        default="filemaker", description="`filemaker`, `claris`, or an OAuth provider's name."
    )


class PrivilegeSetShape(Shape):
    full_access: bool = False
    extended: list[str] = Field(default=[])
    layouts: dict[str, Access] = Field(default={})
    fields: dict[str, dict[str, Access]] = Field(default={})
    records: dict[str, dict[Literal["view", "edit", "create", "delete"], str]] = Field(
        default={},
        description="`yes`, `no`, or a Python expression over the record; `*` for the other tables.",
    )
    scripts: dict[str, Literal["run", "none"]] = Field(default={})


class FileShape(Shape):
    """One FileMaker file."""

    name: str = Field(min_length=1)
    date_format: str = "MM/dd/yyyy"
    closed: bool = False
    scripts_file: str = "scripts.py"
    tables: dict[str, TableShape]
    occurrences: dict[str, OccurrenceShape] = Field(
        default={}, description="Each table has one of its own name besides."
    )
    relationships: list[RelationshipShape] = Field(default=[])
    value_lists: dict[str, ValueListShape] = Field(default={})
    layouts: dict[str, LayoutShape] = Field(default={})
    layout_menu: list[str | FolderShape] | None = None
    scripts: dict[str, str] = Field(default={}, description="Script name to the function that plays it.")
    script_menu: list[str | FolderShape] | None = None
    privilege_sets: dict[str, PrivilegeSetShape] = Field(default={})
    accounts: list[AccountShape] = Field(default=[])


def solution_schema() -> dict[str, JsonValue]:
    """The JSON schema of a solution's TOML file, for editors."""
    schema: dict[str, Any] = FileShape.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A solution of the FileMaker emulator",
        **schema,
    }
