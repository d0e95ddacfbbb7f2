"""Whether the tables of the state are those of this version, and bringing them up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ... import __version__
from ...errors import ConfigurationError
from .migrations import MIGRATIONS
from .schema_steps import steps_from
from .state import Transaction


def version_in(file: sqlite3.Connection) -> int:
    return int(file.execute("PRAGMA user_version").fetchone()[0])


async def migrate(transaction: Transaction, path: Path | None) -> None:
    """Raises ConfigurationError for a state that a newer version has written; nothing is changed then."""
    row = await transaction.row("PRAGMA user_version")
    done = 0 if row is None else int(row["user_version"])
    if done > len(MIGRATIONS):
        row = await transaction.row("SELECT version FROM written_by WHERE schema = ?", done)
        theirs = "a newer filemaker-mcp" if row is None else f"filemaker-mcp {row['version']}"
        raise ConfigurationError(
            f"{path} was last written by {theirs} (form {done} of the records), and this is {__version__} (form"
            f" {len(MIGRATIONS)})",
            advice="Update filemaker-mcp, or name another file with the setting `state`.",
        )
    if done == len(MIGRATIONS):
        return
    for statement in steps_from(done):
        transaction.put(statement)
    transaction.put("INSERT INTO written_by (schema, version) VALUES (?, ?)", len(MIGRATIONS), __version__)
    await transaction.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
