"""Numbers in JSON with every digit, `{"$number": "1.50"}`, and objects of others that only look like one.

A field may be named `$number`. An object with such a name is kept as the list of its names and values,
`{"$number": [["$number", "x"]]}`, so that it comes back as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from .kept_sentences import SAY

NUMBER = "$number"
OURS = frozenset({NUMBER, SAY})
"""Names by which what is kept is known."""


def kept_number(number: Decimal) -> dict[str, str]:
    return {NUMBER: format(number, "f")}


def kept_object(plain: dict[str, Any]) -> dict[str, Any]:
    """An object of others, whose values are kept already."""
    return plain if OURS.isdisjoint(plain) else {NUMBER: [[name, plain[name]] for name in sorted(plain)]}


def number_or_object(raw: dict[str, Any]) -> object:
    """What was kept, from JSON as it was read."""
    if len(raw) != 1 or NUMBER not in raw:
        return raw
    within = raw[NUMBER]
    return dict(cast("list[tuple[str, Any]]", within)) if isinstance(within, list) else Decimal(within)


def kept_within(part: object) -> object:
    """All of it, however deep, where a name of ours stands in it."""
    if isinstance(part, Mapping):
        whole = cast("Mapping[str, object]", part)
        return kept_object({name: kept_within(value) for name, value in whole.items()})
    if isinstance(part, list | tuple):
        return [kept_within(each) for each in cast("list[object]", part)]
    return kept_number(part) if isinstance(part, Decimal) else part
