"""Many texts that are much alike, kept packed in memory: some dozen bytes each where they would take a thousand."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar, overload

PART = 250
"""Texts that are packed together."""
HELD = 4
"""Parts that stay unpacked, since what lies beside a text is mostly asked for next."""
FAST = 1
"""The level of `zlib` that costs the least time."""
T = TypeVar("T")


class PackedLines(Sequence[str]):
    """Texts without line ends, such as JSON. They are added at the end, and can be replaced. Several threads may read them."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._last: list[str] = []
        """Those that do not fill a part yet."""
        self._replaced: dict[int, str] = {}
        """Not packed yet."""
        self._held: tuple[tuple[int, list[str]], ...] = ()

    def __len__(self) -> int:
        return len(self._parts) * PART + len(self._last)

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> list[str]: ...
    def __getitem__(self, number: int | slice) -> str | list[str]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        number = range(len(self))[number]
        if number in self._replaced:
            return self._replaced[number]
        return self._part(number // PART)[number % PART]

    def __iter__(self) -> Iterator[str]:
        return self.since(0)

    def since(self, start: int) -> Iterator[str]:
        """From that one on; each part is unpacked once."""
        for at in range(start // PART, len(self._parts) + 1):
            lines = self._last if at == len(self._parts) else _unpacked(self._parts[at])
            first = max(start - at * PART, 0)
            for number, line in enumerate(islice(lines, first, None), at * PART + first):
                yield self._replaced.get(number, line) if self._replaced else line

    def append(self, line: str) -> None:
        self._last.append(line)
        if len(self._last) == PART:
            self._parts.append(_packed(self._last))
            self._last = []

    def copy(self) -> PackedLines:
        """What is packed is shared until it is replaced."""
        twin = PackedLines()
        twin._parts, twin._last, twin._replaced = list(self._parts), list(self._last), dict(self._replaced)
        return twin

    def replace(self, number: int, line: str) -> None:
        self._replaced[number] = line
        if len(self._replaced) > PART:
            self._fold()

    def _fold(self) -> None:
        by_part: defaultdict[int, dict[int, str]] = defaultdict(dict)
        for number, line in self._replaced.items():
            by_part[number // PART][number % PART] = line
        for at, changed in by_part.items():
            lines = list(self._part(at))
            for place, line in changed.items():
                lines[place] = line
            if at == len(self._parts):
                self._last = lines
            else:
                self._parts[at] = _packed(lines)
        self._held = ()
        self._replaced = {}

    def _part(self, at: int) -> list[str]:
        if at == len(self._parts):
            return self._last
        for number, lines in self._held:
            if number == at:
                return lines
        lines = _unpacked(self._parts[at])
        self._held = ((at, lines), *self._held[: HELD - 1])
        return lines


class Unpacked(Sequence[T]):
    """A view of packed lines in which each is read when it is asked for; a slice of it is one too."""

    def __init__(self, lines: PackedLines, read: Callable[[str], T], places: range | None = None) -> None:
        self._lines = lines
        self._read = read
        self._places = places
        """None for all, also those that are added later."""

    @property
    def _all(self) -> range:
        return range(len(self._lines)) if self._places is None else self._places

    def __len__(self) -> int:
        return len(self._all)

    @overload
    def __getitem__(self, number: int) -> T: ...
    @overload
    def __getitem__(self, number: slice) -> Unpacked[T]: ...
    def __getitem__(self, number: int | slice) -> T | Unpacked[T]:
        found = self._all[number]
        if isinstance(found, range):
            return Unpacked(self._lines, self._read, found)
        return self._read(self._lines[found])

    def __iter__(self) -> Iterator[T]:
        places = self._all
        if places.step != 1:
            return (self._read(self._lines[number]) for number in places)
        return map(self._read, islice(self._lines.since(places.start), len(places)))


def _packed(lines: Sequence[str]) -> bytes:
    return zlib.compress("\n".join(lines).encode("utf-8", "surrogatepass"), FAST)


def _unpacked(part: bytes) -> list[str]:
    return zlib.decompress(part).decode("utf-8", "surrogatepass").split("\n")
