"""Which number had these values first: a table of fingerprints that takes 12 to 24 bytes for each, and not the values."""

from __future__ import annotations

from array import array
from collections.abc import Hashable
from decimal import Decimal
from hashlib import blake2b

FEWEST = 1 << 10
ALL_BITS = (1 << 64) - 1
SEED = 1
"""Stands for 0, which marks an empty place."""


def fingerprint(*values: object) -> int:
    """64 bits of them, never 0: among a million, two that are alike by chance come once in 37 million times."""
    text = repr(tuple(map(_form, values)))
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") or SEED


def passing_print(*values: Hashable) -> int:
    """The same for one count within this process, by a hash whose seed nobody knows: a third of the work."""
    return hash(tuple(map(_form, values))) & ALL_BITS or SEED


def _form(value: object) -> object:
    """Numbers that are the same are so in one form: 1, 1.0."""
    if type(value) is str:  # most are
        return value
    if type(value) is int:
        return (str(value),)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        text = format(value, "f")
        return (text.rstrip("0").rstrip(".") if "." in text else text,)
    return value


class Fingerprints:
    """Open addressing in two arrays that grow with what is put there. Where it is known how many will come, room for them is made
    at once: to put a hundred thousand in another place takes a tenth of a second."""

    def __init__(self, expected: int = 0) -> None:
        self._size = max(FEWEST, 1 << (expected * 4 // 3).bit_length())
        self._prints = array("Q", bytes(8 * self._size))
        self._numbers = array("I", bytes(array("I").itemsize * self._size))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def first(self, print_: int, number: int) -> int:
        """The number with which it was put first; this one where it is new."""
        if self._count * 4 > self._size * 3:
            self._grow()
        at = self._place(print_)
        if self._prints[at] == 0:
            self._prints[at], self._numbers[at] = print_, number
            self._count += 1
        return self._numbers[at]

    def put(self, print_: int, number: int) -> None:
        """From now on with this number."""
        self.first(print_, number)
        self._numbers[self._place(print_)] = number

    def get(self, print_: int) -> int | None:
        at = self._place(print_)
        return self._numbers[at] if self._prints[at] else None

    def _place(self, print_: int) -> int:
        prints, mask = self._prints, self._size - 1
        at = print_ & mask
        while prints[at] not in (0, print_):
            at = (at + 1) & mask
        return at

    def _grow(self) -> None:
        prints, numbers = self._prints, self._numbers
        self._size *= 2
        self._prints = array("Q", bytes(8 * self._size))
        self._numbers = array("I", bytes(numbers.itemsize * self._size))
        for print_, number in zip(prints, numbers, strict=True):
            if print_:
                at = self._place(print_)
                self._prints[at], self._numbers[at] = print_, number


class Frequencies:
    """How often each of many values comes. Of those beyond `most` different ones it is only known that there are more."""

    def __init__(self, most: int = 1 << 31) -> None:
        self._most = most
        self._seen = Fingerprints()
        self._times = array("I")
        self._firsts = array("I")
        self.is_more = False

    def __len__(self) -> int:
        """How many different ones there are."""
        return len(self._times)

    def add(self, print_: int, number: int) -> None:
        count = len(self._times)
        if count == self._most and self._seen.get(print_) is None:
            self.is_more = True
            return
        at = self._seen.first(print_, count)
        if at == count:
            self._times.append(0)
            self._firsts.append(number)
        self._times[at] += 1

    def times(self, print_: int) -> int:
        at = self._seen.get(print_)
        return 0 if at is None else self._times[at]

    @property
    def commonest(self) -> tuple[int, int]:
        """How often the most frequent one comes, and the number with which it came first."""
        times = max(self._times, default=0)
        return times, self._firsts[self._times.index(times)] if times else 0


class Repeated:
    """Which values come more than once."""

    def __init__(self, expected: int = 0) -> None:
        self._seen = Fingerprints(expected)
        self._again = set[int]()

    def add(self, print_: int) -> None:
        before = len(self._seen)
        self._seen.first(print_, 0)
        if len(self._seen) == before:
            self._again.add(print_)

    def __contains__(self, print_: int | None) -> bool:
        return print_ in self._again

    def __bool__(self) -> bool:
        """Whether any does."""
        return bool(self._again)
