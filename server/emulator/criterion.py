"""What one find criterion asks of one field, once its text has been understood (section 7.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from functools import cached_property


class BadCriterion(Exception):
    """A criterion that cannot be evaluated; `code` is FileMaker's: 500 malformed date or time, 508 invalid for the type."""

    def __init__(self, code: int) -> None:
        super().__init__(f"FileMaker error {code}")
        self.code = code


class Wild(Enum):
    MANY = "*"
    ONE = "@"
    DIGIT = "#"


@dataclass(frozen=True)
class Pattern:
    """Literal text and wildcards in turn; the literals are already in the form they are compared in."""

    pieces: tuple[str | Wild, ...]

    @property
    def literal(self) -> str | None:
        """The whole pattern as text, or None when it holds a wildcard."""
        return (
            None if any(isinstance(piece, Wild) for piece in self.pieces) else "".join(map(str, self.pieces))
        )

    @property
    def prefix(self) -> str:
        """What every matching text begins with."""
        return self.pieces[0] if self.pieces and isinstance(self.pieces[0], str) else ""

    @cached_property
    def _start(self) -> re.Pattern[str]:
        return re.compile(self._expression(), re.DOTALL)

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        return re.compile(self._expression() + r"\Z", re.DOTALL)

    def _expression(self) -> str:
        # Between two wildcards the earliest place is as good as any, so nothing is ever tried twice; only
        # what follows the last `*` may have to slide to the end.
        runs: list[str] = [""]
        for piece in self.pieces:
            if piece is Wild.MANY:
                runs.append("")
            elif isinstance(piece, str):
                runs[-1] += re.escape(piece)
            else:
                runs[-1] += "." if piece is Wild.ONE else "[0-9]"
        first, *rest = runs
        return first + "".join(f"(?>.*?{run})" for run in rest[:-1]) + (f".*{rest[-1]}" if rest else "")

    def starts(self, text: str, position: int = 0) -> bool:
        """Whether the text matches from the position on, whatever follows."""
        return self._start.match(text, position) is not None

    def covers(self, text: str, start: int = 0, end: int | None = None) -> bool:
        """Whether the text matches from start to end."""
        return self._whole.match(text, start, len(text) if end is None else end) is not None


@dataclass(frozen=True)
class Term:
    """One thing that text must contain."""

    pattern: Pattern
    whole: bool = False
    """`=abc`: up to the end of a word."""
    running: bool = False
    """It holds an escaped separator, so it may cross words."""
    quoted: bool = False
    """Accents count, wildcards do not exist."""
    anywhere: bool = False
    """`*"abc"`: not only where a word starts."""


@dataclass(frozen=True)
class Anything:
    """An empty criterion asks nothing; the request as a whole may still be error 400."""


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
    """`!`: the value occurs in another record too; only the table as a whole can tell."""


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
    """A number, date, time or timestamp by its measure (see `readings.measure`); None leaves a side open."""

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


Span = tuple[int, int] | None
"""Inclusive bounds of one component of a date or time; None for any."""


@dataclass(frozen=True)
class DateParts:
    """A date given by components: `7/{1..15}/2014`, `3/*/2014`, `Mon..Fri`."""

    year: Span = None
    month: Span = None
    day: Span = None
    weekdays: frozenset[int] | None = None
    """Monday is 0."""

    def holds(self, value: date) -> bool:
        """Whether a day agrees in every component."""
        return (
            _within(value.year, self.year)
            and _within(value.month, self.month)
            and _within(value.day, self.day)
            and (self.weekdays is None or value.weekday() in self.weekdays)
        )


@dataclass(frozen=True)
class TimeParts:
    """A time given by components: `{7...9}:15`."""

    hour: Span = None
    minute: Span = None
    second: Span = None

    def holds(self, value: timedelta) -> bool:
        """Whether a time agrees in every component; a negative time agrees in none."""
        minutes, seconds = divmod(value.days * 86400 + value.seconds, 60)
        return (
            value >= timedelta(0)
            and _within(minutes // 60, self.hour)
            and _within(minutes % 60, self.minute)
            and _within(seconds, self.second)
        )


@dataclass(frozen=True)
class Parts:
    """Components of a date, a time or both."""

    date: DateParts = field(default_factory=DateParts)
    time: TimeParts = field(default_factory=TimeParts)


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


def _within(value: int, span: Span) -> bool:
    return span is None or span[0] <= value <= span[1]
