"""What one process of this machine does at a time."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from anyio import to_thread

from ..errors import SignInFailed
from .clock import Clock

log = logging.getLogger("filemaker_mcp")

PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.05


class ProcessLock:
    """A lock that the operating system ends with its process, however that ends.

    It is the write lock of an empty SQLite file: the same on Windows, macOS and Linux, and between two holders in one process.
    """

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    @asynccontextmanager
    async def held(self) -> AsyncGenerator[None]:
        """Waits for another process. Raises SignInFailed `busy` after a minute. A folder in which nothing can be written keeps
        no sign-in either, so nothing is locked there."""
        connection = await to_thread.run_sync(_opened, self._file)
        if connection is None:
            yield
            return
        try:
            await self._take(connection)
            yield
        finally:
            connection.close()

    async def _take(self, connection: sqlite3.Connection) -> None:
        waited = 0.0
        while not await to_thread.run_sync(_taken, connection):
            if waited >= PATIENCE_SECONDS:
                raise SignInFailed(
                    "Another process on this machine has been signing in for a minute",
                    reason="busy",
                    advice="Try again shortly; if it stays so, look for a filemaker-mcp that hangs.",
                    retry_after=15.0,
                )
            await self._clock.sleep(POLL_SECONDS)
            waited += POLL_SECONDS


def _opened(file: Path) -> sqlite3.Connection | None:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = sqlite3.connect(file, timeout=0, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        _complain(file, error)
        return None
    try:
        connection.execute("PRAGMA schema_version")  # opens the file
    except sqlite3.Error as error:
        connection.close()
        _complain(file, error)
        return None
    return connection


def _complain(file: Path, error: Exception) -> None:
    log.warning("processes cannot take turns by %s: %s", file, error)


def _taken(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    return True
