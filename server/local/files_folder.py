"""The files folder: the only place of this machine's disk that an assistant can read from or write to."""

from __future__ import annotations

import contextlib
import mimetypes
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from ..errors import InputError
from ..text.near_names import matched
from .file_names import safe_name, versions
from .shared_files import MOST_FILES, SharedFiles
from .unfinished_file import unfinished_file

ECHOED = 300
"""Characters of a name in an answer: as many as a file's own name can have, and some folders."""
LONGEST_NAME = 255
"""Bytes that file systems take."""
SHOWN = 8
LOOKED_AT = 10_000
"""Files of a folder; a larger one is not looked through while others wait."""
NOTHING = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class FoundFile:
    name: str
    media_type: str
    content: bytes
    stamp: tuple[int, int]
    """Of its last writing: nanoseconds, and its size then."""


@dataclass(frozen=True, slots=True)
class ListedFile:
    name: str
    size: int
    written: float
    """Seconds since 1970."""


class FilesFolder:
    """Reads and saves files by name, never by path. Links must end inside the folder. Only regular files of at most `limit` bytes are read."""

    def __init__(
        self,
        folder: Path,
        *,
        limit: int,
        types: tuple[str, ...] | None = None,
        address: str = "",
        quota: int | None = None,
        others: SharedFiles | None = None,
    ) -> None:
        """`address` is where a person fetches its files, where they have no access to this disk. `quota`: bytes of all of them
        together, where the owner sets a bound. `others`: the same caller's files at other servers."""
        self.others = others
        self.folder = folder
        self.limit = limit
        self.quota = quota
        self._address = address
        self._types = None if types is None else {kind.lower().lstrip(".") for kind in types}

    async def keep(self, path: Path) -> Path:
        """A file that came into the folder, for other servers too; its name may be another one then. Raises InputError beyond the
        quota."""
        return path if self.others is None else await self.others.keep(path)

    async def bring(self, name: str) -> None:
        """The file of that name, where another server has it. Before it is looked for here."""
        if self.others is not None:
            await self.others.bring(name)

    async def removed(self, name: str) -> None:
        """At other servers too. Raises StateAway."""
        if self.others is not None:
            await self.others.remove(name)

    async def elsewhere(self) -> list[ListedFile]:
        """What other servers have and this one has not."""
        found = [] if self.others is None else await self.others.elsewhere()
        return [ListedFile(file.name, file.size, file.made) for file in found]

    def read(self, name: str) -> FoundFile:
        """Raises InputError for what is not there, not inside, not a regular file, too large, or just being written."""
        path = self._inside(name)
        with self._opened(path, name) as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise InputError(f"{name!r} is not a regular file", advice=NOTHING)
            if facts.st_size > self.limit:
                raise InputError(self.too_large(name, facts.st_size), advice=NOTHING)
            content = file.read(self.limit + 1)
            after = os.fstat(file.fileno())
        if len(content) > self.limit:
            raise InputError(self.too_large(name, len(content)), advice=NOTHING)
        stamp = _stamp(facts)
        if (_stamp(after), len(content)) != (stamp, stamp[1]):
            raise self._moving(name)
        self.check_type(path.name)
        return FoundFile(Path(name).name, media_type_of(name), content, stamp)

    def check_rests(self, name: str, stamp: tuple[int, int]) -> None:
        """Raises InputError for a file that was written to since it was read: a part of it may have been missing then."""
        if _stamp(self._inside(name).stat()) != stamp:
            raise self._moving(name)

    def save(self, name: str, content: bytes) -> Path:
        """Under a safe name that nothing has yet: `report.pdf`, `report (2).pdf`."""
        safe = safe_name(name)
        self.check_room(len(content))
        try:
            with unfinished_file(self.folder) as file:
                file.path.write_bytes(content)
                path = file.finished(self.names_for(name))
        except OSError as error:
            raise InputError(f"{safe!r} cannot be written to the files folder: {error.strerror}") from error
        if path is None:
            raise InputError(f"The files folder has too many files called {safe!r}")
        return path

    def shown(self, path: Path) -> str:
        """A file of the folder as whoever asked finds it."""
        return f"{self._address}/{quote(path.name, safe='')}" if self._address else str(path)

    @property
    def place(self) -> str:
        """The folder itself, likewise."""
        return self._address or str(self.folder)

    def names_for(self, name: str) -> Iterator[Path]:
        """Where a file of that name may come to lie: `report.pdf`, `report (2).pdf`."""
        return (self.folder / version for version in versions(safe_name(name)))

    def located(self, name: str) -> Path:
        """Where a regular file of that name lies, whatever its size. Raises InputError as `read` does."""
        return self._inside(name)

    def newest(self) -> list[str]:
        """Names of the latest files, shown where a name is not found."""
        return [file.name for file in nlargest(SHOWN, self.listed(), key=lambda file: file.written)]

    def listed(self) -> list[ListedFile]:
        """Its files, in no order."""
        found: list[ListedFile] = []
        with contextlib.suppress(OSError), os.scandir(self.folder) as entries:
            for entry in islice(entries, LOOKED_AT):
                with contextlib.suppress(OSError):  # a link that leads to itself, a file that went away
                    if entry.is_file():
                        facts = entry.stat()
                        found.append(ListedFile(entry.name, facts.st_size, facts.st_mtime))
        return found

    def check_room(self, more: int = 1) -> None:
        """Raises InputError where so many bytes more are beyond the quota, or one file more beyond their number."""
        if self.quota is None:
            return
        files = self.listed()
        held = sum(file.size for file in files)
        advice = f"Remove some on the page {self.place}. {NOTHING}"
        if held + more > self.quota:
            raise InputError(
                f"Your files have {held:,} bytes together, and at most {self.quota:,} are allowed",
                advice=advice,
            )
        if len(files) >= MOST_FILES:
            raise InputError(
                f"You have {len(files):,} files, and at most {MOST_FILES:,} are allowed", advice=advice
            )

    def _names(self) -> list[str]:
        with contextlib.suppress(OSError), os.scandir(self.folder) as entries:
            return [entry.name for entry in islice(entries, LOOKED_AT)]
        return []

    def check_type(self, name: str) -> None:
        kind = os.path.splitext(name)[1].lower().lstrip(".")  # noqa: PTH122
        if self._types is not None and kind not in self._types:
            raise InputError(
                f"Files of the type {kind or 'without an ending'!r} are not allowed here",
                advice=f"The owner allows {', '.join(sorted(self._types))}. {NOTHING}",
            )

    def _moving(self, name: str) -> InputError:
        return InputError(
            f"{name!r} was written to while it was read, so that a part of it may be missing",
            advice=f"Ask again when it is saved. {NOTHING}",
        )

    def too_large(self, name: str, size: int) -> str:
        return f"{name!r} has {size:,} bytes, and at most {self.limit:,} are allowed"

    def _inside(self, name: str) -> Path:
        given, told = Path(name), name[:ECHOED]
        if not name.strip() or given.is_absolute() or ".." in given.parts or "\x00" in name:
            raise InputError(
                f"{told!r} is not the name of a file in the files folder",
                advice=f"Give its name alone. {NOTHING}",
            )
        folder = self.folder.resolve()
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
                return self._inside(own)
        try:
            regular = stat.S_ISREG(path.stat().st_mode)
        except OSError:
            names = ", ".join(repr(each) for each in self.newest())
            known = f"The newest files there are {names}." if names else "The files folder is empty."
            raise InputError(
                f"There is no file {told!r} in the files folder {self.place}", advice=f"{known} {NOTHING}"
            ) from None
        if not regular:  # opening a pipe would wait for somebody to write to it
            raise InputError(f"{name!r} is not a regular file", advice=NOTHING)
        return path

    def _opened(self, path: Path, name: str) -> BinaryIO:
        try:
            return path.open("rb")
        except OSError as error:
            raise InputError(f"{name!r} cannot be read: {error.strerror}", advice=NOTHING) from error


def _stamp(facts: os.stat_result) -> tuple[int, int]:
    return facts.st_mtime_ns, facts.st_size


def media_type_of(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
