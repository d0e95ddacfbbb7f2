"""Records each attempt before its request goes out, and its outcome after it.

Entries are bound together by digests (`journal_chain`), which cover the digest of their images. Images are what records held
before and after, and all else that tells of contents. They are sealed, and can expire, be left out or be forgotten without
breaking the chain.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from typing import Any

from ...local.keys.sealed_contents import DataKey, place_of
from ...local.state.state import Question, Row, State, StateReader, Transaction
from ..contents.altered_plan import AlteredPlan
from ..plans.codec import written
from ..plans.plan import Who
from ..plans.plan_seal import Seal
from ..unhurried import Pace
from .entry_facts import fact, facts_in
from .entry_image import ImageRules, split
from .item_history import ItemHistory
from .journal_chain import Chain
from .journal_entry import WITH_IMAGES, Entry, entry_of

NO_FACTS = written({})
AT_ONCE = 500
"""Entries that are read together."""
OF_LAYOUT = (
    "COALESCE((SELECT layout FROM step WHERE step.plan = journal.plan AND step.number = journal.step), '')"
)
"""Whose contents those of an entry are, which decides how long they stay."""


class Journal:
    """Append-only. `append` takes a transaction, so that an entry and what it speaks of stand or fall together."""

    def __init__(
        self,
        state: State,
        *,
        now: Callable[[], float],
        seal: Seal,
        keeps_images: bool = True,
        without: Collection[str] = (),
    ) -> None:
        """`without` as `ImageRules` takes it."""
        self._state = state
        self._chain = Chain(seal)
        self.items = ItemHistory(self._chain)
        self._contents = seal.contents
        self._now = now
        self._images = ImageRules(keeps_images=keeps_images, without=without)

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
        heads: Sequence[Row] | None = None,
        key: DataKey | None = None,
    ) -> int:
        """As `append_all`, for one entry."""
        return await self.append_all(
            transaction,
            database=database,
            who=who,
            plan=plan,
            event=event,
            entries=[((step, item), facts, image)],
            heads=heads,
            keys={} if key is None else {(step, item): key},
        )

    async def append_all(
        self,
        transaction: Transaction,
        *,
        database: str,
        who: Who,
        plan: str,
        event: str,
        entries: Sequence[tuple[tuple[int, int], dict[str, Any], dict[str, Any] | None]],
        heads: Sequence[Row] | None = None,
        keys: Mapping[tuple[int, int], DataKey] | None = None,
    ) -> int:
        """An entry for each (step, item), its facts and its image, in their order. The place of the last in the chain of the
        database. `heads`: the answer to `head`, where it was asked in this transaction. `keys` seal what tells of contents; an
        entry without one gets a key of its own."""
        bare: list[dict[str, Any]] = []
        contents: list[str] = []
        for (step, item), facts, image in entries:
            plain, told = split(facts)
            contents.append(self._images.image_of(image, told))
            bare.append(
                {
                    "at": self._now(), "database": database, "caller": who.caller.id, "account": who.caller.account,
                    "client": who.client, "plan": plan, "step": step, "item": item, "event": event,
                    "facts": written(plain), "runner": self._state.runner,
                }
            )  # fmt: skip
        end = await self._chain.end(transaction, database, heads)
        sealed: list[tuple[int, str, bytes]] = []
        for place, (entry, content) in enumerate(zip(bare, contents, strict=True), start=end[0] + 1):
            box = b""
            if content:
                key = (keys or {}).get((entry["step"], entry["item"]))
                key = key or self._contents.new_key(transaction, database, f"entry {place}")
                box = self._contents.seal_text(key, content, place_of("image", "box", database, place))
                sealed.append((place, key.id, box))
            entry["image"] = self._chain.image_digest(box)
        linked = self._chain.linked(transaction, database, bare, end)
        transaction.put_many(
            f"INSERT INTO journal ({', '.join(linked[0])}) VALUES ({', '.join('?' * len(linked[0]))})",
            [list(entry.values()) for entry in linked],
        )
        transaction.put_many(
            f"INSERT INTO image (number, content, key, box, layout) SELECT number, '', ?, ?, {OF_LAYOUT} FROM journal"
            " WHERE database = ? AND place = ?",
            [(key_id, box, database, place) for place, key_id, box in sealed],
        )
        return int(linked[-1]["place"])

    def head(self, database: str) -> Question:
        """What `append` has to know; asked for with other things, it saves a way."""
        return self._chain.head(database)

    async def note(self, **entry: Any) -> int:
        """One entry by itself. Takes the arguments of `append`."""
        database = str(entry["database"])

        async def work(transaction: Transaction, answers: list[Sequence[Row]]) -> int:
            return await self.append(transaction, heads=answers[0], **entry)

        return await self._state.together(database, [self.head(database)], work)

    async def entries(
        self,
        *,
        database: str | None = None,
        plan: str | None = None,
        since: float = 0,
        limit: int = 1_000,
        by_record: bool = True,
        caller: str | None = None,
    ) -> list[Entry]:
        """The latest first. Those of single records only with `by_record`; of one caller, as `Caller.id`, where one is named."""
        rows = await self._state.rows(
            f"{WITH_IMAGES}"
            " WHERE (CAST(? AS TEXT) IS NULL OR journal.database = ?) AND (CAST(? AS TEXT) IS NULL OR plan = ?) AND at >= ?"
            " AND (? OR event NOT IN ('attempt', 'outcome', 'settled', 'started'))"
            " AND (CAST(? AS TEXT) IS NULL OR caller = ?) ORDER BY number DESC LIMIT ?",
            database, database, plan, plan, since, by_record, caller, caller, limit,
        )  # fmt: skip
        return [entry_of(row, self._contents) for row in rows]

    async def every(self, caller: str) -> AsyncGenerator[Entry]:
        """All of one caller, as `Caller.id`, the first first, however many: others get their turn meanwhile."""
        pace, last = Pace(), 0
        question = f"{WITH_IMAGES} WHERE caller = ? AND number > ? ORDER BY number LIMIT ?"
        while rows := await self._state.rows(question, caller, last, AT_ONCE):
            for row in rows:
                await pace.turn()
                yield entry_of(row, self._contents)
            last = rows[-1]["number"]

    async def latest(self, plan: str, reader: StateReader | None = None) -> int:
        """The place of the latest entry about a plan. 0 when there is none, or only of before there were places."""
        row = await (reader or self._state).row("SELECT MAX(place) AS n FROM journal WHERE plan = ?", plan)
        return int(row["n"] or 0) if row else 0

    async def latest_attempt(self, plan: str, reader: StateReader | None = None) -> int:
        """The number of the entry about the latest request of a plan. 0 when there is none."""
        row = await (reader or self._state).row(
            "SELECT MAX(number) AS n FROM journal WHERE plan = ? AND event = 'attempt'", plan
        )
        return int(row["n"] or 0) if row else 0

    async def facts(self, plan: str, event: str, reader: StateReader | None = None) -> list[dict[str, Any]]:
        """What was written down about such events of a plan, the first first. Raises AlteredPlan where another program wrote there:
        on it hangs who has to agree."""
        return (await self.told(plan, event, reader))[0]

    async def told(
        self, plan: str, event: str, reader: StateReader | None = None
    ) -> tuple[list[dict[str, Any]], bool]:
        """As `facts`, and whether each of the entries, and there is one, carries our digest over what it says."""
        rows = await (reader or self._state).rows(
            "SELECT journal.*, taken_over.tag FROM journal LEFT JOIN taken_over USING (number)"
            " WHERE plan = ? AND event = ? ORDER BY number",
            plan,
            event,
        )
        told = [facts_in(row) for row in rows]
        if any(not each and row["facts"] != NO_FACTS for each, row in zip(told, rows, strict=True)):
            raise AlteredPlan(plan)
        return told, bool(rows) and all(map(self._chain.is_as_written, rows))

    async def replaced_by(self, plan: str) -> str:
        """The id of the plan that replaced another. Empty when none did."""
        row = await self._state.row(
            f"SELECT plan FROM journal WHERE event = 'planned' AND {fact('replaces')} = ?"
            " ORDER BY number DESC LIMIT 1",
            plan,
        )
        return str(row["plan"]) if row else ""

    async def carried_out(self, database: str, since: float, reader: StateReader | None = None) -> int:
        """How many records were changed since then, related rows included. One at least for each entry, whatever it says."""
        rows = await (reader or self._state).rows(
            f"SELECT {fact('writes')} AS writes, COUNT(*) AS n FROM journal"
            " WHERE database = ? AND at >= ? AND event = 'attempt' GROUP BY 1",
            database,
            since,
        )
        return sum(_counted(row["writes"]) * row["n"] for row in rows)


def _counted(writes: object) -> int:
    text = str(writes)
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 10 else 1
