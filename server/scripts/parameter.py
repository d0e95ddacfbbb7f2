"""A script's parameter: checked against the owner's schema before anything is sent, then put into text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any, cast
from urllib.parse import quote

from ..dataapi.contents import Value
from ..errors import InputError
from ..text.exact_json import exact_json
from .governed_script import GovernedScript, Schema
from .json_path import NOTHING, JsonPath

LONGEST_IN_ADDRESS = 1_800
"""Encoded characters; with names and host around it that is what an address takes (section 2.7 [D])."""

LONGEST = 1_000_000
MOST_PROBLEMS = 3


def text_of(script: GovernedScript, parameter: object) -> str | None:
    """The text to send, None for no parameter. Raises InputError, nothing having been sent, when it does not fit."""
    value = _decoded(script.schema, parameter)
    problems = _problems(script.schema, value)
    if problems and parameter is None:
        problems = ["there is none, and it needs one"]
    if problems:
        raise InputError(
            f"The parameter does not fit the script {script.name!r}: {'; '.join(problems)}",
            advice="Nothing was sent. list_scripts shows the schema of the parameter.",
        )
    if parameter is None:
        globals_of(script, None)
        return None
    text = parameter if isinstance(parameter, str) else _compact(parameter)
    if len(text) > LONGEST:
        raise InputError(
            f"The parameter has {len(text)} characters, and {LONGEST} is the most", advice="Nothing was sent."
        )
    if script.carrier is None and encoded_length(text) > LONGEST_IN_ADDRESS:
        raise InputError(
            f"The parameter takes {encoded_length(text)} characters in an address and FileMaker takes {LONGEST_IN_ADDRESS}",
            advice="Nothing was sent. Shorten it, or ask the owner to name a carrier for the script "
            "(docs/scripts.md, 'Long parameters').",
        )
    globals_of(script, text)
    return text


def globals_of(script: GovernedScript, text: str | None) -> dict[str, Value]:
    """The global fields that are set before the script runs with that parameter. Raises InputError where the parameter does
    not have what one of them takes."""
    return {
        name: _global(script, name, value, text) if isinstance(value, JsonPath) else value
        for name, value in script.globals.items()
    }


def _global(script: GovernedScript, name: str, path: JsonPath, text: str | None) -> Value:
    found: Any = text or "" if not path.parts else NOTHING
    if path.parts and text is not None:
        with suppress(ValueError):
            found = path.find(exact_json(text))
    if isinstance(found, bool):
        return int(found)
    if isinstance(found, str | int | Decimal):
        return found
    raise InputError(
        f"The script {script.name!r} takes the global field {name!r} from {path.text!r} of its parameter, "
        "and there is no text or number there",
        advice="Nothing was sent. list_scripts shows what the parameter holds.",
    )


def encoded_length(text: str) -> int:
    return len(quote(text, safe=""))


def check_schema(schema: Schema) -> None:
    """Raises ValueError for what is no JSON schema (2020-12)."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    try:
        Draft202012Validator.check_schema(cast("Any", schema))
    except SchemaError as error:
        raise ValueError(
            f"its parameter is no JSON schema: {error.json_path}: {error.message[:200]}"
        ) from None
    from .linear_patterns import pattern_problem

    if problem := pattern_problem(schema):
        raise ValueError(problem)
    foreign = [reference for reference in _references(schema) if not reference.startswith("#")]
    if foreign:
        raise ValueError(f"the schema refers to {foreign[0]!r}; it cannot fetch anything from elsewhere")


def _references(schema: object) -> list[str]:
    if isinstance(schema, Mapping):
        parts = cast("Mapping[str, Any]", schema)
        inner = [reference for part in parts.values() for reference in _references(part)]
        return [str(parts["$ref"]), *inner] if isinstance(parts.get("$ref"), str) else inner
    if isinstance(schema, list):
        return [reference for part in cast("list[Any]", schema) for reference in _references(part)]
    return []


def _decoded(schema: Schema | None, parameter: object) -> object:
    """JSON given as text, where the schema wants an object or a list; the text itself is what is sent."""
    if parameter is None and isinstance(schema, Mapping) and "null" not in _types(schema):
        return {} if "object" in _types(schema) else None
    if isinstance(parameter, str) and isinstance(schema, Mapping) and _types(schema) & {"object", "array"}:
        try:
            return exact_json(parameter)
        except ValueError:
            return parameter
    return parameter


def _types(schema: Mapping[str, Any]) -> set[str]:
    kind = schema.get("type", ())
    return {kind} if isinstance(kind, str) else set(cast("list[str]", kind))


def _problems(schema: Schema | None, value: object) -> list[str]:
    if schema is None:
        return []
    if schema is False:
        return [] if value is None else ["it takes no parameter"]
    from jsonschema import Draft202012Validator
    from referencing import Registry

    from .linear_patterns import linear_validator

    validator: Any = linear_validator()(
        cast("Any", schema),
        format_checker=Draft202012Validator.FORMAT_CHECKER,
        registry=Registry(),  # pyright: ignore[reportUnknownArgumentType]  -- the default one fetches references from the network
    )
    return [
        _problem(error) for _, error in zip(range(MOST_PROBLEMS), validator.iter_errors(value), strict=False)
    ]


def _problem(error: Any) -> str:
    """The library's sentence, without the value when that is long."""
    place = str(error.json_path).removeprefix("$").removeprefix(".") or "it"
    message = str(error.message)
    if len(message) > 160:
        message = f"{str(error.instance)[:60]!r}... breaks the rule {error.validator!r} ({str(error.validator_value)[:80]})"
    return f"{place}: {message}"


def _compact(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_number)
    except ValueError as error:  # 1e400 in the JSON of a call is infinity here
        raise InputError("JSON knows no number that large", advice="Nothing was sent.") from error


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        text = format(value, "f")
        near = float(text)
        if value == value.to_integral_value():
            return int(value)
        return near if Decimal(repr(near)) == value else text
    raise InputError(f"{type(value).__name__} has no place in a script parameter", advice="Nothing was sent.")
