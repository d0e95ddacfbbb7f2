"""How much all found sets of the process keep in memory together, whoever made them: beyond it those that were used longest ago go to
temporary files, and are let go of where there are many of those. What is gone is read again when it is asked about again."""

from __future__ import annotations

from weakref import WeakValueDictionary

from .shared_pages import Holding

IN_MEMORY = 16 * 2**20
"""Bytes."""
COUNTED = 4
"""All are counted whenever a part of that many of the bytes was used: as much more may be there meanwhile."""
MOST_FILES = 100
"""The process has a thousand or so open at most, connections among them."""


class PageRoom:
    def __init__(self, *, in_memory: int = IN_MEMORY, files: int = MOST_FILES) -> None:
        self._in_memory = in_memory
        self._files = files
        self._known = WeakValueDictionary[int, Holding]()
        """The one that was used longest ago stands first."""
        self._used = 0
        """Bytes of what was used since all were counted: how much came since then at the most."""

    @property
    def holdings(self) -> list[Holding]:
        """Those that are there still."""
        return list(self._known.values())

    def use(self, holding: Holding) -> None:
        """Something was read of it. Others make room."""
        if not holding.shelves:
            return
        self._known.pop(id(holding), None)
        self._known[id(holding)] = holding
        self._used += holding.memory
        if self._used > self._in_memory // COUNTED:
            self._used = 0
            self._make_room()

    def _make_room(self) -> None:
        known = self.holdings
        memory, files = sum(each.memory for each in known), sum(each.files for each in known)
        for each in known:
            if memory <= self._in_memory and files <= self._files:
                return
            memory -= each.memory
            more = len(each.shelves) - each.files
            if files + more <= self._files:
                files += more
                each.put_away()
            else:
                files -= each.files
                each.forget()
