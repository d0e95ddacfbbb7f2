"""Remembers what was read from a store for as long as nothing in it changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_MOST = 4096
"""Answers that are kept. The rows of a report ask for the same few hundred related records again and again."""

Answer = TypeVar("Answer")


class ReadMemory(Generic[Answer]):
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._changes = -1
        self._answers: dict[Hashable, Answer] = {}

    def get(self, question: Hashable, read: Callable[[], Answer]) -> Answer:
        """The answer of before, or the one that `read` gives now."""
        if self._changes != self._db.total_changes or len(self._answers) >= _MOST:
            self.forget()
        if question not in self._answers:
            self._answers[question] = read()
            # Reading builds the indexes that it needs, which are changes of the store and of no record.
            self._changes = self._db.total_changes
        return self._answers[question]

    def forget(self) -> None:
        """Forget everything. A rollback is no change that SQLite counts, so it has to be said."""
        self._answers.clear()
        self._changes = self._db.total_changes
