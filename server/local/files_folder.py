"""The files folder: the only place of this machine's disk that an assistant can read from or write to."""

from __future__ import annotations

import mimetypes
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..errors import InputError
from .private_files import create_private

UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that mean a device on Windows."""
LONGEST = 120
SHOWN = 8
NOTHING = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class FoundFile:
    name: str
    media_type: str
    content: bytes


def default_files_folder() -> Path:
    """Where a person looks for it: among their documents."""
    import platformdirs

    return platformdirs.user_documents_path() / "FileMaker files"


class FilesFolder:
    """Files by name, never by path: links are followed and must end inside; only regular files; at most `limit` bytes."""

    def __init__(self, folder: Path, *, limit: int, types: tuple[str, ...] | None = None) -> None:
        self.folder = folder
        self.limit = limit
        self._types = None if types is None else {kind.lower().lstrip(".") for kind in types}

    def read(self, name: str) -> FoundFile:
        """Raises InputError for what is not there, not inside, not a regular file, or too large."""
        path = self._inside(name)
        with self._opened(path, name) as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise InputError(f"{name!r} is not a regular file", advice=NOTHING)
            if facts.st_size > self.limit:
                raise InputError(self.too_large(name, facts.st_size), advice=NOTHING)
            content = file.read(self.limit + 1)
        if len(content) > self.limit:
            raise InputError(self.too_large(name, len(content)), advice=NOTHING)
        self.check_type(path.name)
        return FoundFile(Path(name).name, media_type_of(name), content)

    def save(self, name: str, content: bytes) -> Path:
        """Under a safe name that nothing has yet: `report.pdf`, `report (2).pdf`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        safe = safe_name(name)
        stem, suffix = os.path.splitext(safe)  # noqa: PTH122 -- Path.stem makes `.profile` of nothing
        for number in range(1, 10_000):
            path = self.folder / (safe if number == 1 else f"{stem} ({number}){suffix}")
            try:
                with create_private(path) as file:
                    file.write(content)
            except FileExistsError:
                continue
            except OSError as error:
                raise InputError(
                    f"{path.name!r} cannot be written to the files folder: {error.strerror}"
                ) from error
            return path
        raise InputError(f"The files folder has too many files called {safe!r}")

    def newest(self) -> list[str]:
        """Names of the latest files, for somebody who does not know them."""
        try:
            entries = [entry for entry in os.scandir(self.folder) if entry.is_file()]
            entries.sort(key=lambda entry: entry.stat().st_mtime, reverse=True)
        except OSError:
            return []
        return [entry.name for entry in entries[:SHOWN]]

    def check_type(self, name: str) -> None:
        kind = os.path.splitext(name)[1].lower().lstrip(".")  # noqa: PTH122
        if self._types is not None and kind not in self._types:
            raise InputError(
                f"Files of the type {kind or 'without an ending'!r} are not allowed here",
                advice=f"The owner allows {', '.join(sorted(self._types))}. {NOTHING}",
            )

    def too_large(self, name: str, size: int) -> str:
        return f"{name!r} has {size:,} bytes, and at most {self.limit:,} are allowed"

    def _inside(self, name: str) -> Path:
        given = Path(name)
        if not name.strip() or given.is_absolute() or ".." in given.parts or "\x00" in name:
            raise InputError(
                f"{name!r} is not the name of a file in the files folder",
                advice=f"Give its name alone. {NOTHING}",
            )
        folder = self.folder.resolve()
        path = (folder / given).resolve()
        if not path.is_relative_to(folder):
            raise InputError(f"{name!r} leads out of the files folder", advice=NOTHING)
        try:
            regular = stat.S_ISREG(path.stat().st_mode)
        except OSError:
            names = ", ".join(repr(each) for each in self.newest())
            known = f"The newest files there are {names}." if names else "The files folder is empty."
            raise InputError(
                f"There is no file {name!r} in the files folder {folder}", advice=f"{known} {NOTHING}"
            ) from None
        if not regular:  # opening a pipe would wait for somebody to write to it
            raise InputError(f"{name!r} is not a regular file", advice=NOTHING)
        return path

    def _opened(self, path: Path, name: str) -> BinaryIO:
        try:
            return path.open("rb")
        except OSError as error:
            raise InputError(f"{name!r} cannot be read: {error.strerror}", advice=NOTHING) from error


def safe_name(name: str) -> str:
    """A name that is one on every system, without direction marks that disguise its ending."""
    plain = UNSAFE.sub("_", name).strip(" .") or "file"
    if RESERVED.fullmatch(plain):
        plain = f"_{plain}"
    stem, suffix = os.path.splitext(plain)  # noqa: PTH122
    return f"{stem[: LONGEST - len(suffix)]}{suffix}"


def media_type_of(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
