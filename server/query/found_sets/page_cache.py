"""Pages of a found set kept as they came, so that another question about the same records fetches nothing again.

In memory up to a bound, then in a temporary file that nobody else can open and that ends with the process.
"""

from __future__ import annotations

import errno
import tempfile
import weakref
from collections.abc import Iterator
from typing import IO

from ...dataapi.sealed_page import Sealed

IN_MEMORY = 16 * 2**20
ON_DISK = 1024 * 2**20
"""Bytes of one found set; a larger one is read again when it is asked about again."""


class Shelf:
    """Pages in order, each with the ids in it that had come before."""

    def __init__(self, *, in_memory: int = IN_MEMORY, on_disk: int = ON_DISK) -> None:
        self._in_memory = in_memory
        self._on_disk = on_disk
        self._bodies: list[bytes] = []
        self._file: IO[bytes] | None = None
        self._places: list[tuple[int, int]] = []
        self._again: list[frozenset[str]] = []
        self.size = 0
        self.is_whole = False
        """Every page is there."""
        self.given_up = ""
        """Why nothing is kept: too large, or no room on the disk."""
        self._readers = 0
        self._is_closed = False

    @property
    def memory(self) -> int:
        return sum(map(len, self._bodies))

    @property
    def has_file(self) -> bool:
        return self._file is not None

    def add(self, page: Sealed, again: frozenset[str]) -> None:
        """Never raises: what cannot be kept is not, and `given_up` says why."""
        if self.given_up or self._is_closed:
            return
        self.size += len(page.body)
        self._again.append(again)
        try:
            if self._file is None and self.size <= self._in_memory:
                self._bodies.append(page.body)
            elif self.size <= self._on_disk:
                self._to_file(page.body)
            else:
                self._give_up("it is too large to be kept")
        except OSError as error:
            self._give_up(f"there is no room for it on this machine's disk ({error.strerror})")

    def complete(self) -> None:
        """The last page was added."""
        self.is_whole = not (self.given_up or self._is_closed)

    def pages(self) -> Iterator[tuple[Sealed, frozenset[str]]]:
        """All of them, even if the shelf is closed meanwhile."""
        bodies, places, again, file = list(self._bodies), list(self._places), list(self._again), self._file
        self._readers += 1
        try:
            for body, came_before in zip(bodies, again, strict=False):
                yield Sealed(body), came_before
            for (place, length), came_before in zip(places, again[len(bodies) :], strict=True):
                if file is not None:
                    file.seek(place)
                    yield Sealed(file.read(length)), came_before
        finally:
            self._readers -= 1
            if self._is_closed:
                self.close()

    def put_away(self) -> None:
        """What is in memory goes to the file. Never raises, as `add`."""
        bodies, later, self._bodies, self._places = self._bodies, self._places, [], []
        try:
            for body in bodies:
                self._to_file(body)
        except OSError as error:
            self._give_up(f"there is no room for it on this machine's disk ({error.strerror})")
        else:
            self._places += later

    def close(self) -> None:
        """Lets go of the pages; the file when nobody reads in it any more."""
        self._is_closed = True
        self.is_whole = False
        self._bodies.clear()
        self._places.clear()
        self._again.clear()
        if self._file is not None and not self._readers:
            self._file.close()
            self._file = None

    def _to_file(self, body: bytes) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="filemaker-mcp-", buffering=0)  # noqa: SIM115 -- it lives as long as the shelf
            weakref.finalize(self, self._file.close)
        place = self._file.seek(0, 2)
        if self._file.write(body) < len(body):  # what an unbuffered file does when the disk is full
            raise OSError(errno.ENOSPC, "No space left on device")
        self._places.append((place, len(body)))

    def _give_up(self, why: str) -> None:
        self.close()
        self.given_up = why
