"""JSON from outside as values of ours: numbers with every digit and never without bounds, text that can be written again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from .numbers import fraction_read, integer_read

LARGE = 1_000_000
"""Characters beyond which other threads get their turn at each object that is read."""
NESTED = frozenset({dict, list})
REPLACEMENT = "\\ufffd"
_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPE = re.compile(
    r"""\\(?:
        u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}   # a pair, one character
        | (?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})                  # half of one
        | .                                                        # any other escape, passed over whole
    )""",
    re.VERBOSE | re.DOTALL,
)


def exact_json(text: str | bytes) -> object:
    """Fractions as `Decimal`; numbers beyond what FileMaker holds, and NaN and infinity, as the text they are. Raises
    ValueError for all that is no JSON, nesting without end included."""
    text = legible(text)
    hook = _itself if len(text) > LARGE else None
    try:
        try:
            return json.loads(text, parse_float=fraction_read, parse_constant=str, object_hook=hook)
        except json.JSONDecodeError:
            raise
        except ValueError:  # Python's own bound on the digits of a whole number
            return json.loads(
                text,
                parse_float=fraction_read,
                parse_int=integer_read,
                parse_constant=str,
                object_hook=hook,
            )
    except RecursionError as error:
        raise ValueError("nested without end") from error


def _itself(read: dict[str, object]) -> dict[str, object]:
    """Between two calls of it the interpreter may go on with another thread, as it may not within the JSON library."""
    return read


def is_deeper(document: object, most: int) -> bool:
    """Whether objects and lists stand inside one another more than `most` deep."""
    return any(depth > most for depth, _ in enumerate(levels_of(document)))


def parts_of(document: object) -> Iterator[object]:
    """All that is in it, itself first."""
    return (part for level in levels_of(document) for part in level)


def levels_of(document: object) -> Iterator[list[object]]:
    """What stands equally deep, from the document itself on."""
    level: list[Any] = [document]
    while level:
        yield level
        level = [inner for part in level if type(part) in NESTED for inner in _inside(part)]


def _inside(part: dict[str, object] | list[object]) -> Iterable[object]:
    return part.values() if isinstance(part, dict) else part


def legible(text: str | bytes) -> str:
    """JSON text without halves of surrogate pairs, which JSON may hold and neither UTF-8 nor SQLite can: half an emoji,
    cut off by a calculation, becomes U+FFFD, the sign for what cannot be shown."""
    if isinstance(text, bytes):
        text = text.decode("utf-8-sig", "replace")
    if _HALF_PAIR.search(text) is None:
        return text
    return _ESCAPE.sub(lambda found: REPLACEMENT if found["half"] else found[0], text)
