"""Whole copies of the state file, made by SQLite itself while others may write to it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread

from ...errors import ConfigurationError
from .schema import MIGRATIONS, version_in
from .sqlite_connection import run

if TYPE_CHECKING:
    import aiosqlite


async def copied(connection: aiosqlite.Connection, target: Path) -> None:
    """The state as it is committed now, in a file that only its owner can read. Raises ConfigurationError where it cannot be
    made; FileExistsError for a file that is there."""
    await anyio.to_thread.run_sync(_create, target)
    try:
        await connection.execute_fetchall("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as failed:
        await anyio.to_thread.run_sync(target.unlink)
        raise ConfigurationError(
            f"The state could not be copied to {target}: {failed}", advice="Nothing was changed."
        ) from failed


async def keep_before(connection: aiosqlite.Connection, path: Path, runner: str) -> bool:
    """A copy of a file that an earlier version has written, before it is taken over: `state.db.7.before`. Whether it is one."""
    version = await run(connection, version_in)
    if not 0 < version < len(MIGRATIONS):
        return False
    target = path.with_name(f"{path.name}.{version}.before")
    unfinished = target.with_name(f"{target.name}.{runner}")
    await copied(connection, unfinished)
    await anyio.to_thread.run_sync(_settle, unfinished, target, version)
    return True


def _settle(unfinished: Path, target: Path, version: int) -> None:
    """Another process may have taken the file over while it was copied; then that one's copy is the one of before."""
    with closing(sqlite3.connect(unfinished)) as copy:
        is_of_before = version_in(copy) == version
    if is_of_before:
        unfinished.replace(target)
    else:
        unfinished.unlink()


def _create(target: Path) -> None:
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise
    except OSError as failed:
        raise ConfigurationError(
            f"The state could not be copied to {target}: {failed.strerror}", advice="Nothing was changed."
        ) from failed
