"""Whether somebody who agreed to a plan might agree to it now: by their role, groups, accounts and persons as they are at this moment."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from ...authorization.agreed_persons import AgreedPersons
from ...authorization.agreement_right import RightOf
from ...authorization.grants.grant import Person
from ...authorization.named_locks import NamedLocks
from ...authorization.not_proved import NotProved
from ...authorization.sign_in.arrival_desk import Admission, ArrivalDesk
from ...changes.plans.plan_seal import Named

FRESH_SECONDS = 60.0
"""For so long it is not asked again who somebody is."""
AN_HOUR = 3_600.0
"""After which nobody is taken for who they were, where that cannot be asked."""
UNASKED = "it is more than an hour ago that they proved who they are, and it cannot be asked anew just now"


@dataclass(frozen=True)
class AgreementValidity:
    persons: AgreedPersons
    desk: ArrivalDesk
    refusal: Admission
    right_of: RightOf
    now: Callable[[], float]
    _locks: NamedLocks = field(default_factory=NamedLocks)

    async def __call__(self, caller: str, plan: Named) -> str:
        """As `agreement_store.Validity`."""
        async with self._locks.hold(caller):  # a provider takes a renewal once
            person = await self.persons.found(caller)
            if person is None:
                return "nothing is known of them any more"
            if self.now() - person.at > FRESH_SECONDS:
                with suppress(NotProved):  # what was known counts for an hour
                    person = await self._renewed(person)
        if person is None:
            return "they would not be signed in now"
        if not 0 <= self.now() - person.at <= AN_HOUR:
            return UNASKED
        if refusal := await self.refusal(person):
            return f"they are not let in ({refusal.rstrip('.')})"
        right = await self.right_of(person, plan)
        return "" if right.may_agree else "they may not agree to it now, or cannot see all of it"

    async def _renewed(self, person: Person) -> Person | None:
        """Raises NotProved."""
        way = self.desk.way(person.way)
        now = None if way is None else await way.renewed(person)
        if now is not None:
            await self.persons.keep(now)
        return now
