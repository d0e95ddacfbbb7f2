"""`docs/settings.md` as the settings themselves say it; `make surface` writes it down."""

from __future__ import annotations

import json
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from filemaker_mcp.server.config.configuration import PREFIX, RENAMED
from filemaker_mcp.server.config.database_settings import DatabaseSettings
from filemaker_mcp.server.config.settings import Settings
from filemaker_mcp.server.config.strict_settings import Secret

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"
BEGIN, END = "<!-- settings: made by `make surface` -->", "<!-- /settings -->"


def page(text: str) -> str:
    """The page with its tables as they should be."""
    head, _, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}\n{tables()}\n{END}{rest.partition(END)[2]}"


def tables() -> str:
    sections = [
        _table("## For the whole server", "At the top of the file.", Settings),
        *_inner(Settings, {DatabaseSettings}),
        _table("## For each database", "Under `[database.NAME]`.", DatabaseSettings),
        *_inner(DatabaseSettings, set()),
    ]
    return "\n\n".join(sections)


def _inner(model: type[BaseModel], seen: set[type[BaseModel]]) -> list[str]:
    """The tables within a table of settings."""
    return [
        _table(f"### `{place}`", f"{inner.__doc__}", inner)
        for place, inner in _parts("", model, seen)
        if inner is not Secret and inner.__doc__
    ]


def models() -> Iterator[type[BaseModel]]:
    """Every model whose fields an owner can write."""
    yield Settings
    yield DatabaseSettings
    seen: set[type[BaseModel]] = {DatabaseSettings}
    for root in (DatabaseSettings, Settings):
        for _, model in _parts("", root, seen):
            yield model


def _parts(
    place: str, model: type[BaseModel], seen: set[type[BaseModel]]
) -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in model.model_fields.items():
        for inner in _models(field.annotation):
            if inner not in seen:
                seen.add(inner)
                yield f"{place}{name}", inner
                yield from _parts(f"{place}{name}.", inner, seen)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models(each)


def _table(heading: str, words: str, model: type[BaseModel]) -> str:
    rows = ["| setting | what it says | takes | unless set |", "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        if model is Settings and name == "database":
            continue
        rows.append(f"| {_names(name, model)} | {field.description} | {_takes(field)} | {_default(field)} |")
    return "\n".join([heading, "", " ".join(words.split()), "", *rows])


def _names(name: str, model: type[BaseModel]) -> str:
    if model not in (Settings, DatabaseSettings):
        return f"`{name}`"
    return f"`{name}`<br>`{PREFIX}{RENAMED.get(name, name).upper()}`"


def _takes(field: FieldInfo) -> str:
    kinds = list(dict.fromkeys(_kinds(field.annotation)))
    bounds = [
        f"{sign} {value:,}"
        for rule in field.metadata
        for attribute, sign in (("ge", "at least"), ("gt", "more than"), ("le", "at most"))
        if (value := getattr(rule, attribute, None)) is not None
    ]
    return ", ".join([" or ".join(kinds), *bounds])


def _kinds(annotation: Any) -> Iterator[str]:
    origin = get_origin(annotation)
    if annotation is types.NoneType:
        return
    if origin is Literal:
        yield from (f"`{json.dumps(value)}`" for value in get_args(annotation))
    elif origin is Annotated:
        yield from _kinds(get_args(annotation)[0])
    elif origin in (types.UnionType, Union):
        for each in get_args(annotation):
            yield from _kinds(each)
    elif annotation is Secret:
        yield '`"keychain"`, `{ file = "..." }` or `{ env = "..." }`'
    elif origin is tuple:
        yield "a list"
    elif origin is not None or (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        yield "a table"
    else:
        yield {
            str: "text",
            SecretStr: "text",
            bool: "true or false",
            int: "a whole number",
            float: "a number",
            Path: "a path",
        }[annotation]


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined and field.default_factory is None:
        return "**needed**"
    value = field.default
    if value is None or value is PydanticUndefined or value in ("", ()) or isinstance(value, BaseModel):
        return ""
    return f"`{json.dumps(value)}`"
