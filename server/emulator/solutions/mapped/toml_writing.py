"""Writes the definition of a solution: TOML as the loader reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast


def text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def inline(value: object) -> str:
    """A value on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, object]", value).items()
        inside = ", ".join(f"{text(name)} = {inline(each)}" for name, each in pairs)
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(inline, cast('Sequence[object]', value)))}]"
    return text(str(value))


def table(heading: str, values: Mapping[str, object]) -> str:
    """A table with one line for each value."""
    return "".join(
        [f"\n[{heading}]\n", *(f"{text(name)} = {inline(value)}\n" for name, value in values.items())]
    )


def tables(heading: str, values: Sequence[Mapping[str, object]]) -> str:
    return "".join(
        "".join([f"\n[[{heading}]]\n", *(f"{text(name)} = {inline(own)}\n" for name, own in value.items())])
        for value in values
    )
