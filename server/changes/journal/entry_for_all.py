"""What is written down of everything that a server serves, and not of one database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...local.state.state import Transaction
from ..plans.plan import Who
from .journal import Journal

ALL = "every database"
"""Stands for the database where the journal knows none yet. It is a name, since the end of its chain is kept by it."""


async def append_for_all(
    journal: Journal, transaction: Transaction, who: Who, event: str, facts: Callable[[str], dict[str, Any]]
) -> None:
    """An entry in the chain of each database that has one. `facts`: by database."""
    known = await transaction.rows("SELECT DISTINCT database FROM journal ORDER BY database")
    for database in [str(row["database"]) for row in known] or [ALL]:
        await journal.append(
            transaction, database=database, who=who, plan="", event=event, facts=facts(database)
        )
