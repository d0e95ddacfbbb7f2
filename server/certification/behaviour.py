"""One thing that a host does, where the reference says so, and what was seen of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .scratch import Scratch


class NotSeen(Exception):
    """A behaviour could not be looked at on this host or layout. The text says why, in a sentence without contents."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`look` answers in a word or two: a FileMaker code, a status, a count. It never answers with contents."""

    name: str
    section: str
    """Of docs/reference/data-api.md."""
    words: str
    look: Callable[[Scratch], Awaitable[str]]
    expected: str | None = None
    """None where a switch or the version's profile of the emulated host says it."""


@dataclass(frozen=True, slots=True)
class Observation:
    behaviour: Behaviour
    expected: str
    seen: str | None
    """None where it could not be looked at."""
    why_not: str = ""
    switch: str = ""
    """How the emulated host is made to do the same, `name=value`; empty where no switch does it."""

    @property
    def differs(self) -> bool:
        return self.seen is not None and self.seen != self.expected
