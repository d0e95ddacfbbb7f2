"""Which criteria ask for records that are left out by default: only those that name the left-out value itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from ..criteria.collation import folded

EQUAL = ("is", "any_of", "case_exact")


def lifted(where: object, left_out: object) -> frozenset[int]:
    """The places of the objects in `where` that ask for what `left_out` matches."""
    asked = cast("list[object]", where) if isinstance(where, list) else [where]
    return frozenset(place for place, each in enumerate(asked) if asks_for(each, left_out))


def asks_for(asked: object, left_out: object) -> bool:
    """Whether one object of criteria names every value of an object of `left_out`."""
    if not isinstance(asked, Mapping):
        return False
    conditions = {name.casefold(): each for name, each in cast("Mapping[str, object]", asked).items()}
    objects = cast("list[object]", left_out) if isinstance(left_out, list) else [left_out]
    for each in objects:
        parts = dict(cast("Mapping[str, object]", each)) if isinstance(each, Mapping) else dict[str, object]()
        if parts and all(
            name.casefold() in conditions and _names(conditions[name.casefold()], part)
            for name, part in parts.items()
        ):
            return True
    return False


def _names(condition: object, left_out: object) -> bool:
    if condition == left_out:
        return True
    wanted = set(_values(condition))
    return bool(wanted & set(_values(left_out)))


def _values(condition: object) -> Iterator[str]:
    """The values that a condition is to be equal to."""
    if isinstance(condition, list):
        for each in cast("Sequence[object]", condition):
            yield from _values(each)
    elif isinstance(condition, Mapping):
        for word, operand in cast("Mapping[str, object]", condition).items():
            if word in EQUAL:
                yield from _values(operand)
    elif condition is not None and not isinstance(condition, bool):
        yield folded(str(condition))
