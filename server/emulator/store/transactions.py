"""Transactions: all or nothing, nestable. They remember which records a commit has already counted."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager


class Transactions:
    """The transactions of one store."""

    def __init__(self, db: sqlite3.Connection, undone: Callable[[], None]) -> None:
        self._db = db
        self._undone = undone
        self._depth = 0
        self.saved: set[tuple[str, int]] = set()
        """(table, record id) of the records whose modification count this transaction has raised already."""

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Keep everything that happens inside, or, when it raises, nothing."""
        name = f"depth{self._depth}"
        before = set(self.saved)
        self._db.execute(f"SAVEPOINT {name}")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            self._db.execute(f"ROLLBACK TO {name}")
            self._db.execute(f"RELEASE {name}")
            self.saved = before
            self._undone()
            raise
        self._depth -= 1
        self._db.execute(f"RELEASE {name}")
        if self._depth == 0:
            self.saved = set()
