"""What the owner wants done, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import islice

from cronsim import CronSim

MOST_TIMES = 10_000
"""Times that are counted one by one, of a schedule that nobody carried for long."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Either a runbook or a script."""

    name: str
    cron: str
    zone: tzinfo
    """In which the expression is meant. Where clocks are put forward or back, it is read as Debian's cron does."""
    runbook: str = ""
    script: str = ""
    parameter: str | None = None
    layout: str | None = None

    @property
    def caller(self) -> str:
        """As `Caller.id`: whatever a schedule does belongs to it, and to no person."""
        return caller_of(self.name)

    def due(self, after: float, until: float) -> list[float]:
        """Its times after the one and up to the other, in seconds since 1970; the last ones where there are very many."""
        times = list(islice(self._backwards(until, after), MOST_TIMES))
        return times[::-1]

    def following(self, after: float) -> float | None:
        """Its next time; None where none is ever to come."""
        return next((at.timestamp() for at in CronSim(self.cron, self._local(after))), None)

    def _backwards(self, until: float, after: float) -> Iterator[float]:
        for at in CronSim(self.cron, self._local(until + 1), reverse=True):
            if at.timestamp() <= after:
                return
            if at.timestamp() <= until:
                yield at.timestamp()

    def _local(self, at: float) -> datetime:
        return datetime.fromtimestamp(at, UTC).astimezone(self.zone)


def caller_of(name: str) -> str:
    return f"schedule {name}"
