"""Which records have come: tells when paging brought one twice, at eight bytes a record."""

from __future__ import annotations

from array import array
from bisect import insort
from collections.abc import Sequence


class Seen:
    """Record ids of pages. Pages in the order of creation do not overlap, so comparing their ends is mostly enough."""

    def __init__(self) -> None:
        self._pages: list[tuple[int, int, array[int]]] = []
        self.count = 0
        self.repeated = 0
        """Records that came again."""

    def add(self, ids: Sequence[str]) -> frozenset[str]:
        """Takes a page's ids; those that had come before, or came twice, are returned."""
        numbers = [int(each) for each in ids]
        if not numbers:
            return frozenset()
        unique = set(numbers)
        low, high = min(unique), max(unique)
        again = {n for n in unique if numbers.count(n) > 1} if len(unique) < len(numbers) else set[int]()
        for first, last, page in self._pages:
            if first <= high and low <= last:
                again |= unique.intersection(page)
        insort(self._pages, (low, high, array("q", unique)))
        self.count += len(unique)
        self.repeated += len(again)
        return frozenset(str(n) for n in again)
