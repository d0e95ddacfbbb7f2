"""How a pool slows down guessing: from the fifth failure on it locks, twice as long each time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from .pool_errors import not_authorized

AFTER = 5
LONGEST = timedelta(minutes=15)


@dataclass
class Lockout:
    """Failures of one user. Wrong codes count like wrong passwords (section 1, H).

    Attempts inside a lock are refused without lengthening it. A success, or 15 quiet minutes, forgets the failures.
    """

    failures: int = 0
    until: datetime | None = None
    last_attempt: datetime | None = None

    def check(self, now: datetime) -> None:
        """Raise `Password attempts exceeded` while the lock holds."""
        if self.last_attempt is not None and now - self.last_attempt >= LONGEST:
            self.forget()
        self.last_attempt = now
        if self.until is not None and now < self.until:
            raise not_authorized("Password attempts exceeded")

    def fail(self, now: datetime) -> None:
        self.failures += 1
        if self.failures >= AFTER:
            exponent = min(self.failures - AFTER, 10)
            self.until = now + min(timedelta(seconds=2**exponent), LONGEST)

    def forget(self) -> None:
        self.failures = 0
        self.until = None
