"""Plans and journal as they lie in the state file, for a person at a terminal: no host is needed, and no session opened."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ...errors import ConfigurationError, NameUnknown
from ...local.state import State
from ...policy import Policy
from .journal import Journal
from .ledger import Ledger
from .plan_store import Progress, Shelf


@dataclass(frozen=True)
class Filed:
    state: State
    journal: Journal

    def change(self, change_id: str) -> tuple[Ledger, Progress]:
        """Any caller's plan, in whichever database. Raises NameUnknown."""
        row = self.state.row("SELECT database FROM plan WHERE id = ?", change_id)
        if row is None:
            raise NameUnknown(
                "change", change_id, advice="'filemaker-mcp approve' alone lists the plans that wait."
            )
        shelf = Shelf(self.state, row["database"])
        ledger = Ledger(self.state, shelf, self.journal, Policy(), identity=row["database"], now=time.time)
        return ledger, shelf.open_progress(change_id)

    def waiting(self, now: float) -> list[Progress]:
        """Plans of which nothing was carried out and to which nobody has agreed, the latest first."""
        rows = self.state.rows(
            "SELECT id, database FROM plan WHERE state = 'open' AND expires > ? ORDER BY made DESC LIMIT 20",
            now,
        )
        found = [Shelf(self.state, row["database"]).open_progress(row["id"]) for row in rows]
        return [progress for progress in found if not progress.approved_by]


@contextmanager
def filed(path: Path) -> Generator[Filed]:
    """What a state file holds. Raises ConfigurationError when there is none yet."""
    if not path.exists():
        raise ConfigurationError(
            f"Nothing was planned yet: there is no state file {path}",
            advice="Name another with --state, or the configuration with --config.",
        )
    state = State(path)
    try:
        yield Filed(state, Journal(state, now=time.time))
    finally:
        state.close()
