"""Making and changing the tables in PostgreSQL, and filling them from a state file: by the role that owns them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from ...errors import InputError
from .postgres_connection import connect
from .postgres_schema import TABLES, migrate, rights_of
from .postgres_transaction import PostgresTransaction
from .state import StateReader, Transaction

AT_ONCE = 500
"""Rows that are copied at once: kept files may be large."""


@asynccontextmanager
async def migrating(
    url: str, role: str | None = None, keeper: str | None = None
) -> AsyncGenerator[tuple[Transaction, int]]:
    """The tables in the form of this version, and the form that was there; all of it stands with the end, or nothing. `role` is
    given what a server needs, `keeper` what retention needs. Raises ConfigurationError and StateAway."""
    connection = await connect(url, statement_seconds=0)
    try:
        transaction = PostgresTransaction(connection, "")
        try:
            form = await migrate(transaction)
            for right in () if role is None else rights_of(role):
                transaction.put(right)
            for right in () if keeper is None else rights_of(keeper, keeps=True):
                transaction.put(right)
            yield transaction, form
            await transaction.commit()
        except BaseException:
            await transaction.roll_back()
            raise
    finally:
        await connection.close()


async def fill(transaction: Transaction, source: StateReader) -> dict[str, int]:
    """Everything that a state file holds; table -> rows. Raises InputError where there is something already."""
    copied: dict[str, int] = {}
    for table in TABLES:
        if table == "written_by":  # which says how these tables came about, not those
            continue
        if await transaction.row(f"SELECT 1 AS there FROM {table} LIMIT 1") is not None:
            raise InputError(
                "The database holds records already", advice="A state file is copied into an empty one only."
            )
        copied[table] = 0
        while rows := await source.rows(
            f"SELECT * FROM {table} ORDER BY rowid LIMIT ? OFFSET ?", AT_ONCE, copied[table]
        ):
            columns = _columns(rows[0])
            transaction.put_many(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
                [[row[name] for name in columns] for row in rows],
            )
            copied[table] += len(rows)
            await transaction.rows("SELECT 1 AS sent")
    await transaction.rows(
        "SELECT setval(pg_get_serial_sequence('journal', 'number'), (SELECT COALESCE(MAX(number), 0) + 1 FROM journal), false)"
    )
    return copied


def _columns(row: object) -> list[str]:
    return list(row.keys())  # type: ignore[attr-defined] -- a row of SQLite's
