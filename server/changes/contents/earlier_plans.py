"""A plan of before contents were sealed, sealed as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ...local.keys.sealed_contents import DataKey, place_of
from ...local.state.state import Row, Transaction
from ..consent.agreement_store import Glance, glance_at
from ..plans.codec import read, read_item
from ..plans.plan_digest import StoredDigest
from ..plans.plan_seal import Seal
from .earlier_keys import EarlierKeys
from .plan_rows import subject_of, taken_back


class EarlierPlan:
    def __init__(self, transaction: Transaction, seal: Seal, keys: EarlierKeys, row: Row) -> None:
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
