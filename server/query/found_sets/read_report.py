"""What reading a found set came to: how many records matched, when they were read, what changed meanwhile."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from .page_reader import Course


@dataclass
class Account:
    """Told with every answer that rests on whole found sets."""

    courses: list[Course]
    matched: int = 0
    """Records that meet the criteria."""
    unread: Counter[str] = field(default_factory=Counter[str])
    """Text fields that were compared as numbers -> records that hold something else there and would match otherwise."""
    was_kept: bool = False
    started: datetime | None = None
    ended: datetime | None = None

    @property
    def changed(self) -> str:
        return "; ".join(course.changed for course in self.courses if course.changed)

    @property
    def read(self) -> str:
        """When the records were read: a moment, or the two between which any of them may have changed unseen."""
        moments = (each.isoformat() for each in (self.started, self.ended) if each is not None)
        return " to ".join(dict.fromkeys(moments))
