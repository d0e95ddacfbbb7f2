"""What is filled into a sentence, in the form of no language yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self


class Name(str):
    """A name or a text that is quoted, in the quotation marks of whoever reads it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """Several, one after the other. `more` are those that are not named."""

    parts: tuple[Part, ...]
    separator: str = ", "
    more: int = 0

    @classmethod
    def of(cls, parts: Iterable[Part], most: int = 0, separator: str = ", ") -> Self:
        """All, or the first `most` of them and how many more there are."""
        every = tuple(parts)
        shown = every[:most] if most else every
        return cls(shown, separator, len(every) - len(shown))


@dataclass(frozen=True, slots=True)
class Inner:
    """A sentence within another one: English begins it with a small letter there."""

    text: str


@dataclass(frozen=True, slots=True)
class Day:
    """A date, in the form of whoever reads it."""

    date: date


@dataclass(frozen=True, slots=True)
class Held:
    """What a field holds: a text in quotation marks, a number with every digit and no parted thousands."""

    value: str | int | Decimal


Part = str | Held | Day | int | Decimal | Listed | Inner


def names(some: Iterable[str], most: int = 0) -> Listed:
    """Each quoted."""
    return Listed.of(map(Name, some), most)
