"""A found set: what was asked of which layout, in which order, as one thing that later calls can name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ..criteria.criteria import Criteria
from ..dataapi.models import LayoutMeta, SortKey


@dataclass
class FoundSet:
    """The records of `layout` that meet `criteria`, in the order of `sort`."""

    layout: LayoutMeta
    criteria: Criteria
    sort: tuple[SortKey, ...] = ()
    found: int | None = None
    """How many there are; None until it has been read."""
    read_at: datetime | None = None
    handle: str = ""
    caller: str = ""
    notes: tuple[str, ...] = ()
    """What the owner's notes left out or understood otherwise, in words."""

    def sorted_by(self, sort: tuple[SortKey, ...]) -> FoundSet:
        return replace(self, sort=sort, handle="")
