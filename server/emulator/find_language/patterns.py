"""Literal text with wildcards in it, and the terms of a search for words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import groupby


class Wild(Enum):
    MANY = "*"
    ONE = "@"
    DIGIT = "#"


WILDCARDS = {wild.value: wild for wild in Wild}


@dataclass(frozen=True)
class Pattern:
    """Literal text and wildcards in turn. The literals are already in the form they are compared in."""

    pieces: tuple[str | Wild, ...]

    @classmethod
    def of(cls, pieces: Iterable[str | Wild]) -> Pattern:
        """A pattern of pieces that may be single characters. A row of `*` is one."""
        joined: list[str | Wild] = []
        for is_text, group in groupby(pieces, lambda piece: isinstance(piece, str)):
            if is_text:
                joined.append("".join(map(str, group)))
                continue
            for piece in group:
                if piece is not Wild.MANY or joined[-1:] != [Wild.MANY]:
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
    def _runs(self) -> list[_Run]:
        """What stands between the `*`, in order. There is always one run before the first and one after the last."""
        runs: list[list[str | Wild]] = [[]]
        for piece in self.pieces:
            if piece is Wild.MANY:
                runs.append([])
            else:
                runs[-1].append(piece)
        return [_Run.of(run) for run in runs]

    def starts(self, text: str, position: int = 0) -> bool:
        """Whether the text matches from the position on, whatever follows."""
        first, *rest = self._runs
        if not first.stands(text, position, len(text)):
            return False
        at: int | None = position + first.length
        for run in rest:
            # The earliest place is as good as any, so nothing is ever tried twice.
            at = None if at is None else run.found(text, at, len(text))
        return at is not None

    def covers(self, text: str, start: int = 0, end: int | None = None) -> bool:
        """Whether the text matches from start to end."""
        stop = len(text) if end is None else end
        first, *rest = self._runs
        if not first.stands(text, start, stop):
            return False
        at: int | None = start + first.length
        if not rest:
            return at == stop
        for run in rest[:-1]:
            at = None if at is None else run.found(text, at, stop)
        last = stop - rest[-1].length
        return at is not None and at <= last and rest[-1].stands(text, last, stop)


@dataclass(frozen=True)
class _Run:
    """Literal text, or an expression where single characters are open. Always of the same length."""

    length: int
    literal: str = ""
    expression: re.Pattern[str] | None = None

    @classmethod
    def of(cls, pieces: Sequence[str | Wild]) -> _Run:
        if all(isinstance(piece, str) for piece in pieces):
            literal = "".join(map(str, pieces))
            return cls(len(literal), literal)
        written = "".join(
            re.escape(piece) if isinstance(piece, str) else "." if piece is Wild.ONE else "[0-9]"
            for piece in pieces
        )
        length = sum(len(piece) if isinstance(piece, str) else 1 for piece in pieces)
        return cls(length, expression=re.compile(written, re.DOTALL))

    def stands(self, text: str, position: int, end: int) -> bool:
        """Whether the run is there."""
        if self.expression is None:
            return text.startswith(self.literal, position, end)
        return self.expression.match(text, position, end) is not None

    def found(self, text: str, position: int, end: int) -> int | None:
        """Where the first place from the position on ends."""
        if self.expression is None:
            at = text.find(self.literal, position, end)
            return None if at < 0 else at + self.length
        match = self.expression.search(text, position, end)
        return None if match is None else match.end()


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
