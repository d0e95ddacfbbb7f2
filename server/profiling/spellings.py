"""Values of a status that are probably one, written in several ways."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from ..criteria.collation import folded
from .data_sample import Sample

MOST_VALUES = 60
FEWEST = 10
"""Filled records without which nothing is said."""
ALIKE = 0.86
LONG_ENOUGH = 5
RARE = 5
"""A near spelling is so many times rarer at the least: two frequent words that look alike are two words."""


@dataclass(frozen=True)
class Spelt:
    field: str
    one: str
    """The most frequent."""
    others: tuple[tuple[str, int], ...]
    """With how often each came in the sample."""
    is_near: bool = False
    """Not the same letters: a slip, or another word."""


def spelt(sample: Sample) -> Iterator[Spelt]:
    for field in sample.fields("text"):
        filled = {str(value): count for value, count in sample.filled(field).items()}
        total = sum(filled.values())
        if total < FEWEST or len(filled) > MOST_VALUES or len(filled) * 3 > total:
            continue
        by_letters: dict[str, list[str]] = {}
        for value in sorted(filled, key=lambda each: (-filled[each], each)):
            by_letters.setdefault(_letters(value), []).append(value)
        by_letters.pop("", None)
        for one, *others in by_letters.values():
            if others:
                yield Spelt(field.name, one, tuple((other, filled[other]) for other in others))
        yield from _near(field.name, {group[0]: filled[group[0]] for group in by_letters.values()})


def _letters(value: str) -> str:
    """Only letters and digits, without case and accents."""
    return "".join(c for c in folded(value) if c.isalnum())


def _near(field: str, counts: dict[str, int]) -> Iterator[Spelt]:
    words = [value for value in counts if len(_letters(value)) >= LONG_ENOUGH and not value.isdecimal()]
    taken = set[str]()
    for one in words:
        close = [
            (other, counts[other])
            for other in words
            if other not in taken
            and counts[other] * RARE <= counts[one]
            and difflib.SequenceMatcher(None, _letters(one), _letters(other)).ratio() >= ALIKE
        ]
        taken.update(other for other, _ in close)
        if close:
            yield Spelt(field, one, tuple(close), is_near=True)
