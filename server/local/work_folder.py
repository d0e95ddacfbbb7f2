"""A folder for what is being made. It goes with its work; one that a killed process left goes with the next."""

from __future__ import annotations

import platform
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from .state.presence import hold, is_held

HELD = ".held"
"""The file by which its process is known to be alive."""
SETTLED = ".settled"
"""Names the machine, once `HELD` is held: whoever finds it there without its holder knows that the process is gone. Locks of
another machine may not be seen on a share."""
TRIES = 20
YOUNG_SECONDS = 60
"""A folder without `SETTLED` that is younger may belong to a process that is about to hold it."""


@contextmanager
def work_folder(place: Path, prefix: str) -> Generator[Path]:
    """A new folder in `place`, for its owner alone. `prefix` names the folders of this kind there.

    Raises OSError where none can be made.
    """
    sweep(place, prefix)
    folder = _new(place, prefix)
    holder: sqlite3.Connection | None = None
    try:
        with suppress(sqlite3.Error):  # a file system without locks: nobody can take it away there
            holder = hold(folder / HELD)
            (folder / SETTLED).write_text(platform.node(), encoding="utf-8")
        yield folder
    finally:
        if holder is not None:
            holder.close()
        shutil.rmtree(folder, ignore_errors=True)


def _new(place: Path, prefix: str) -> Path:
    for _ in range(TRIES):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # somebody else took an empty place away a moment ago
            return Path(tempfile.mkdtemp(prefix=prefix, dir=place))
    raise OSError(f"{place} does not stay")


def sweep(place: Path, prefix: str) -> None:
    """Takes away what processes that are gone have left there."""
    with suppress(OSError):
        for folder in place.glob(f"{prefix}*"):
            with suppress(OSError, sqlite3.Error):
                if _may_be_left(folder) and not is_held(folder / HELD):
                    shutil.rmtree(folder, ignore_errors=True)


def _may_be_left(folder: Path) -> bool:
    with suppress(OSError):
        if (folder / SETTLED).read_text(encoding="utf-8") == platform.node():
            return True
    return folder.stat().st_mtime < time.time() - YOUNG_SECONDS
