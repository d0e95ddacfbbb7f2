"""What is wrong with a solution folder: every mistake with its file, its place and the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Mistake:
    file: str
    line: int
    place: str
    """Such as `layouts.Customers.fields`."""
    message: str
    """What is wrong, and what to write instead."""

    def __str__(self) -> str:
        place = f" ({self.place})" if self.place else ""
        return f"{self.file}, line {self.line}{place}: {self.message}"


class SolutionError(Exception):
    """A solution that cannot be served. `mistakes` has all that were found, in the order of files and lines."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        count = len(self.mistakes)
        heading = "1 mistake" if count == 1 else f"{count} mistakes"
        super().__init__("\n".join((f"The solution has {heading}:", *map(str, self.mistakes))))


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that names the likeliest right name, or all of them when they are few."""
    names = list(known)
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {near[0]!r}?"
    if not names:
        return "There are none yet."
    shown = ", ".join(repr(each) for each in names[:8])
    return f"There are {shown}{' and others' if len(names) > 8 else ''}."


def dotted(path: Sequence[str | int]) -> str:
    return ".".join(str(part) for part in path)
