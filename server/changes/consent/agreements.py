"""Who agreed to a plan, who did not, and whether that still holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...errors import Forbidden
from ...local.state.state import State, Transaction
from ...policy import ShowAll
from ..journal.entry_facts import facts_in
from ..journal.journal import Journal
from ..plans.plan import Plan, Who
from ..plans.plan_store import PlanStore
from .agreement_store import Glance
from .owner_stop import OwnerStop
from .person_consent import PersonConsent

AN_HOUR = 3600.0
"""Seconds for which a no is not asked about again."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person who is asked about a plan has to know of it now."""

    glance: Glance | None
    """None when it is not there any more."""
    replaced_by: str = ""
    """The id of the plan that took its place, with one more step."""
    declined: float | None = None
    """When somebody said no that still counts."""
    declined_by: str = ""
    """Who it was, as plans name callers; empty where nobody but whoever asked is known to have been there."""
    is_expired: bool = False


class Agreements:
    """Of one database. `identity` names it wherever it is configured."""

    def __init__(
        self, state: State, store: PlanStore, journal: Journal, *, identity: str, now: Callable[[], float]
    ) -> None:
        self._state = state
        self._store = store
        self._journal = journal
        self._identity = identity
        self._now = now

    async def agreed(self, plan: Plan, who: Who, consent: PersonConsent) -> None:
        """Sealed, and bound to the plan as it is: a step added later needs a new agreement. Raises Forbidden for whoever asked,
        where the owner wants somebody else."""
        if plan.four_eyes and consent.person in ("", plan.who.caller.id):
            raise Forbidden(
                f"{plan.id} was not agreed to: the owner wants somebody else to agree than whoever asked",
                advice="Another person agrees to it, as themselves.",
            )
        facts: dict[str, Any] = {
            "by": consent.by,
            "method": consent.method.value,
            "digest": plan.digest,
            "shown": consent.shown,
            "records": plan.records,
            "pages_opened": list(consent.opened),
            "pages": consent.pages,
        }
        if consent.typed:
            facts["typed"] = consent.typed
        if consent.person:
            facts["person"] = consent.person
        async with self._state.writing(self._identity) as transaction:
            at = self._now()
            facts["sealed_at"] = repr(at)
            facts["seal"] = self._store.agreements.approve(transaction, plan, consent.by, consent.person, at)
            await self._note(transaction, plan, who, "agreed", facts)

    async def declined(self, plan: Plan, who: Who, how: str, person: str = "") -> None:
        """It is not asked about again for an hour, unless somebody reopens it. `person` is who said no, as plans name callers; `who`
        is whose plan it is."""
        async with self._state.writing(self._identity) as transaction:
            await self._note(transaction, plan, who, "declined", _said(how, person))

    async def reopened(self, plan: Plan, who: Who, how: str, person: str = "") -> None:
        """As `declined`, of whoever takes a no back."""
        async with self._state.writing(self._identity) as transaction:
            await self._note(transaction, plan, who, "reopened", _said(how, person))

    async def standing(self, plan_id: str) -> Standing:
        """Of anybody's plan, as it is now."""
        glance = await self._store.agreements.glance(plan_id)
        if glance is None:
            return Standing(None, await self._journal.replaced_by(plan_id))
        at, by = await self._declined(glance)
        return Standing(glance, "", at, by, self._now() > glance.expires)

    async def is_stopped(self, plan: Plan | Glance, person: str = "") -> bool:
        """Whether the owner has stopped changes of whoever asked, or of the `person` who would agree: nobody agrees to any meanwhile."""
        stop = OwnerStop(self._state)
        return any([await stop.of(each) is not None for each in {plan.who.caller.id, person}])

    async def lost(self, plan: Plan) -> str:
        """As `AgreementStore.lost`."""
        return await self._store.agreements.lost(plan)

    async def plan(self, plan_id: str) -> Plan:
        """Anybody's plan, whole. Raises NameUnknown."""
        return (await self._store.open_progress(plan_id, unread=True)).plan

    async def show_all(self, plan_id: str) -> ShowAll:
        """What the owner wanted when it was planned, for a terminal that has not the owner's settings."""
        planned = await self._journal.facts(plan_id, "planned")
        return ShowAll(next((facts["show_all"] for facts in planned if "show_all" in facts), ShowAll.DELETES))

    async def declined_at(self, plan: Plan | Glance) -> float | None:
        """When a person last said no that still counts."""
        return (await self._declined(plan))[0]

    async def _declined(self, plan: Plan | Glance) -> tuple[float | None, str]:
        """When a person last said no to this plan, or to another of this caller that does the same, and who. None when that counts
        no more."""
        row = await self._state.row(
            "SELECT journal.event, journal.at, journal.facts FROM journal JOIN plan ON plan.id = journal.plan"
            " WHERE journal.event IN ('declined', 'reopened', 'agreed') AND journal.at > ? AND plan.database = ?"
            " AND plan.caller = ? AND plan.account = ? AND (plan.fingerprint = ? OR plan.digest = ?) ORDER BY journal.number DESC LIMIT 1",
            self._now() - AN_HOUR, plan.database, plan.who.caller.id, plan.who.caller.account, plan.fingerprint, plan.digest,
        )  # fmt: skip
        if row is None or row["event"] != "declined":
            return None, ""
        return float(row["at"]), str(facts_in(row).get("person", ""))

    async def _note(
        self, transaction: Transaction, plan: Plan, who: Who, event: str, facts: dict[str, Any]
    ) -> None:
        await self._journal.append(
            transaction, database=self._identity, who=who, plan=plan.id, event=event, facts=facts
        )


def _said(how: str, person: str) -> dict[str, Any]:
    return {"how": how, "person": person} if person else {"how": how}
