"""Literal text with wildcards in it, and the terms of a search for words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property


class Wild(Enum):
    MANY = "*"
    ONE = "@"
    DIGIT = "#"


WILDCARDS = {wild.value: wild for wild in Wild}


@dataclass(frozen=True)
class Pattern:
    """Literal text and wildcards in turn; the literals are already in the form they are compared in."""

    pieces: tuple[str | Wild, ...]

    @classmethod
    def of(cls, pieces: Iterable[str | Wild]) -> Pattern:
        """A pattern of pieces that may be single characters; a row of `*` is one."""
        joined: list[str | Wild] = []
        for piece in pieces:
            if isinstance(piece, str) and joined and isinstance(joined[-1], str):
                joined[-1] += piece
            elif piece is not Wild.MANY or joined[-1:] != [Wild.MANY]:
                joined.append(piece)
        return cls(tuple(joined))

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
