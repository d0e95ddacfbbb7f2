"""Pages that were read of a found set, shared by other groupings, single groups and other orders of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from ...criteria.requests import Leg
from ...dataapi.query import SortKey
from .page_cache import Shelf

Asked = tuple[tuple[tuple[tuple[str, str], ...], bool], ...]


@dataclass
class Holding:
    """Pages by the find that brought them."""

    sort: tuple[SortKey, ...] = ()
    """The order in which they came."""
    started: datetime | None = None
    ended: datetime | None = None
    """Between which two moments they were read."""
    count: int = 0
    """Records that came."""
    before_change: int = -1
    """`Database.changes` when they were read: they say nothing after a write."""
    shelves: dict[Asked, Shelf] = field(default_factory=dict[Asked, Shelf])

    def shelf_of(self, leg: Leg) -> Shelf | None:
        """The pages of a leg, if all of them are kept."""
        shelf = self.shelves.get(_asked(leg))
        return shelf if shelf is not None and shelf.is_whole else None

    def new_shelf(self, leg: Leg) -> Shelf:
        old = self.shelves.pop(_asked(leg), None)
        if old is not None:
            old.close()
        return self.shelves.setdefault(_asked(leg), Shelf())

    def has_all_of(self, legs: Iterable[Leg]) -> bool:
        return all(self.shelf_of(each) is not None for leg in legs for each in _with_minus(leg))

    def check(self, changes: int) -> None:
        """Lets go of what was read before something was written."""
        if self.before_change != changes:
            self.forget()
            self.before_change = changes

    def forget(self) -> None:
        for shelf in self.shelves.values():
            shelf.close()
        self.shelves.clear()
        self.started = self.ended = None
        self.count = 0

    def put_away(self) -> None:
        """All pages go to files."""
        for shelf in self.shelves.values():
            shelf.put_away()

    @property
    def memory(self) -> int:
        """Bytes."""
        return sum(shelf.memory for shelf in self.shelves.values())

    @property
    def files(self) -> int:
        """That are open."""
        return sum(shelf.has_file for shelf in self.shelves.values())

    @property
    def size(self) -> int:
        return sum(shelf.size for shelf in self.shelves.values())


def _asked(leg: Leg) -> Asked:
    """Tests of what a find brings do not change which pages it brings."""
    return tuple((tuple(sorted(request.criteria.items())), request.omit) for request in leg.requests)


def _with_minus(leg: Leg) -> list[Leg]:
    return [leg, *(each for minus in leg.minus for each in _with_minus(minus))]
