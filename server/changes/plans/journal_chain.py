"""The chain of a database's entries: each is bound to its place and to the one before it by a keyed digest.

Without the key, which is not in the state, nobody who can write to the state can alter, remove or insert an entry unseen.
That the end of a chain was cut is seen against a head that was kept elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...local.state.state import Question, Row, Transaction
from .codec import written
from .plan_seal import Seal

START = "0" * 64
MOVES = frozenset({"attempt", "outcome", "settled"})
"""Entries before and after which records may differ: what was read in between does not count as of after."""
UNKEYED = (
    "at",
    "database",
    "caller",
    "client",
    "plan",
    "step",
    "item",
    "event",
    "facts",
    "image",
    "previous",
)
"""What the digest of an entry without a place covers: those of before there was a chain for each database."""
KEYED = ("place", "account", *UNKEYED)


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a database's chain, as it can be kept elsewhere."""

    database: str
    place: int
    digest: str

    def __str__(self) -> str:
        return f"{self.place} {self.digest} {self.database}"


class Chain:
    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def head(self, database: str) -> Question:
        """Asks for the end of a database's chain."""
        return "SELECT place, digest FROM chain WHERE database = ?", (database,)

    async def linked(
        self,
        transaction: Transaction,
        database: str,
        entries: Sequence[dict[str, Any]],
        heads: Sequence[Row] | None,
    ) -> list[dict[str, Any]]:
        """The entries, each with its place, the digest before it and its own; the chain ends with the last from now on.
        `heads` is what `head` was answered in this transaction."""
        if heads is None:
            question, values = self.head(database)
            heads = await transaction.rows(question, *values)
        head = next(iter(heads), None)
        if head is None:  # the first of its own chain follows the last of the one that all databases shared
            head = await transaction.row(
                "SELECT 0 AS place, digest FROM journal WHERE place IS NULL ORDER BY number DESC LIMIT 1"
            )
        place, previous = (0, START) if head is None else (head["place"], head["digest"])
        linked: list[dict[str, Any]] = []
        for bare in entries:
            place += 1
            entry = bare | {"place": place, "previous": previous}
            previous = entry["digest"] = self._keyed(entry)
            linked.append(entry)
        transaction.put(
            "INSERT INTO chain (database, place, digest, writes) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (database) DO UPDATE SET place = excluded.place, digest = excluded.digest,"
            " writes = chain.writes + excluded.writes",
            database, place, previous, sum(entry["event"] in MOVES for entry in linked),
        )  # fmt: skip
        return linked

    def image_digest(self, content: str) -> str:
        """Keyed: a plain digest of a short value, such as a salary, can be guessed."""
        return self._seal.of_image(content) if content else ""

    def is_as_written(self, row: Row) -> bool:
        if row["place"] is None:
            return row["digest"] == _unkeyed(row)
        return self._seal.holds(row["digest"], self._keyed({name: row[name] for name in KEYED}))

    def is_image_as_written(self, row: Row) -> bool:
        """Of an entry whose image is still there."""
        content = str(row["content"])
        if row["place"] is None:
            return row["image"] == hashlib.sha256(content.encode()).hexdigest()
        return self._seal.holds(row["image"], self.image_digest(content))

    def _keyed(self, entry: Mapping[str, Any]) -> str:
        return self._seal.of_entry([repr(entry[name]) for name in KEYED])


def _unkeyed(row: Row) -> str:
    return hashlib.sha256(written([repr(row[name]) for name in UNKEYED]).encode()).hexdigest()
