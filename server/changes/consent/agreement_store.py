"""Plans as far as agreeing goes: their seals, the agreement to each, and whether both are still what they were."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from ...caller import Caller, parts_of
from ...errors import Forbidden
from ...local.state.state import Row, State, Transaction
from ..plans.plan import Plan, Who
from ..plans.plan_seal import Named, Seal

Validity = Callable[[str, Named], Awaitable[str]]
"""Why somebody who signed in and agreed to a plan might not agree to it now, in a clause about `they`; empty where they might. The person
is named as plans name callers."""


GOES_ON = ("open", "applying")
"""Plans of which something may still be sent."""


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
    """Empty unless the agreement is to this plan as it is, carries our seal, and whoever gave it might give it now."""
    is_untouched: bool
    """Nothing of it was attempted."""


class AgreementStore:
    def __init__(self, state: State, database: str, seal: Seal, validity: Validity | None = None) -> None:
        """`validity` judges the agreement of somebody who signed in, each time that it is used or shown. None where the rights of
        people are not known: at a terminal, in the server of one person."""
        self._state = state
        self._database = database
        self._seal = seal
        self._validity = validity

    def approve(self, transaction: Transaction, plan: Plan, by: str, person: str, at: float) -> str:
        """Bound to the digest: adding a step afterwards needs a new agreement. Returns the seal."""
        seal = self._seal.of_agreement(plan, by, person, at)
        transaction.put(
            "UPDATE plan SET approved_by = ?, approved_person = ?, approved_digest = ?, approved_at = ?, approved_seal = ?"
            " WHERE id = ?",
            by, person, plan.digest, at, seal, plan.id,
        )  # fmt: skip
        return seal

    def check_unaltered(self, rows: Sequence[Row], plan: Plan, *, approved_by: str, is_sealed: bool) -> None:
        """Looked at before each record is sent: `rows` is the plan as it is now. Raises Forbidden when the plan or the agreement
        to it is not what it was when its execution began."""
        for row in rows:
            is_agreed = not approved_by or self._seal.agreed_by(row, plan) == approved_by
            if row["digest"] == plan.digest and is_agreed and (not is_sealed or self._seal.covers(row, plan)):
                return
        raise Forbidden(
            f"{plan.id}, or the agreement to it, was altered in the state file while it was carried out",
            advice="Nothing more was sent. list_changes shows what was done.",
        )

    async def glance(self, plan_id: str) -> Glance | None:
        """Any caller's plan as it stands, without its records. None for one that is not there."""
        row = await self._row(plan_id)
        if row is None:
            return None
        begun = await self._state.row(
            "SELECT 1 FROM item WHERE plan = ? AND state <> 'open' LIMIT 1", plan_id
        )
        glance = replace(glance_at(row), is_untouched=begun is None)
        return replace(glance, approved_by=await self.approval_now(row, glance))

    async def approval_now(self, row: Row, plan: Named) -> str:
        """By whom a plan was agreed to; empty, too, where whoever agreed might not agree now and something is still to be done."""
        by = self._seal.agreed_by(row, plan)
        return "" if by and row["state"] in GOES_ON and await self._lost(row, plan) else by

    async def lost(self, plan: Named) -> str:
        """Who agreed to it and why that counts no more, in a sentence; empty where nobody did, or it counts."""
        row = await self._row(plan.id)
        by = "" if row is None else self._seal.agreed_by(row, plan)
        why = await self._lost(row, plan) if row is not None and by else ""
        return f"The agreement of {by} counts no more: {why}." if why else ""

    async def _lost(self, row: Row, plan: Named) -> str:
        person = str(row["approved_person"])
        if parts_of(person) is None:  # at this machine: whoever sits there
            return ""
        ended = "SELECT 1 FROM revoked WHERE kind = 'caller' AND what = ?"
        if await self._state.row(ended, person) is not None:
            return "their access has ended"
        return "" if self._validity is None else await self._validity(person, plan)

    async def _row(self, plan_id: str) -> Row | None:
        return await self._state.row(
            "SELECT * FROM plan WHERE id = ? AND database = ?", plan_id, self._database
        )


def glance_at(row: Row) -> Glance:
    """As if nobody had agreed to it and something was attempted."""
    return Glance(
        row["id"], row["database"], Who(caller_of(row), row["client"]), row["made"], row["expires"], row["digest"],
        row["fingerprint"], row["undoes"], "", False,
    )  # fmt: skip


def caller_of(row: Row) -> Caller:
    return Caller(row["caller"], row["account"])
