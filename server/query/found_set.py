"""A found set: what was asked of which layout, in which order, and what of it was read, as one thing that later calls can name."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from ..criteria.criteria import Criteria
from ..criteria.requests import Leg
from ..dataapi.models import LayoutMeta, SortKey
from .shelf import Shelf


@dataclass
class FoundSet:
    """The records of `layout` that meet `criteria`, in the order of `sort`."""

    layout: LayoutMeta
    criteria: Criteria
    sort: tuple[SortKey, ...] = ()
    where: object = None
    omit: object = None
    """What was asked, as it was said."""
    handle: str = ""
    caller: str = ""
    notes: tuple[str, ...] = ()
    """What the owner's notes left out or understood otherwise, in words."""
    shelves: dict[int, Shelf] = field(default_factory=dict[int, Shelf])
    """By the identity of the leg that they hold."""
    read_at: datetime | None = None
    """When its records were read, if they are kept."""
    read_before_change: int = -1
    """`Database.changes` at that time: kept records say nothing after a write."""

    def sorted_by(self, sort: tuple[SortKey, ...]) -> FoundSet:
        """The same records in another order; what was read in this order does not serve that one."""
        return self if sort == self.sort else replace(self, sort=sort, handle="", shelves={}, read_at=None)

    def shelf_of(self, leg: Leg) -> Shelf | None:
        """The pages of a leg, if all of them are kept."""
        shelf = self.shelves.get(id(leg))
        return shelf if shelf is not None and shelf.is_whole else None

    def new_shelf(self, leg: Leg) -> Shelf:
        old = self.shelves.pop(id(leg), None)
        if old is not None:
            old.close()
        return self.shelves.setdefault(id(leg), Shelf())

    def forget(self) -> None:
        """Lets go of all records; the question itself stays."""
        for shelf in self.shelves.values():
            shelf.close()
        self.shelves.clear()
        self.read_at = None

    @property
    def size(self) -> int:
        return sum(shelf.size for shelf in self.shelves.values())
