"""Records each attempt before its request goes out, and its outcome after it. Entries are chained by digests.

A digest covers the entry, the digest of its images and the digest of the entry before it. Images (field contents before
and after) can expire or be left out without breaking the chain; changing, removing or inserting an entry breaks it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from ...caller import Caller
from ...local.state.state import Reader, Row, State, Transaction
from ...text.near_names import folded
from .codec import read, written
from .plan import Who

START = "0" * 64
LEFT_OUT = "(left out)"


@dataclass(frozen=True, slots=True)
class Entry:
    number: int
    at: float
    database: str
    who: Who
    plan: str
    step: int
    item: int
    event: str
    """`planned`, `agreed`, `declined`, `reopened`, `attempt`, `outcome`, `settled`, `refused`, `started`, `ended`."""
    facts: dict[str, Any]
    image: dict[str, Any] | None
    """Field contents. None when they were left out or have expired."""


class Journal:
    """Append-only. `append` takes a transaction, so that an entry and what it speaks of stand or fall together."""

    def __init__(
        self,
        state: State,
        *,
        now: Callable[[], float],
        keeps_images: bool = True,
        without: Collection[str] = (),
    ) -> None:
        """`without` names fields, bare or qualified, whose contents are never written down here."""
        self._state = state
        self._now = now
        self._keeps_images = keeps_images
        self._without = set(map(folded, without))

    async def append(
        self,
        transaction: Transaction,
        *,
        database: str,
        who: Who,
        plan: str,
        event: str,
        facts: dict[str, Any],
        step: int = 0,
        item: int = 0,
        image: dict[str, Any] | None = None,
    ) -> int:
        last = await transaction.row("SELECT digest FROM journal ORDER BY number DESC LIMIT 1")
        previous = str(last["digest"]) if last else START
        content = written(self._redacted(image)) if image else ""
        at = self._now()
        image_digest = hashlib.sha256(content.encode()).hexdigest() if content else ""
        fields = (
            at, database, who.caller.id, who.client, plan, step, item, event, written(facts), image_digest, previous,
        )  # fmt: skip
        row = await transaction.row(
            "INSERT INTO journal (at, database, caller, client, plan, step, item, event, facts, image, previous,"
            " digest, runner) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
            *fields, _digest(fields), self._state.runner,
        )  # fmt: skip
        number = int(row["number"]) if row is not None else 0
        if content and self._keeps_images:
            await transaction.execute("INSERT INTO image (number, content) VALUES (?, ?)", number, content)
        return number

    def _redacted(self, image: dict[str, Any]) -> dict[str, Any]:
        return {
            kind: {name: LEFT_OUT if self._is_left_out(name) else value for name, value in fields.items()}
            for kind, fields in image.items()
        }

    def _is_left_out(self, name: str) -> bool:
        bare = name.rpartition("(")[0] if name.endswith(")") else name
        return bool(self._without & {folded(bare), folded(bare.rpartition("::")[2])})

    async def note(self, **entry: Any) -> int:
        """One entry in a transaction of its own. Takes the arguments of `append`."""
        async with self._state.writing() as transaction:
            return await self.append(transaction, **entry)

    async def entries(
        self,
        *,
        database: str | None = None,
        plan: str | None = None,
        since: float = 0,
        limit: int = 1_000,
        by_record: bool = True,
    ) -> list[Entry]:
        """The latest first. Those of single records only with `by_record`."""
        rows = await self._state.rows(
            "SELECT journal.*, image.content FROM journal LEFT JOIN image USING (number)"
            " WHERE (? IS NULL OR database = ?) AND (? IS NULL OR plan = ?) AND at >= ?"
            " AND (? OR event NOT IN ('attempt', 'outcome', 'settled', 'started')) ORDER BY number DESC LIMIT ?",
            database, database, plan, plan, since, by_record, limit,
        )  # fmt: skip
        return [_entry(row) for row in rows]

    async def latest(self, plan: str, reader: Reader | None = None) -> int:
        """The number of the latest entry about a plan. 0 when there is none."""
        row = await (reader or self._state).row("SELECT MAX(number) AS n FROM journal WHERE plan = ?", plan)
        return int(row["n"] or 0) if row else 0

    async def latest_attempt(self, plan: str, reader: Reader | None = None) -> int:
        """The number of the entry about the latest request of a plan. 0 when there is none."""
        row = await (reader or self._state).row(
            "SELECT MAX(number) AS n FROM journal WHERE plan = ? AND event = 'attempt'", plan
        )
        return int(row["n"] or 0) if row else 0

    async def facts(self, plan: str, event: str, reader: Reader | None = None) -> list[dict[str, Any]]:
        """What was written down about such events of a plan, the first first."""
        rows = await (reader or self._state).rows(
            "SELECT facts FROM journal WHERE plan = ? AND event = ? ORDER BY number", plan, event
        )
        return [read(row["facts"]) for row in rows]

    async def replaced_by(self, plan: str) -> str:
        """The id of the plan that replaced another. Empty when none did."""
        row = await self._state.row(
            "SELECT plan FROM journal WHERE event = 'planned' AND json_extract(facts, '$.replaces') = ?"
            " ORDER BY number DESC LIMIT 1",
            plan,
        )
        return str(row["plan"]) if row else ""

    async def carried_out(self, database: str, since: float, reader: Reader | None = None) -> int:
        """How many records were changed since then, related rows included."""
        row = await (reader or self._state).row(
            "SELECT SUM(COALESCE(json_extract(facts, '$.writes'), 1)) AS n FROM journal WHERE database = ? AND at >= ? AND event = 'attempt'",
            database,
            since,
        )
        return int(row["n"] or 0) if row else 0

    async def broken(self) -> list[str]:
        """What is wrong with the chain, in words. Empty when it holds."""
        complaints: list[str] = []
        previous, expected = START, 1
        for row in await self._state.rows(
            "SELECT journal.*, image.content FROM journal LEFT JOIN image USING (number) ORDER BY number"
        ):
            number = row["number"]
            if number != expected:
                complaints.append(f"entries {expected} to {number - 1} are missing")
            if row["previous"] != previous:
                complaints.append(f"entry {number} does not follow the one before it")
            if row["digest"] != _digest(_fields(row)):
                complaints.append(f"entry {number} was altered")
            if row["content"] is not None and (
                hashlib.sha256(row["content"].encode()).hexdigest() != row["image"]
            ):
                complaints.append(f"the images of entry {number} were altered")
            previous, expected = row["digest"], number + 1
        last = await self._state.row("SELECT seq FROM sqlite_sequence WHERE name = 'journal'")
        if last is not None and last["seq"] >= expected:
            complaints.append(f"entries {expected} to {last['seq']} are missing")
        return complaints


def _fields(row: Row) -> tuple[Any, ...]:
    names = (
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
    return tuple(row[name] for name in names)


def _digest(fields: tuple[Any, ...]) -> str:
    return hashlib.sha256(written([repr(field) for field in fields]).encode()).hexdigest()


def _entry(row: Row) -> Entry:
    return Entry(
        number=row["number"],
        at=row["at"],
        database=row["database"],
        who=Who(Caller(row["caller"], ""), row["client"]),
        plan=row["plan"],
        step=row["step"],
        item=row["item"],
        event=row["event"],
        facts=read(row["facts"]),
        image=read(row["content"]) if row["content"] is not None else None,
    )
