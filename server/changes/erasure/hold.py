"""Holds: what the owner keeps from being retained away or forgotten, for a reason, until it is released."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from ...errors import InputError, NameUnknown
from ...local.keys.sealed_column import HOLDS
from ...local.state.state import Row, State, Transaction
from ...text.near_names import folded
from ...text.readable_id import random_letters
from ..journal.journal import Journal
from ..plans.plan import Who
from ..plans.plan_seal import Seal
from .person import Person


@dataclass(frozen=True, slots=True)
class Hold:
    """What is told of it stands together: a layout and a period hold that layout's contents of that period."""

    id: str
    database: str
    reason: str
    plan: str = ""
    layout: str = ""
    key: str = ""
    """A person's, as `Person.key`."""
    since: float | None = None
    until: float | None = None
    """The end of the period, not in it."""
    made: float = 0
    released: float | None = None

    def covers(self, *, plan: str, layouts: Sequence[str], at: float) -> bool:
        """Whether it holds contents of that plan, layouts and moment: all of them, or those that name its key."""
        return (
            (not self.plan or self.plan == plan)
            and (not self.layout or folded(self.layout) in map(folded, layouts))
            and (self.since is None or at >= self.since)
            and (self.until is None or at < self.until)
        )

    @property
    def is_of_key_alone(self) -> bool:
        return bool(self.key) and not (self.plan or self.layout) and (self.since, self.until) == (None, None)

    def __str__(self) -> str:
        return f"{self.id} ({self.what}: {self.reason})"

    @property
    def what(self) -> str:
        parts = [f"plan {self.plan}"] if self.plan else []
        parts += [f"layout {self.layout}"] if self.layout else []
        parts += [f"key {self.key}"] if self.key else []
        parts += ["a period"] if (self.since, self.until) != (None, None) else []
        return ", ".join(parts)


class Holds:
    def __init__(self, state: State, seal: Seal, journal: Journal) -> None:
        self._state = state
        self._sealer = HOLDS.sealer(seal.contents.ring)
        self._journal = journal

    async def put(self, hold: Hold, who: Who) -> Hold:
        """With an id. Raises InputError for one that says nothing of what it holds, or not why."""
        if not hold.what:
            raise InputError(
                "A hold says what it keeps", advice="Name --plan, --layout, --key, --from or --to."
            )
        if not hold.reason.strip():
            raise InputError("A hold has a reason", advice="Say it with --reason.")
        name = f"hold-{random_letters(4)}"
        told = {
            key: value
            for key, value in asdict(hold).items()
            if key not in ("id", "database", "made", "released")
        }
        box = self._sealer.seal(json.dumps(told).encode(), HOLDS.place({"id": name}))
        async with self._state.writing(hold.database) as transaction:
            transaction.put(
                "INSERT INTO hold (id, database, made, box) VALUES (?, ?, ?, ?)",
                name,
                hold.database,
                hold.made,
                box,
            )
            await self._entry(transaction, hold.database, name, "held", who)
        return replace(hold, id=name)

    async def release(self, name: str, who: Who, now: float) -> Hold:
        """Raises NameUnknown."""
        known = {each.id: each for each in await self.all() if each.released is None}
        if name not in known:
            raise NameUnknown("hold", name, advice="'filemaker-mcp journal hold list' shows them.")
        async with self._state.writing(known[name].database) as transaction:
            transaction.put("UPDATE hold SET released = ? WHERE id = ? AND released IS NULL", now, name)
            await self._entry(transaction, known[name].database, name, "let go", who)
        return known[name]

    async def all(self) -> list[Hold]:
        return [self._hold(row) for row in await self._state.rows("SELECT * FROM hold ORDER BY made")]

    async def standing(self, transaction: Transaction, database: str) -> list[Hold]:
        """Those of a database that were not released."""
        rows = await transaction.rows("SELECT * FROM hold WHERE database = ? AND released IS NULL", database)
        return [self._hold(row) for row in rows]

    async def forget(self, transaction: Transaction, database: str, person: Person) -> None:
        """Those that were released and name the person."""
        rows = await transaction.rows(
            "SELECT * FROM hold WHERE database = ? AND released IS NOT NULL", database
        )
        for hold in map(self._hold, rows):
            if person.has_key(hold.key) or person.is_in(f"{hold.key} {hold.reason}"):
                transaction.put("DELETE FROM hold WHERE id = ?", hold.id)

    def _hold(self, row: Row) -> Hold:
        told = json.loads(self._sealer.open(bytes(row["box"]), HOLDS.place(row)))
        return Hold(row["id"], row["database"], made=row["made"], released=row["released"], **told)

    async def _entry(self, transaction: Transaction, database: str, name: str, event: str, who: Who) -> None:
        await self._journal.append(
            transaction, database=database, who=who, plan="", event=event, facts={"hold": name}
        )
