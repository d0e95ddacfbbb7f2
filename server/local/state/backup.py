"""Whole copies of the state file, made by SQLite itself while others may write to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread

from ...errors import ConfigurationError
from ..unfinished_file import UnfinishedFile, unfinished_file
from .migrations import MIGRATIONS
from .schema import version_in
from .sqlite_connection import run

if TYPE_CHECKING:
    import aiosqlite


async def copied(connection: aiosqlite.Connection, target: Path) -> None:
    """The state as it is committed now, in a file that only its owner can read and that has its name once it is whole. Raises
    ConfigurationError where it cannot be made; FileExistsError for a file that is there."""
    await anyio.to_thread.run_sync(_look, target)
    with _copy(target) as file:
        await _filled(connection, file.path)
        if await anyio.to_thread.run_sync(file.finished, [target]) is None:
            raise FileExistsError(target)


async def keep_before(connection: aiosqlite.Connection, path: Path) -> bool:
    """A copy of a file that an earlier version has written, before it is taken over: `state.db.7.before`. Whether it is one."""
    version = await run(connection, version_in)
    if not 0 < version < len(MIGRATIONS):
        return False
    target = path.with_name(f"{path.name}.{version}.before")
    with _copy(target) as file:
        await _filled(connection, file.path)
        await anyio.to_thread.run_sync(_settle, file, target, version)
    return True


def _look(target: Path) -> None:
    """Before any work: a name that is taken, and a folder that a misspelling would make."""
    if target.exists():
        raise FileExistsError(target)
    if not target.parent.is_dir():
        raise ConfigurationError(
            f"The state could not be copied to {target}: there is no such folder",
            advice="Nothing was changed.",
        )


@contextmanager
def _copy(target: Path) -> Generator[UnfinishedFile]:
    try:
        with unfinished_file(target.parent) as file:
            yield file
    except FileExistsError:
        raise
    except (OSError, sqlite3.Error) as failed:
        why = (failed.strerror if isinstance(failed, OSError) else "") or failed
        raise ConfigurationError(
            f"The state could not be copied to {target}: {why}", advice="Nothing was changed."
        ) from failed


async def _filled(connection: aiosqlite.Connection, path: Path) -> None:
    await connection.execute_fetchall("VACUUM INTO ?", (str(path),))


def _settle(file: UnfinishedFile, target: Path, version: int) -> None:
    """Another process may have taken the state over while it was copied; then that one's copy is the one of before."""
    with closing(sqlite3.connect(file.path)) as copy:
        is_of_before = version_in(copy) == version
    if is_of_before:
        file.replaces(target)
