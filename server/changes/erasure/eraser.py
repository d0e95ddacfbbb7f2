"""Erases contents: their boxes go, and the keys that sealed nothing else. An entry of the journal says how many went and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...local.state.state import Row, Transaction
from ..journal.journal import Journal
from ..plans.plan import Who
from ..plans.plan_seal import Seal

BY_RECORD = ("attempt", "outcome", "settled")
"""Entries about one record; the others of a plan go with the plan."""
STAYS = (
    "EXISTS (SELECT 1 FROM journal JOIN image USING (number) WHERE journal.plan = {0}.plan AND journal.step = {0}.step"
    f" AND journal.item = {{0}}.number AND event IN ({', '.join(map(repr, BY_RECORD))}) AND image.gone IS NULL)"
)
"""Whether contents stay that an item tells whose they are."""
AT_ONCE = 500
"""Values of one statement."""


@dataclass
class Target:
    """What is to go, of one database."""

    entries: set[int] = field(default_factory=set[int])
    """Numbers of entries whose contents go."""
    plans: set[str] = field(default_factory=set[str])
    """They go whole: what is left of a plan could neither be shown nor taken back."""
    items: set[tuple[str, int, int]] = field(default_factory=set[tuple[str, int, int]])
    """Plan, step and number of those of which nothing is to be left. Of the other items of a plan that goes, what tells whose the
    contents are that stay is left as long as these are."""
    held: set[tuple[str, str, str]] = field(default_factory=set[tuple[str, str, str]])
    """Records that wait for a person: runbook, plan, record id."""
    files: set[str] = field(default_factory=set[str])
    """Digests of kept files that go, besides those that only its plans carry."""
    lets_go: bool = True
    """Whether all other records of its plans wait for nobody any more either."""

    def __bool__(self) -> bool:
        return bool(self.entries or self.plans or self.items or self.files or self.held)


@dataclass(frozen=True, slots=True)
class Erased:
    contents: int = 0
    plans: int = 0
    files: int = 0
    keys: int = 0

    def __add__(self, other: Erased) -> Erased:
        return Erased(
            self.contents + other.contents, self.plans + other.plans, self.files + other.files, self.keys + other.keys
        )  # fmt: skip


class Eraser:
    def __init__(self, transaction: Transaction, journal: Journal, seal: Seal) -> None:
        self._transaction = transaction
        self._journal = journal
        self._contents = seal.contents

    async def erase(self, database: str, who: Who, target: Target, facts: dict[str, Any]) -> Erased:
        """`facts` say why, in the entry; they tell nothing of contents."""
        numbers = sorted(target.entries | await self._of_plans(target.plans))
        plans = sorted(target.plans)
        keys = {
            str(row["key"])
            for row in await self._in("SELECT DISTINCT key FROM image WHERE number IN", numbers)
        }
        for table, column in (("item", "plan"), ("step", "plan"), ("plan", "id"), ("held", "plan")):
            found = await self._in(f"SELECT DISTINCT key FROM {table} WHERE {column} IN", plans)
            keys |= {str(row["key"]) for row in found}
        files = sorted({*await self._files_of(plans), *target.files})
        keys |= {
            str(row["key"]) for row in await self._in("SELECT key FROM kept_file WHERE digest IN", files)
        }
        keys |= await self._let_go(database, target.held)
        if numbers:
            place = await self._journal.append(
                self._transaction, database=database, who=who, plan="", event="erased",
                facts={"contents": len(numbers), **facts},
            )  # fmt: skip
            self._transaction.put_many(
                "UPDATE image SET content = '', box = NULL, key = '', gone = (SELECT number FROM journal"
                " WHERE database = ? AND place = ?) WHERE number = ? AND gone IS NULL",
                [(database, place, number) for number in numbers],
            )
        keys |= await self._leave(plans, target.items)
        for table in ("file_use", *(["held"] if target.lets_go else []), "item", "step"):
            self._transaction.put_many(f"DELETE FROM {table} WHERE plan = ?", [(plan,) for plan in plans])
        self._transaction.put_many("DELETE FROM plan WHERE id = ?", [(plan,) for plan in plans])
        self._transaction.put_many("DELETE FROM kept_file WHERE digest = ?", [(digest,) for digest in files])
        gone = await self._contents.destroy_unused(self._transaction, keys)
        return Erased(len(numbers), len(plans), len(files), gone)

    async def _leave(self, plans: Iterable[str], without: Iterable[tuple[str, int, int]]) -> set[str]:
        """Keys of what is left of items no longer."""
        self._transaction.put_many(
            "INSERT INTO left_item (plan, step, number, key, box, outcome_box) SELECT plan, step, number, key, box, outcome_box"
            f" FROM item WHERE plan = ? AND box IS NOT NULL AND {STAYS.format('item')}",
            [(plan,) for plan in plans],
        )
        keys: set[str] = set()
        of = "FROM left_item WHERE plan = ? AND step = ? AND number = ?"
        for place in sorted(without):
            keys |= {str(row["key"]) for row in await self._transaction.rows(f"SELECT key {of}", *place)}
        self._transaction.put_many(f"DELETE {of}", sorted(without))
        over = f"FROM left_item WHERE NOT {STAYS.format('left_item')}"
        keys |= {str(row["key"]) for row in await self._transaction.rows(f"SELECT DISTINCT key {over}")}
        self._transaction.put(f"DELETE {over}")
        return keys

    async def _of_plans(self, plans: Iterable[str]) -> set[int]:
        events = ", ".join(map(repr, BY_RECORD))
        rows = await self._in(
            f"SELECT image.number FROM journal JOIN image USING (number) WHERE image.gone IS NULL AND event NOT IN ({events})"
            " AND journal.plan IN",
            sorted(plans),
        )
        return {int(row["number"]) for row in rows}

    async def _files_of(self, plans: Sequence[str]) -> list[str]:
        """Digests of kept files that no other plan carries."""
        theirs = {
            str(row["digest"]) for row in await self._in("SELECT digest FROM file_use WHERE plan IN", plans)
        }
        uses = await self._in("SELECT plan, digest FROM file_use WHERE digest IN", sorted(theirs))
        going = set(plans)
        return sorted(theirs - {str(row["digest"]) for row in uses if str(row["plan"]) not in going})

    async def _let_go(self, database: str, held: Iterable[tuple[str, str, str]]) -> set[str]:
        keys: set[str] = set()
        for place in sorted(held):
            of = "FROM held WHERE database = ? AND runbook = ? AND plan = ? AND record = ?"
            keys |= {
                str(row["key"]) for row in await self._transaction.rows(f"SELECT key {of}", database, *place)
            }
            self._transaction.put(f"DELETE {of}", database, *place)
        return keys

    async def _in(self, statement: str, values: Sequence[object]) -> list[Row]:
        found: list[Row] = []
        for start in range(0, len(values), AT_ONCE):
            part = values[start : start + AT_ONCE]
            found += await self._transaction.rows(f"{statement} ({', '.join('?' * len(part))})", *part)
        return found
