"""Text as persons are looked for in it: what stands in values, and not how JSON, a word processor or a keyboard wrote it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cached_property
from html import unescape
from typing import Any, cast

from ...text.kept_numbers import NUMBER

_BLANKS = re.compile(r"\s+")
_UNSEEN = {
    ord(each): None
    for each in "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
}
"""Soft hyphens, joiners and marks of direction: a reader sees none of them."""
_ESCAPED = re.compile(r"\\(?:u[0-9a-fA-F]{4}|[nrtbf/\"\\])")
BETWEEN = "\n"
"""Between values. No normal text has it, so nothing is found across two of them."""


def normal(text: str) -> str:
    """As texts are compared: any blanks as one, any form of a letter as one, no capital letters."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_UNSEEN)
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", plain)).strip()


class SearchedText:
    """Of a text, or of JSON."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def values(self) -> str:
        """Every value, each in its normal form."""
        if self._told is None:
            return BETWEEN.join(map(normal, _forms(self._text)))
        return BETWEEN.join(normal(form) for value in _texts(self._told) for form in _forms(value))

    @cached_property
    def fields(self) -> list[tuple[str, Any]]:
        """Of JSON, every name and its value, however deep."""
        return list(_fields(self._told))

    @cached_property
    def _told(self) -> Any:
        return _json(self._text)


def _plain(told: dict[str, Any]) -> Any:
    """A number of ours as its digits. What only looks like one, in a value of FileMaker, stays."""
    value = told.get(NUMBER)
    return value if len(told) == 1 and isinstance(value, str) else told


_READER = json.JSONDecoder(object_hook=_plain, parse_int=str, parse_float=str, parse_constant=str)


def _fields(part: object) -> Iterator[tuple[str, Any]]:
    """Every name and value within; `["Field", value]` of a key, too."""
    if isinstance(part, Mapping):
        for name, value in cast("Mapping[str, object]", part).items():
            yield name, value
            yield from _fields(value)
    elif isinstance(part, list | tuple):
        each = cast("list[object]", part)
        if len(each) == 2 and isinstance(each[0], str):
            yield each[0], each[1]
        for value in each:
            yield from _fields(value)
    elif isinstance(part, str):
        yield from _fields(_json(part))


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, Mapping):
        for name, value in cast("Mapping[str, object]", part).items():
            yield name
            yield from _texts(value)
    elif isinstance(part, list | tuple):
        for value in cast("list[object]", part):
            yield from _texts(value)
    elif isinstance(part, str) and (within := _json(part)) is not None:
        yield from _texts(within)
    elif part is not None and not isinstance(part, bool):
        yield str(part)


def _json(text: str) -> Any:
    """None where it is none, or only looks like it."""
    if not text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return None
    try:
        return _READER.decode(text.lstrip("\ufeff \t\r\n").rstrip())
    except (ValueError, RecursionError):
        return None


def _forms(text: str) -> Iterator[str]:
    """As it is, and as it is meant where it was escaped for JSON or for a page."""
    yield text
    if "&" in text:
        yield unescape(text)
    if "\\" in text:
        yield _ESCAPED.sub(lambda found: str(json.loads(f'"{found[0]}"')), text)
