"""The journal of before contents were sealed, sealed entry by entry."""

from __future__ import annotations

from typing import Any

from ...local.keys.sealed_contents import place_of
from ...local.state.state import Row, Transaction
from ..audit.journal_check import AT_ONCE
from ..journal.entry_image import FACTS, split
from ..journal.journal import OF_LAYOUT
from ..journal.journal_chain import START, UNKEYED, Chain
from ..journal.journal_entry import WITH_IMAGES
from ..plans.codec import read, written
from ..plans.plan_seal import Seal
from .earlier_keys import EarlierKeys
from .plan_rows import subject_of


class EarlierEntries:
    """The journal, whose entries are as they were written."""

    def __init__(self, transaction: Transaction, seal: Seal, keys: EarlierKeys) -> None:
        self._transaction = transaction
        self._seal = seal
        self._chain = Chain(seal)
        self._keys = keys
        self._shared = START
        self._begun: set[str] = set()
        """Databases whose own chain has begun."""

    async def seal(self) -> None:
        last = 0
        while rows := await self._transaction.rows(
            f"{WITH_IMAGES} WHERE number > ? ORDER BY number LIMIT ?", last, AT_ONCE
        ):
            for row in rows:
                self._put(row)
            last = rows[-1]["number"]

    def _put(self, row: Row) -> None:
        number, database = row["number"], str(row["database"])
        plain, told = split(self._keyed(row, read(row["facts"])))
        image: dict[str, Any] = read(row["content"]) if row["content"] else {}
        entry: dict[str, Any] = {
            name: row[name] for name in ("number", "place", "account", "digest", *UNKEYED)
        }
        entry |= {"facts": written(plain), "image": ""}
        if image or told:
            key = self._keys.of(database, self._subject(row, plain))
            place = row["place"] if row["place"] is not None else f"number {number}"
            text = written(image | ({FACTS: told} if told else {}))
            box = self._seal.contents.seal_text(key, text, place_of("image", "box", database, place))
            entry["image"] = self._chain.image_digest(box)
            self._transaction.put("DELETE FROM image WHERE number = ?", number)
            self._transaction.put(
                f"INSERT INTO image (number, content, key, box, layout) SELECT number, '', ?, ?, {OF_LAYOUT} FROM journal"
                " WHERE number = ?",
                key.id, box, number,
            )  # fmt: skip
        if row["place"] is None:
            entry["previous"] = self._shared
            self._shared = entry["digest"] = self._chain.keyed(entry)
        elif database not in self._begun:
            self._begun.add(database)
            entry["previous"] = self._shared
        self._transaction.put(
            "UPDATE journal SET facts = ?, image = ?, previous = ?, digest = ? WHERE number = ?",
            entry["facts"], entry["image"], entry["previous"], entry["digest"], number,
        )  # fmt: skip
        self._transaction.put(
            "INSERT INTO taken_over (number, tag) VALUES (?, ?)", number, self._chain.tag(entry)
        )

    def _keyed(self, row: Row, facts: dict[str, Any]) -> dict[str, Any]:
        """With a keyed digest of the plan, and the seal over it."""
        if "digest" not in facts:
            return facts
        keyed = facts | {"digest": self._seal.of_digest(facts["digest"])}
        whose = {"plan": row["plan"], "database": row["database"], "caller": row["caller"]}
        if "seal" in facts and self._seal.is_agreement(facts, **whose):
            keyed["seal"] = self._seal.agreement_in(keyed, **whose)
        return keyed

    def _subject(self, row: Row, facts: dict[str, Any]) -> str:
        place = (str(row["plan"]), int(row["step"]), int(row["item"]))
        if row["event"] not in ("attempt", "outcome", "settled"):
            return f"plan {row['plan']}" if row["plan"] else f"entry {row['number']}"
        if place not in self._keys.subjects:
            layout, record = facts.get("layout", ""), facts.get("record") if "layout" in facts else None
            self._keys.subjects[place] = subject_of(place[0], place[1:], layout, record)
        return self._keys.subjects[place]
