"""A new state has the tables that an old one comes to, step by step."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing

from filemaker_mcp.server.local.state.migrations import MIGRATIONS
from filemaker_mcp.server.local.state.schema_steps import steps_from


def test_a_new_state_has_the_tables_columns_and_indexes_that_the_first_version_s_comes_to() -> None:
    grown = _tables(each for script in MIGRATIONS for each in script.split(";"))
    assert _tables(steps_from(0)) == grown
    assert len(grown) > 80, "tables and indexes"
    assert _tables([*MIGRATIONS[0].split(";"), *steps_from(1)]) == grown


def _tables(statements: Iterable[str]) -> dict[str, object]:
    """What SQLite itself makes of the statements: by table its columns and keys, by index what it lies over and where."""
    with closing(sqlite3.connect(":memory:")) as file:
        for statement in statements:
            file.execute(statement)
        named = file.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
        found: dict[str, object] = {}
        for kind, name, table, sql in named:
            if kind == "table":
                about = [
                    *file.execute(f"PRAGMA table_xinfo({name})"),
                    *file.execute(f"PRAGMA foreign_key_list({name})"),
                ]
                found[name] = ("AUTOINCREMENT" in str(sql), *about)
            else:
                found[name] = (table, str(sql).split(), *file.execute(f"PRAGMA index_xinfo({name})"))
        return found
