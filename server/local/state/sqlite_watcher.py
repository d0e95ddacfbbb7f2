"""A connection to the state file in the event loop's own thread. It never waits, commits nothing, and gives up what takes longer.

A read by key takes some 20 microseconds, and a way to another thread and back several times as much. SQLite keeps what was there
before beside what is being written (write-ahead log), so that a reader waits for nobody. Where it would have to (the whole file is
locked), and where a read takes longer than a moment, there is no answer here, and the thread is asked.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from .state import Question, Row

LONGEST = 0.002
"""Seconds that the questions of one go may take."""
TURN = 0.005
"""Seconds in which whatever runs now may ask here one thing after the other. Then others get their turn."""
STEPS = 500
"""Of SQLite's virtual machine, between looks at the clock."""


class Watcher:
    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        self._file.row_factory = sqlite3.Row
        try:
            self._file.execute("PRAGMA query_only = ON")
            self._file.execute("SELECT 1 FROM sqlite_schema").fetchall()  # the schema is read here once
            self._file.set_progress_handler(self._is_late, STEPS)
        except BaseException:
            self._file.close()
            raise
        self._late = 0.0
        self._turn_ends: float | None = None

    def close(self) -> None:
        self._file.close()

    def mark(self) -> int | None:
        """SQLite's own count of the commits that this connection saw (PRAGMA data_version). Since it commits nothing, every
        commit is another connection's. The count lies in memory, and costs microseconds."""
        self._late = time.perf_counter() + LONGEST
        try:
            return int(self._file.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error:  # another process has the whole file just now
            return None

    def answers(self, questions: Sequence[Question]) -> list[Sequence[Row]] | None:
        """The rows of each. None where the thread has to be asked, which also finds the words for what is wrong."""
        now = time.perf_counter()
        if self._turn_ends is None:
            self._turn_ends = now + TURN
            asyncio.get_running_loop().call_soon(self._end_turn)
        if now >= self._turn_ends:
            return None
        self._late = now + LONGEST
        try:
            return [self._file.execute(sql, values).fetchall() for sql, values in questions]
        except sqlite3.Error:
            return None

    def _is_late(self) -> bool:
        return time.perf_counter() > self._late

    def _end_turn(self) -> None:
        self._turn_ends = None
