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
from ..plans.codec import written
from ..plans.plan_seal import Seal

START = "0" * 64
MOVES = frozenset({"attempt", "outcome", "settled", "forgotten"})
"""Entries before and after which records may differ, and those after which pages in memory are to go: what was read before does not
count as of after."""
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
TAGGED = ("number", "digest", *KEYED)
"""What the tag of an entry covers that was taken over from an earlier version: all of it, as it stands since then."""


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
        return "SELECT place, digest, writes FROM chain WHERE database = ?", (database,)

    async def end(
        self, transaction: Transaction, database: str, heads: Sequence[Row] | None
    ) -> tuple[int, str, int]:
        """As `Transaction.ends`. `heads` is what `head` was answered in this transaction, before any was added."""
        if database in transaction.ends:
            return transaction.ends[database]
        if heads is None:
            question, values = self.head(database)
            heads = await transaction.rows(question, *values)
        head = next(iter(heads), None)
        if head is None:  # the first of its own chain follows the last of the one that all databases shared
            head = await transaction.row(
                "SELECT 0 AS place, digest, 0 AS writes FROM journal WHERE place IS NULL ORDER BY number DESC LIMIT 1"
            )
        return (0, START, 0) if head is None else (head["place"], head["digest"], head["writes"])

    def linked(
        self,
        transaction: Transaction,
        database: str,
        entries: Sequence[dict[str, Any]],
        end: tuple[int, str, int],
    ) -> list[dict[str, Any]]:
        """The entries, each with its place, the digest before it and its own; the chain ends with the last from now on."""
        place, previous, writes = end
        linked: list[dict[str, Any]] = []
        for bare in entries:
            place += 1
            entry = bare | {"place": place, "previous": previous}
            previous = entry["digest"] = self._keyed(entry)
            linked.append(entry)
        end = place, previous, writes + sum(entry["event"] in MOVES for entry in linked)
        transaction.ends[database] = end
        transaction.put_last(
            f"chain {database}",
            "INSERT INTO chain (database, place, digest, writes) VALUES (?, ?, ?, ?) ON CONFLICT (database)"
            " DO UPDATE SET place = excluded.place, digest = excluded.digest, writes = excluded.writes",
            database, *end,
        )  # fmt: skip
        return linked

    def image_digest(self, box: bytes) -> str:
        """Over what is sealed: it tells nothing of contents, even to whoever has the key. Empty where there is none."""
        return self._seal.of_image(box.hex()) if box else ""

    def tag(self, row: Mapping[str, Any]) -> str:
        """Of an entry of an earlier version, as it stands since its contents are sealed."""
        return self._seal.of_taken_over([repr(row[name]) for name in TAGGED])

    def is_as_written(self, row: Row) -> bool:
        """`row` is one of the journal's `WITH_IMAGES`."""
        if row["tag"] is not None:
            return self._seal.holds(row["tag"], self.tag({name: row[name] for name in TAGGED}))
        if row["place"] is None:
            return row["digest"] == unkeyed(row)
        return self._seal.holds(row["digest"], self._keyed({name: row[name] for name in KEYED}))

    def is_image_as_written(self, row: Row) -> bool:
        """Of an entry whose image is still there."""
        if row["box"] is not None:
            box = row["box"]
            return isinstance(box, bytes) and self._seal.holds(row["image"], self.image_digest(box))
        content = str(row["content"])
        if row["place"] is None:
            return row["image"] == hashlib.sha256(content.encode()).hexdigest()
        return self._seal.holds(row["image"], self._seal.of_image(content))

    def _keyed(self, entry: Mapping[str, Any]) -> str:
        return self._seal.of_entry([repr(entry[name]) for name in KEYED])

    def keyed(self, row: Mapping[str, Any]) -> str:
        """A digest for an entry that had a plain one."""
        return self._seal.of_taken_over([repr(row[name]) for name in (*UNKEYED, "number")])


def unkeyed(row: Row) -> str:
    return hashlib.sha256(written([repr(row[name]) for name in UNKEYED]).encode()).hexdigest()
