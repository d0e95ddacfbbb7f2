"""Where the state is: in a file, in PostgreSQL, or in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .state import State

SCHEMES = ("postgresql://", "postgres://")


@dataclass(frozen=True)
class StatePlace:
    """Neither a file nor an address: in memory, and over with the process."""

    file: Path | None = None
    url: str = field(default="", repr=False)
    """Of PostgreSQL, as libpq takes it; it may hold a password."""

    def state(self) -> State:
        """Nothing is opened yet."""
        if not self.url:
            from .sqlite_state import SqliteState

            return SqliteState(self.file)
        from .postgres_state import PostgresState

        return PostgresState(self.url)


def is_address(text: str) -> bool:
    return text.startswith(SCHEMES)
