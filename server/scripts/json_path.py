"""A small part of JSONPath: names and indexes, `data.rows`, `$.items[0]`, `["odd name"].value`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

_PART = re.compile(
    r"""\.?(?:(?P<name>[^.\[\]"']+)|\[(?P<index>-?\d+)\]|\[(?P<quote>["'])(?P<quoted>.*?)(?P=quote)\])"""
)


class _Nothing:
    def __repr__(self) -> str:
        return "NOTHING"


NOTHING = _Nothing()
"""What a path finds where there is nothing; None is a JSON null."""


@dataclass(frozen=True, slots=True)
class JsonPath:
    text: str
    parts: tuple[str | int, ...]

    @classmethod
    def parse(cls, text: str) -> JsonPath:
        """Raises ValueError with the place that is not understood."""
        rest = text.strip().removeprefix("$")
        if not rest and text.strip() != "$":
            raise ValueError("a path is empty")
        parts: list[str | int] = []
        position = 0
        while position < len(rest):
            part = _PART.match(rest, position)
            if part is None:
                raise ValueError(
                    f"{text!r} is not a path such as data.rows or items[0]: stuck at {rest[position:]!r}"
                )
            if part["index"] is not None:
                parts.append(int(part["index"]))
            else:
                parts.append(part["name"] if part["name"] is not None else part["quoted"])
            position = part.end()
        return cls(text, tuple(parts))

    def find(self, document: object) -> Any:
        """What is there, or NOTHING."""
        here: Any = document
        for part in self.parts:
            if isinstance(part, int) and isinstance(here, list):
                items = cast("list[Any]", here)
                if not -len(items) <= part < len(items):
                    return NOTHING
                here = items[part]
            elif isinstance(part, str) and isinstance(here, Mapping) and part in here:
                here = cast("Mapping[str, Any]", here)[part]
            else:
                return NOTHING
        return here

    def without(self, document: object) -> Any:
        """The document without what is there; None when nothing else is in it."""
        if not self.parts:
            return None
        return _without(document, self.parts)


def _without(document: object, parts: tuple[str | int, ...]) -> Any:
    first, rest = parts[0], parts[1:]
    fields: dict[str, Any] = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
    if not isinstance(first, str) or first not in fields:
        return cast("Any", document)
    inner: Any = _without(fields[first], rest) if rest else None
    left: dict[str, Any] = {name: value for name, value in fields.items() if name != first}
    if inner is not None:
        left[first] = inner
    return left or None
