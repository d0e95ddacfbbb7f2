"""What lies in one folder, found by name and never by path; nothing outside it is seen."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice
from pathlib import Path

from ..errors import InputError
from ..text.near_names import matched

ECHOED = 300
"""Characters of a name in an answer: as many as a file's own name can have, and some folders."""
LONGEST_NAME = 255
"""Bytes that file systems take."""
SHOWN = 8
LOOKED_AT = 10_000
"""Files of a folder; a larger one is not looked through while others wait."""
NOTHING = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class ListedFile:
    name: str
    size: int
    written: float
    """Seconds since 1970."""


class FolderContents:
    """Links must end inside the folder. `place`: the folder as whoever asks finds it."""

    def __init__(self, folder: Path, place: str) -> None:
        self._folder = folder
        self._place = place

    def inside(self, name: str) -> Path:
        """Where a regular file of that name lies, whatever its size. Raises InputError for what is not there, not a file, or not in
        the folder."""
        given, told = Path(name), name[:ECHOED]
        if not name.strip() or given.is_absolute() or ".." in given.parts or "\x00" in name:
            raise InputError(
                f"{told!r} is not the name of a file in the files folder",
                advice=f"Give its name alone. {NOTHING}",
            )
        folder = self._folder.resolve()
        try:
            path = (folder / given).resolve()
            is_long = len(path.name.encode()) > LONGEST_NAME
            is_there = not is_long and path.exists()
        except (OSError, RuntimeError):  # too long as a whole, or a link that leads to itself
            raise InputError(f"{name[:80]!r} cannot be a file in the files folder", advice=NOTHING) from None
        if is_long:
            raise InputError(f"{name[:80]!r} is too long for the name of a file", advice=NOTHING)
        if not path.is_relative_to(folder):
            raise InputError(f"{told!r} leads out of the files folder", advice=NOTHING)
        if not is_there and len(given.parts) == 1:
            own = matched(name, self._names())
            if own not in (None, name):  # macOS writes accents in a form of its own
                return self.inside(own)
        try:
            regular = stat.S_ISREG(path.stat().st_mode)
        except OSError:
            names = ", ".join(repr(each) for each in self.newest())
            known = f"The newest files there are {names}." if names else "The files folder is empty."
            raise InputError(
                f"There is no file {told!r} in the files folder {self._place}", advice=f"{known} {NOTHING}"
            ) from None
        if not regular:  # opening a pipe would wait for somebody to write to it
            raise InputError(f"{name!r} is not a regular file", advice=NOTHING)
        return path

    def newest(self) -> list[str]:
        """Names of the latest files, shown where a name is not found."""
        return [file.name for file in nlargest(SHOWN, self.listed(), key=lambda file: file.written)]

    def listed(self) -> list[ListedFile]:
        """Its files, in no order."""
        found: list[ListedFile] = []
        with contextlib.suppress(OSError), os.scandir(self._folder) as entries:
            for entry in islice(entries, LOOKED_AT):
                with contextlib.suppress(OSError):  # a link that leads to itself, a file that went away
                    if entry.is_file():
                        facts = entry.stat()
                        found.append(ListedFile(entry.name, facts.st_size, facts.st_mtime))
        return found

    def _names(self) -> list[str]:
        with contextlib.suppress(OSError), os.scandir(self._folder) as entries:
            return [entry.name for entry in islice(entries, LOOKED_AT)]
        return []
