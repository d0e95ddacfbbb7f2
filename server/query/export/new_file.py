"""A new file in the files folder: nothing outside it is written, and nothing in it is overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ...errors import FilemakerMcpError, InputError
from ...local.file_names import is_safe, versions
from ...local.unfinished_file import UnfinishedFile, unfinished_file


@dataclass(frozen=True, slots=True)
class NewFile:
    """To be filled at `path`."""

    path: Path
    _file: UnfinishedFile
    _folder: Path
    _name: str

    def finished(self) -> Path:
        """It is whole: under its name, or the next that nothing has yet. Raises InputError where there are too many, OSError."""
        path = self._file.finished(self._folder / version for version in versions(self._name))
        if path is None:
            raise InputError(
                f"There are too many files named {self._name!r} in {self._folder}",
                advice="Choose another name.",
            )
        return path


@contextmanager
def new_file(folder: Path, name: str, suffix: str) -> Generator[NewFile]:
    """A file that is in the folder once it is finished, and gone when it never is.

    Raises InputError for a name that is not one in this folder, FilemakerMcpError when the disk does not take it.
    """
    stem = name.strip()
    stem = stem[: -len(suffix)] if stem.lower().endswith(suffix) else stem
    if not stem or not is_safe(f"{stem}{suffix}"):
        raise InputError(
            f"{name[:150]!r} is no file name",
            advice=f"Give a name without folders; the file is written to {folder}.",
        )
    try:
        with unfinished_file(folder) as file:
            yield NewFile(file.path, file, folder, f"{stem}{suffix}")
    except OSError as error:
        raise _no_room(folder, error) from error


def digest(path: Path) -> str:
    """SHA-256 of what was written."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _no_room(folder: Path, error: OSError) -> FilemakerMcpError:
    return FilemakerMcpError(
        f"{folder} does not take the file ({error.strerror or type(error).__name__})",
        advice="No file was left behind. Free some space or set files_folder to a folder that can be written.",
    )
