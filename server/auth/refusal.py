"""A refusal that stands for a while, so that callers do not repeat what led to it."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import FilemakerMcpError
from .clock import Clock, Moment

NEVER = float("inf")
"""Until somebody changes the settings and starts again."""


@dataclass(frozen=True, slots=True)
class Refusal:
    error: FilemakerMcpError
    seconds: float
    since: Moment

    def stands(self, clock: Clock) -> bool:
        return self.since.age(clock) < self.seconds
