"""The files folder: the only place of this machine's disk that an assistant can read from or write to."""

from __future__ import annotations

import mimetypes
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from ..errors import InputError
from .file_names import safe_name, versions
from .folder_contents import NOTHING, FolderContents, ListedFile
from .shared_files import MOST_FILES, SharedFiles
from .unfinished_file import unfinished_file


@dataclass(frozen=True, slots=True)
class FoundFile:
    name: str
    media_type: str
    content: bytes
    stamp: tuple[int, int]
    """Of its last writing: nanoseconds, and its size then."""


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
        self.contents = FolderContents(folder, self.place)
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
        path = self.contents.inside(name)
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
        if _stamp(self.contents.inside(name).stat()) != stamp:
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

    def check_room(self, more: int = 1) -> None:
        """Raises InputError where so many bytes more are beyond the quota, or one file more beyond their number."""
        if self.quota is None:
            return
        files = self.contents.listed()
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

    def _opened(self, path: Path, name: str) -> BinaryIO:
        try:
            return path.open("rb")
        except OSError as error:
            raise InputError(f"{name!r} cannot be read: {error.strerror}", advice=NOTHING) from error


def _stamp(facts: os.stat_result) -> tuple[int, int]:
    return facts.st_mtime_ns, facts.st_size


def media_type_of(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
