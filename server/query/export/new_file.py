"""A new file in the files folder: nothing outside it is written, and nothing in it is overwritten."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ...errors import FilemakerMcpError, InputError
from ...local.file_names import is_safe, versions
from ...local.private_files import create_private


@contextmanager
def new_file(folder: Path, name: str, suffix: str) -> Generator[Path]:
    """A path in the folder that nobody else has; removed again when writing it fails.

    Raises InputError for a name that is not one in this folder, FilemakerMcpError when the disk does not take it.
    """
    stem = name.strip()
    stem = stem[: -len(suffix)] if stem.lower().endswith(suffix) else stem
    if not stem or not is_safe(f"{stem}{suffix}"):
        raise InputError(
            f"{name[:150]!r} is no file name",
            advice=f"Give a name without folders; the file is written to {folder}.",
        )
    path = _taken(folder, stem, suffix)
    try:
        yield path
    except BaseException as error:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _no_room(folder, error) from error
        raise


def digest(path: Path) -> str:
    """SHA-256 of what was written."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _taken(folder: Path, stem: str, suffix: str) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for version in versions(f"{stem}{suffix}"):
            path = folder / version
            with contextlib.suppress(FileExistsError):
                create_private(path).close()
                return path
    except OSError as error:
        raise _no_room(folder, error) from error
    raise InputError(f"There are too many files named {stem!r} in {folder}", advice="Choose another name.")


def _no_room(folder: Path, error: OSError) -> FilemakerMcpError:
    return FilemakerMcpError(
        f"{folder} does not take the file ({error.strerror or type(error).__name__})",
        advice="No file was left behind. Free some space or set files_folder to a folder that can be written.",
    )
