"""Which processes that write to a state file are alive.

Every process holds a lock on a small file of its own beside the state, by a transaction of SQLite's that the operating
system ends with the process, on every system alike.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from pathlib import Path

OLD_SECONDS = 60
"""A file that is younger may belong to a process that is about to lock it."""


def presence_file(path: Path, runner: str) -> Path:
    return path.with_name(f"{path.name}.{runner}.alive")


def is_held(file: Path) -> bool:
    """Whether a process holds it; what a dead one left is removed."""
    if not file.exists():
        return False
    try:
        hold(file).close()
    except sqlite3.OperationalError:
        return True
    remove(file)
    return False


def remove(file: Path) -> None:
    """The file of a process that is gone. Windows refuses while another process looks at it: the next sweep takes it then."""
    with suppress(PermissionError):
        file.unlink(missing_ok=True)


def sweep(path: Path) -> None:
    """What killed processes left; only old files, since a new one may belong to a process that is about to lock it."""
    for file in path.parent.glob(f"{path.name}.*.alive"):
        with suppress(OSError):
            if file.stat().st_mtime < time.time() - OLD_SECONDS:
                is_held(file)


def hold(file: Path) -> sqlite3.Connection:
    """A lock that ends with the process; OperationalError when another process has it."""
    holder = sqlite3.connect(str(file), timeout=0, isolation_level=None, check_same_thread=False)
    try:
        holder.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error:
        holder.close()
        raise
    return holder
