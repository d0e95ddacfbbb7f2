"""What is wrong with a configuration, in one sentence that names the setting and the nearest right one."""

from __future__ import annotations

import types
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from ..errors import ConfigurationError
from ..text.lowered_first import lowered_first
from ..text.near_names import near
from .database_settings import DatabaseSettings
from .key_settings import KEY_NAME
from .script_settings import DAY_OF_YEAR, LENGTH_OF_TIME
from .settings import Settings

SHAPES = {
    "dict_type": "a table, [name] and lines of its own or { name = value }",
    "model_type": "a table, [name] and lines of its own or { name = value }",
    "tuple_type": 'a list, ["one", "another"]',
    "list_type": 'a list, ["one", "another"]',
    "string_type": 'text, "in quotes"',
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "int_type": "a whole number",
    "float_parsing": "a number",
    "float_type": "a number",
}
"""What TOML people write, in their words and not in those of the validator."""
ALTERNATIVES = {"str", "bool", "int", "float"}
"""How the validator names the kind that it tried last, of several that a setting takes."""
PATTERNS = {
    LENGTH_OF_TIME: "a length of time such as 30s, 10m, 12h or 1d, or never",
    DAY_OF_YEAR: "a month and a day such as 03-15",
    KEY_NAME: "up to 60 letters, digits and the signs . _ -",
}
OTHER_WORDS = {
    "file": ("database", "db", "solution"),
    "database": ("file", "db", "solution"),
    "host": ("server", "url", "address"),
    "account": ("username", "user", "login", "name"),
    "username": ("account", "user", "login"),
    "password": ("pass", "pwd", "secret"),
    "access": ("readonly", "read_only"),
}
"""What people call a setting. The file and the account have other names in a configuration file than as variables."""


def right_name(word: str, names: Collection[str]) -> str | None:
    """The setting that was meant, among `names`, which are in small letters."""
    for setting, others in OTHER_WORDS.items():
        if setting in names and word.lower() in others:
            return setting
    close = near(word.lower(), names, most=1)
    return close[0] if close else None


def complaint(
    error: ValidationError, path: Path | None, *, prefix: str, renamed: Mapping[str, str]
) -> ConfigurationError:
    """`path` is the configuration file, None where only variables were read; `renamed` holds settings whose variable has another name."""
    details = error.errors(include_url=False, include_input=False)
    # A misspelt name is often the cause of a missing one.
    detail = next((d for d in details if d["type"] == "extra_forbidden"), details[0])
    parts = [str(part) for part in detail["loc"] if not str(part).startswith(("function-", "dict["))]
    if len(parts) > 1 and parts[-1] in ALTERNATIVES:
        parts.pop()
    if not parts:  # of several settings together, which the message names
        name = "The settings" if path is None else str(path)
    else:
        name = f"{'.'.join(parts)!r} in {path}" if path is not None else _variable(parts, prefix, renamed)
    if detail["type"] == "extra_forbidden":
        meant = right_name(parts[-1], _fields_beside(parts))
        return ConfigurationError(
            f"{name} is no setting of filemaker-mcp", advice=f"Did you mean {meant!r}?" if meant else ""
        )
    if detail["type"] == "missing":
        is_of_database = parts[0] == "database" and len(parts) == 3
        advice = "It is needed to reach the database." if is_of_database else "It cannot be left out there."
        return ConfigurationError(f"{name} is not set", advice=advice)
    if detail["type"] in SHAPES:
        return ConfigurationError(f"{name} takes {SHAPES[detail['type']]}")
    form = PATTERNS.get(detail.get("ctx", {}).get("pattern", ""))
    if form is not None:
        return ConfigurationError(f"{name} takes {form}")
    reason = detail["msg"].removeprefix("Value error, ")
    return ConfigurationError(f"{name}: {lowered_first(reason)}")


def _variable(parts: list[str], prefix: str, renamed: Mapping[str, str]) -> str:
    own = parts[2:] if parts[0] == "database" and len(parts) > 2 else parts
    variable = f"{prefix}{renamed.get(own[0], own[0])}".upper()
    return variable if len(own) == 1 else f"{'.'.join(own[1:])!r} in {variable}"


def _fields_beside(parts: list[str]) -> list[str]:
    """The settings that exist where the last of `parts` was written."""
    here: Any = Settings
    for part in parts[:-1]:
        here = _set(here)
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = here.model_fields.get(part)
            here = field.annotation if field is not None else None
        else:
            here = _values_of(here)
    model = _model_in(here)
    return list((model or DatabaseSettings).model_fields)


def _set(annotation: Any) -> Any:
    """What it is when it is not left out."""
    if get_origin(annotation) is types.UnionType:
        return next(kind for kind in get_args(annotation) if kind is not types.NoneType)
    return annotation


def _values_of(annotation: Any) -> Any:
    arguments = [argument for argument in get_args(annotation) if argument is not Ellipsis]
    return arguments[-1] if arguments else annotation


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) is types.UnionType:
        return next((model for kind in get_args(annotation) if (model := _model_in(kind))), None)
    return None
