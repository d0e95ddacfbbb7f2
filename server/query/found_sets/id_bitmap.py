"""Which records have come: tells when paging brought one twice, at one bit a record."""

from __future__ import annotations

from collections.abc import Sequence

MOST_BITS = 2**27
"""Record ids count up from 1, so a bit for each fits; higher ones, which only an import makes, are kept in a set."""


class Seen:
    """Record ids of the pages so far."""

    def __init__(self) -> None:
        self._bits = bytearray()
        self._high: set[int] = set()
        self.count = 0
        self.repeated = 0
        """Records that came again."""

    def has(self, record_id: str) -> bool:
        number = int(record_id)
        if number >= MOST_BITS:
            return number in self._high
        place = number >> 3
        return place < len(self._bits) and bool(self._bits[place] & 1 << (number & 7))

    def add(self, ids: Sequence[str]) -> frozenset[str]:
        """Takes a page's ids; those that had come before, or came twice, are returned."""
        numbers = [int(each) for each in ids]
        room = max((n for n in numbers if n < MOST_BITS), default=0) // 8 + 1
        if room > len(self._bits):
            self._bits.extend(bytes(room - len(self._bits) + 65_536))
        again: set[int] = set()
        bits = self._bits
        for number in numbers:
            if number >= MOST_BITS:
                if number in self._high:
                    again.add(number)
                self._high.add(number)
                continue
            place, bit = number >> 3, 1 << (number & 7)
            if bits[place] & bit:
                again.add(number)
            bits[place] |= bit
        self.count += len(set(numbers)) - len(again)
        self.repeated += len(again)
        return frozenset(str(number) for number in again)
