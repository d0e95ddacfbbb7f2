"""The owner's regular expressions in a JSON schema, matched in time that grows with the text alone.

Python's own `re` can take hours for a text of 31 characters (`^(\\w+\\s?)*$`). The engine here is the one that pydantic brings,
which has neither look-around nor back references.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from pydantic_core import SchemaError, SchemaValidator, core_schema

from ..text.exact_json import parts_of

Members = Mapping[str, Any]
BESIDE_PATTERNS = "unevaluatedProperties"
"""Would match the patterns once more, by `re`."""


def pattern_problem(schema: object) -> str:
    """What is wrong with the patterns of a schema, or nothing."""
    for part in parts_of(schema):
        if isinstance(part, dict):
            members = cast("dict[str, Any]", part)
            patterns = list(_members(members.get("patternProperties")))
            if patterns and BESIDE_PATTERNS in members:
                return f"patternProperties stands beside {BESIDE_PATTERNS}; use additionalProperties"
            if isinstance(pattern := members.get("pattern"), str):
                patterns.append(pattern)
            for pattern in patterns:
                try:
                    _compiled(pattern)
                except SchemaError:
                    return (
                        f"its pattern {pattern[:80]!r} cannot be checked: it is no regular expression, too large, or it "
                        "uses look-around or back references, whose time has no bound"
                    )
    return ""


def linear_validator() -> Any:
    """A validator class of JSON schema 2020-12 that never hands a pattern to `re`."""
    return cast("Any", validators).extend(
        Draft202012Validator,
        {
            "pattern": _pattern,
            "patternProperties": _pattern_properties,
            "additionalProperties": _additional_properties,
        },
    )


def _compiled(pattern: str) -> SchemaValidator:
    return SchemaValidator(core_schema.str_schema(pattern=pattern, regex_engine="rust-regex"))


def _matches(pattern: str, text: str) -> bool:
    return _compiled(pattern).isinstance_python(text)


def _pattern(validator: Any, pattern: str, instance: object, schema: Members) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not _matches(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], instance: object, schema: Members
) -> Iterator[ValidationError]:
    for name, value in _members(instance).items():
        for pattern, inner in patterns.items():
            if _matches(pattern, name):
                yield from validator.descend(value, inner, path=name, schema_path=pattern)


def _additional_properties(
    validator: Any, rule: object, instance: object, schema: Members
) -> Iterator[ValidationError]:
    declared, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    for name, value in _members(instance).items():
        if name in declared or any(_matches(pattern, name) for pattern in patterns):
            continue
        if rule is False:
            yield ValidationError(
                f"there is no {name[:80]!r} in it; it takes {', '.join(declared) or 'nothing'}"
            )
        elif isinstance(rule, dict):
            yield from validator.descend(value, rule, path=name)


def _members(instance: object) -> dict[str, Any]:
    return cast("dict[str, Any]", instance) if isinstance(instance, dict) else {}
