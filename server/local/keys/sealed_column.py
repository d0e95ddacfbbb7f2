"""Which columns of the state hold sealed boxes, and how all of them are sealed anew by the first key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..state.state import Row, State
from .key_ring import KeyRing
from .sealed_box import Sealer

AT_ONCE = 200
"""Boxes in one transaction: others write in between."""


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of boxes. `key` are the columns that tell its row from every other, all of them text; a box is bound to them. What is
    one caller's has the caller among them: whoever writes to the records alone gives it to nobody else."""

    table: str
    column: str
    key: tuple[str, ...]

    @property
    def purpose(self) -> str:
        return f"{self.table}.{self.column}"

    def place(self, row: Row | Mapping[str, str]) -> tuple[str, ...]:
        return (self.table, self.column, *(str(row[name]) for name in self.key))

    def sealer(self, ring: KeyRing) -> Sealer:
        return Sealer(ring, self.purpose)


DATA_KEY = SealedColumn("data_key", "box", ("id",))
JOB = SealedColumn("job", "box", ("id", "caller"))
SHARED_FILE = SealedColumn("shared_file", "box", ("id", "caller"))
SHARED_PART = SealedColumn("shared_file_part", "box", ("file", "number"))
FOUND_SET = SealedColumn("found_set", "box", ("handle", "caller"))
JOB_FACTS = SealedColumn("job", "facts_box", ("id", "caller"))
OAUTH_CODES = SealedColumn("oauth_code", "box", ("digest",))
OAUTH_GRANTS = SealedColumn("oauth_grant", "box", ("id",))
OAUTH_TOKENS = SealedColumn("oauth_token", "box", ("digest",))
PERSON_SESSIONS = SealedColumn("person_session", "box", ("digest",))
AGREED_PERSONS = SealedColumn("agreed_person", "box", ("caller",))
PASSKEYS = SealedColumn("passkey", "box", ("id", "person"))
HOLDS = SealedColumn("hold", "box", ("id",))
CREDENTIALS = SealedColumn("credential", "box", ("caller", "database", "account"))

COLUMNS: tuple[SealedColumn, ...] = (
    DATA_KEY, FOUND_SET, SHARED_FILE, SHARED_PART, JOB, JOB_FACTS, OAUTH_CODES, OAUTH_GRANTS, OAUTH_TOKENS, PERSON_SESSIONS, PASSKEYS, HOLDS,
    CREDENTIALS, AGREED_PERSONS,
)  # fmt: skip
"""Every one of them: what is not named here is not sealed anew when a key is replaced, and is lost with it."""


async def reseal(state: State, ring: KeyRing, columns: Sequence[SealedColumn] = COLUMNS) -> int:
    """Every box by the key that seals now; how many were of another."""
    count = 0
    for column in columns:
        sealer, done = column.sealer(ring), 0
        keys, order = ", ".join(column.key), " AND ".join(f"{name} = ?" for name in column.key)
        while True:
            async with state.writing() as transaction:
                rows = await transaction.rows(
                    f"SELECT {keys}, {column.column} AS box FROM {column.table} WHERE {column.column} IS NOT NULL"
                    f" ORDER BY {keys} LIMIT ? OFFSET ?",
                    AT_ONCE, done,
                )  # fmt: skip
                old = [row for row in rows if not sealer.is_of_first(bytes(row["box"]))]
                transaction.put_many(
                    f"UPDATE {column.table} SET {column.column} = ? WHERE {order}",
                    [
                        (sealer.resealed(bytes(row["box"]), column.place(row)), *(row[name] for name in column.key))
                        for row in old
                    ],
                )  # fmt: skip
            count, done = count + len(old), done + len(rows)
            if len(rows) < AT_ONCE:
                break
    return count
