"""Records of a version that kept contents as plain text: sealed once, when its state is opened. What the journal tells stays true.

Entries keep their order and their outcomes. What told of contents moves into boxes, and plain digests, which could be guessed,
are replaced by keyed ones. A tag by our key vouches for each entry as it stands since then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from ...errors import ConfigurationError
from ...jobs.job_row import JobRows, facts_read, order_read
from ...local.keys.sealed_contents import DataKey, place_of
from ...local.state.state import Row, Transaction
from ..audit.journal_check import AT_ONCE, journal_faults
from ..consent.agreement_store import Glance, glance_at
from ..files.kept_files import put_file
from ..journal.entry_image import FACTS, split
from ..journal.journal import OF_LAYOUT
from ..journal.journal_chain import START, UNKEYED, Chain
from ..journal.journal_entry import WITH_IMAGES
from ..plans.codec import StoredDigest, read, read_item, written
from ..plans.plan_seal import Seal
from .plan_rows import subject_of, taken_back

MIGRATE = "Run 'filemaker-mcp state migrate' once, as the role that owns them."


async def take_over(transaction: Transaction, seal: Seal, *, is_shared: bool) -> None:
    """Seals nothing where nothing is left of an earlier version. Raises ConfigurationError where the role that owns the records
    has to do it, which is so in PostgreSQL."""
    await seal.prepare(transaction)
    if not await transaction.rows("SELECT database FROM unsealed"):
        return
    if is_shared:
        raise ConfigurationError("The records in PostgreSQL are not sealed yet", advice=MIGRATE)
    await seal_all(transaction, seal, counts=True)


async def seal_all(transaction: Transaction, seal: Seal, *, counts: bool) -> None:
    """All that is left of an earlier version. `counts`: whether entries are numbered without gaps."""
    if not await transaction.rows("SELECT database FROM unsealed"):
        return
    await seal.prepare(transaction)
    faults = await journal_faults(transaction, seal, counts=counts)
    keys = _Keys(transaction, seal)
    for row in await transaction.rows("SELECT * FROM plan WHERE box IS NULL ORDER BY made"):
        await _Plan(transaction, seal, keys, row).seal()
    if not faults:  # what is wrong stays as it is, for 'journal verify' to name
        await _Entries(transaction, seal, keys).seal()
    await _seal_rest(transaction, seal)
    transaction.put("DELETE FROM unsealed")


class _Keys:
    """One for each subject of a database."""

    def __init__(self, transaction: Transaction, seal: Seal) -> None:
        self._transaction = transaction
        self._contents = seal.contents
        self._keys: dict[tuple[str, str], DataKey] = {}
        self.subjects: dict[tuple[str, int, int], str] = {}
        """Of an item of a plan."""

    def of(self, database: str, subject: str) -> DataKey:
        if (database, subject) not in self._keys:
            self._keys[database, subject] = self._contents.new_key(self._transaction, database, subject)
        return self._keys[database, subject]


class _Plan:
    def __init__(self, transaction: Transaction, seal: Seal, keys: _Keys, row: Row) -> None:
        self._transaction = transaction
        self._seal = seal
        self._keys = keys
        self._row = row
        self._id, self._database = str(row["id"]), str(row["database"])

    async def seal(self) -> None:
        own = self._keys.of(self._database, f"plan {self._id}")
        stored: list[tuple[str, Sequence[str]]] = []
        for step in await self._transaction.rows(
            "SELECT * FROM step WHERE plan = ? ORDER BY number", self._id
        ):
            items = await self._transaction.rows(
                "SELECT * FROM item WHERE plan = ? AND step = ? ORDER BY number", self._id, step["number"]
            )
            stored.append((step["body"], [item["body"] for item in items]))
            self._put_step(step, own)
            self._put_items(items, read(step["body"])["layout"])
        self._put_plan(own, is_as_made=self._row["digest"] == self._digest(stored))

    def _digest(self, stored: Sequence[tuple[str, Sequence[str]]]) -> str:
        digest = StoredDigest(self._database, str(self._row["caller"]))
        for body, items in stored:
            digest.step(body)
            digest.items(items)
        return digest.end()

    def _put_step(self, step: Row, own: DataKey) -> None:
        body = read(step["body"])
        box = self._seal.contents.seal_text(
            own, step["body"], place_of("step", "box", self._id, step["number"])
        )
        self._transaction.put(
            "UPDATE step SET body = '', kind = ?, layout = ?, runbook = ?, key = ?, box = ? WHERE plan = ? AND number = ?",
            body["kind"], body["layout"], body.get("runbook", ""), own.id, box, self._id, step["number"],
        )  # fmt: skip

    def _put_items(self, items: Iterable[Row], layout: str) -> None:
        contents = self._seal.contents
        for row in items:
            item, place = read_item(row["body"]), (self._id, row["step"], row["number"])
            subject = subject_of(self._id, place[1:], layout, item.record_id)
            self._keys.subjects[place] = subject
            key = self._keys.of(self._database, subject)
            box = contents.seal_text(key, row["body"], place_of("item", "box", *place))
            outcome = contents.seal_text(key, row["outcome"], place_of("item", "outcome_box", *place))
            self._transaction.put(
                "UPDATE item SET body = '', outcome = '{}', takes_back = ?, writes = ?, key = ?, box = ?, outcome_box = ?"
                " WHERE plan = ? AND step = ? AND number = ?",
                taken_back(item), item.writes, key.id, box, outcome, *place,
            )  # fmt: skip

    def _put_plan(self, own: DataKey, *, is_as_made: bool) -> None:
        """Seals that held go on holding; one that did not, or a plan that was altered, is none afterwards either."""
        row, seal = self._row, self._seal
        before = self._glance(row["digest"], row["fingerprint"])
        after = self._glance(seal.of_digest(row["digest"]), seal.of_digest(row["fingerprint"]))
        by, person, at = seal.agreed_by(row, before), str(row["approved_person"]), float(row["approved_at"])
        self._transaction.put(
            "UPDATE plan SET heading = '', digest = ?, fingerprint = ?, seal = ?, approved_digest = ?, approved_seal = ?,"
            " key = ?, box = ? WHERE id = ?",
            after.digest if is_as_made else "", after.fingerprint, seal.of_plan(after) if seal.covers(row, before) else "",
            seal.of_digest(row["approved_digest"]) if row["approved_digest"] else "",
            seal.of_agreement(after, by, person, at) if by else "", own.id,
            seal.contents.seal_text(own, row["heading"], place_of("plan", "box", self._id)), self._id,
        )  # fmt: skip

    def _glance(self, digest: str, fingerprint: str) -> Glance:
        return replace(glance_at(self._row), digest=digest, fingerprint=fingerprint)


class _Entries:
    """The journal, whose entries are as they were written."""

    def __init__(self, transaction: Transaction, seal: Seal, keys: _Keys) -> None:
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


async def _seal_rest(transaction: Transaction, seal: Seal) -> None:
    """Files, digests of scripts' parameters, jobs, and records that wait for a person."""
    for row in await transaction.rows("SELECT digest FROM kept_file WHERE box IS NULL"):
        for file in await transaction.rows("SELECT * FROM kept_file WHERE digest = ?", row["digest"]):
            transaction.put("DELETE FROM kept_file WHERE digest = ?", file["digest"])
            digest = seal.of_digest(file["digest"])
            await put_file(transaction, seal, digest, file["name"], bytes(file["content"]), file["kept"])
    for run in await transaction.rows("SELECT * FROM script_run"):
        marks = {name: seal.of_digest(digest) for name, digest in json.loads(run["marks"]).items()}
        transaction.put(
            "UPDATE script_run SET run = ?, marks = ? WHERE plan = ? AND step = ? AND item = ?",
            seal.of_digest(run["run"]), json.dumps(marks, sort_keys=True), run["plan"], run["step"], run["item"],
        )  # fmt: skip
    jobs = JobRows(seal.contents.ring, seal.of_digest)
    for job in await transaction.rows("SELECT * FROM job WHERE box IS NULL"):
        about = jobs.about(job["id"], job["caller"], job["heading"], order_read(job["work"]))
        transaction.put(
            "UPDATE job SET heading = '', work = '', facts = '{}', fingerprint = ?, box = ?, facts_box = ? WHERE id = ?",
            jobs.keyed(job["fingerprint"]) if job["fingerprint"] else "", about,
            jobs.facts(job["id"], job["caller"], facts_read(job["facts"])), job["id"],
        )  # fmt: skip
    for row in await transaction.rows("SELECT * FROM held WHERE box IS NULL"):
        place = (row["database"], row["runbook"], row["plan"], row["record"])
        key = seal.contents.new_key(transaction, row["database"], f"held {row['plan']} {row['record']}")
        why = f"{row['label']}: {row['reason']}".removeprefix(": ")
        transaction.put(
            "UPDATE held SET label = '', reason = '', key = ?, box = ?"
            " WHERE database = ? AND runbook = ? AND plan = ? AND record = ?",
            key.id, seal.contents.seal_text(key, why, place_of("held", "box", *place)), *place,
        )  # fmt: skip
