"""Plans as far as agreeing goes: their seals, the agreement to each, and whether both are still what they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...caller import Caller
from ...errors import Forbidden
from ...local.state.state import Row, State, Transaction
from .plan import Plan, Who
from .plan_seal import Seal

IS_OVER = (
    "(plan.approved_by <> '' AND EXISTS (SELECT 1 FROM revoked WHERE kind = 'caller' AND what = (SELECT"
    " json_extract(facts, '$.person') FROM journal WHERE journal.plan = plan.id AND journal.step = 0 AND journal.item = 0"
    " AND event = 'agreed' ORDER BY journal.number DESC LIMIT 1))) AS is_over"
)
"""Whether the access of whoever agreed to a plan last has ended: a column beside those of `plan`."""


@dataclass(frozen=True, slots=True)
class Glance:
    """A plan without its records."""

    id: str
    database: str
    who: Who
    made: float
    expires: float
    digest: str
    fingerprint: str
    undoes: str
    approved_by: str
    """Empty unless the agreement is to this plan as it is, carries our seal, and whoever gave it has still access."""
    is_untouched: bool
    """Nothing of it was attempted."""


class AgreementStore:
    def __init__(self, state: State, database: str, seal: Seal) -> None:
        self._state = state
        self._database = database
        self._seal = seal

    def approve(self, transaction: Transaction, plan: Plan, by: str, at: float) -> str:
        """Bound to the digest: adding a step afterwards needs a new agreement. Returns the seal."""
        seal = self._seal.of_agreement(plan, by, at)
        transaction.put(
            "UPDATE plan SET approved_by = ?, approved_digest = ?, approved_at = ?, approved_seal = ? WHERE id = ?",
            by, plan.digest, at, seal, plan.id,
        )  # fmt: skip
        return seal

    def check_unaltered(self, rows: Sequence[Row], plan: Plan, *, approved_by: str, is_sealed: bool) -> None:
        """Looked at before each record is sent: `rows` is the plan as it is now. Raises Forbidden when the plan or the agreement
        to it is not what it was when its execution began."""
        for row in rows:
            is_agreed = not approved_by or self.approval(row, plan) == approved_by
            if row["digest"] == plan.digest and is_agreed and (not is_sealed or self.is_sealed(row, plan)):
                return
        raise Forbidden(
            f"{plan.id}, or the agreement to it, was altered in the state file while it was carried out",
            advice="Nothing more was sent. list_changes shows what was done.",
        )

    async def glance(self, plan_id: str) -> Glance | None:
        """Any caller's plan as it stands, without its records. None for one that is not there."""
        row = await self._state.row(
            f"SELECT plan.*, {IS_OVER} FROM plan WHERE id = ? AND database = ?", plan_id, self._database
        )
        if row is None:
            return None
        begun = await self._state.row(
            "SELECT 1 FROM item WHERE plan = ? AND state <> 'open' LIMIT 1", plan_id
        )
        glance = Glance(
            id=row["id"],
            database=row["database"],
            who=Who(caller_of(row), row["client"]),
            made=row["made"],
            expires=row["expires"],
            digest=row["digest"],
            fingerprint=row["fingerprint"],
            undoes=row["undoes"],
            approved_by="",
            is_untouched=begun is None,
        )
        return replace(glance, approved_by=self.approval_now(row, glance))

    def approval(self, row: Row, plan: Plan | Glance) -> str:
        """By whom a plan was agreed to. Empty where the agreement is to another plan, or does not carry our seal."""
        by, at = str(row["approved_by"]), float(row["approved_at"])
        if not by or row["approved_digest"] != plan.digest:
            return ""
        return by if self._seal.holds(row["approved_seal"], self._seal.of_agreement(plan, by, at)) else ""

    def approval_now(self, row: Row, plan: Plan | Glance) -> str:
        """The same, of a row with `IS_OVER`; empty, too, where access of theirs has ended since. What was begun before that ends as
        it was agreed to."""
        return "" if row["is_over"] else self.approval(row, plan)

    def is_sealed(self, row: Row, plan: Plan) -> bool:
        return bool(row["seal"]) and self._seal.holds(row["seal"], self._seal.of_plan(plan))


def caller_of(row: Row) -> Caller:
    return Caller(row["caller"], row["account"])
