"""What one find criterion asks of one field, once its text has been understood (section 7.3)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .components import Parts
from .patterns import Pattern, Term


class BadCriterion(Exception):
    """A criterion that cannot be evaluated. `code` is FileMaker's: 500 malformed date or time, 508 invalid for the type."""

    def __init__(self, code: int) -> None:
        super().__init__(f"FileMaker error {code}")
        self.code = code


@dataclass(frozen=True)
class Anything:
    """An empty criterion asks nothing. The request as a whole may still be error 400."""


@dataclass(frozen=True)
class Nothing:
    """Text without a single word to look for finds nothing."""


@dataclass(frozen=True)
class Empty:
    """`=`"""


@dataclass(frozen=True)
class Present:
    """`*`"""


@dataclass(frozen=True)
class Duplicated:
    """`!`: the value occurs in another record too. Only the table as a whole can tell."""


@dataclass(frozen=True)
class Invalid:
    """`?`: the stored text is no date, time or number."""


@dataclass(frozen=True)
class Words:
    """Each term must be found, in any order."""

    terms: tuple[Term, ...]


@dataclass(frozen=True)
class WholeText:
    """`==`: the whole field, or with `lines` one of its lines."""

    pattern: Pattern
    lines: bool = False


@dataclass(frozen=True)
class WordRange:
    """Some word of the field lies between the bounds, by the order of the index."""

    low: str | None = None
    high: str | None = None
    low_open: bool = False
    high_open: bool = False

    def holds(self, word: str) -> bool:
        """Whether a word lies inside."""
        above = self.low is None or (word > self.low if self.low_open else word >= self.low)
        return above and (self.high is None or (word < self.high if self.high_open else word <= self.high))


@dataclass(frozen=True)
class Between:
    """A number, date, time or timestamp by its measure (see `readings.measure`). None leaves a side open."""

    low: Decimal | int | None = None
    high: Decimal | int | None = None
    low_open: bool = False
    high_open: bool = False

    def holds(self, value: Decimal | int) -> bool:
        """Whether a measure lies inside."""
        above = self.low is None or (value > self.low if self.low_open else value >= self.low)
        return above and (self.high is None or (value < self.high if self.high_open else value <= self.high))


@dataclass(frozen=True)
class DecimalText:
    """Wildcards in a number are matched against its decimal text (section 7.3 [O])."""

    pattern: Pattern


Criterion = (
    Anything
    | Nothing
    | Empty
    | Present
    | Duplicated
    | Invalid
    | Words
    | WholeText
    | WordRange
    | Between
    | DecimalText
    | Parts
)
