"""Takes what was deleted out of the file and its write-ahead log, so that no byte of it is left."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from typing import TYPE_CHECKING

from .sqlite_connection import is_busy, state_away

if TYPE_CHECKING:
    import aiosqlite

PAUSE = 0.05
"""Seconds between tries, while others read or write."""


async def scrubbed(connection: aiosqlite.Connection, patience: float) -> bool:
    """False where another program went on reading what was there before for longer than `patience` seconds."""
    late = time.monotonic() + patience
    while True:
        if await _vacuumed(connection):
            rows = await connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
            if not next(iter(rows))[0]:
                return True
        if time.monotonic() >= late:
            return False
        await asyncio.sleep(PAUSE)


async def _vacuumed(connection: aiosqlite.Connection) -> bool:
    """Cells that were moved within a page leave copies of themselves there, so all pages are made anew."""
    try:
        await connection.execute_fetchall("VACUUM")
    except sqlite3.OperationalError as error:
        if is_busy(error):
            return False
        raise state_away(error) from error
    return True
