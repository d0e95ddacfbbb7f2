"""A refusal that stands for a while, so that callers do not repeat what led to it."""

from __future__ import annotations

from ..errors import FilemakerMcpError
from .clock import Clock, Moment

NEVER = float("inf")
"""Until somebody changes the settings and starts again."""


class Latch:
    """Open until something is refused; then whoever comes is told the same until its time is over."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._error: FilemakerMcpError | None = None
        self._seconds = 0.0
        self._since = Moment.now(clock)

    def check(self) -> None:
        """Raises the refusal that stands."""
        if self._error is not None and self._since.age(self._clock) < self._seconds:
            raise self._error

    def close(self, error: FilemakerMcpError, seconds: float) -> None:
        """Whoever comes in the next `seconds` is told `error` without anybody being asked."""
        self._error, self._seconds, self._since = error, seconds, Moment.now(self._clock)

    def open(self) -> None:
        self._error = None
