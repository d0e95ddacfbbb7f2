"""Files that get their name when they are whole, so that nobody ever finds half of one under it."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from .work_folder import sweep, work_folder

PLACE = ".filemaker-mcp"
"""Beside the file, so that naming it is one step of the file system."""
OWNER_ALONE = 0o600


@dataclass(frozen=True, slots=True)
class UnfinishedFile:
    """An empty file, to be filled at `path`."""

    path: Path

    def finished(self, names: Iterable[Path]) -> Path | None:
        """On the disk, under the first of these names that nothing has yet; None where each is taken. Raises OSError."""
        _flushed(self.path)
        return next((name for name in names if _named(self.path, name)), None)

    def replaces(self, name: Path) -> None:
        """On the disk, instead of what has that name. Raises OSError."""
        _flushed(self.path)
        self.path.replace(name)


@contextmanager
def unfinished_file(folder: Path, mode: int = OWNER_ALONE) -> Generator[UnfinishedFile]:
    """A file that will stand in this folder, for its owner alone unless `mode` says otherwise; gone at the end unless it got a
    name. Raises OSError."""
    place = folder / PLACE
    try:
        with work_folder(place, "") as work:
            path = work / "content"
            _create(path, mode)
            yield UnfinishedFile(path)
    finally:
        with suppress(OSError):  # others are at work there
            place.rmdir()


def sweep_unfinished(folder: Path) -> None:
    """What processes that were killed had under way there."""
    sweep(folder / PLACE, "")
    with suppress(OSError):  # it is not there, or others are at work in it
        (folder / PLACE).rmdir()


def _create(path: Path, mode: int) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))


def _flushed(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _named(path: Path, name: Path) -> bool:
    try:
        os.link(path, name)
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        try:
            _create(name, OWNER_ALONE)
        except FileExistsError:
            return False
        path.replace(name)
    return True
