"""A plan put before a person on a page, and what they answered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from ..changes.consent.agreements import Agreements
from ..changes.consent.person_consent import ConsentMethod
from ..changes.plans.plan import Plan
from ..text.sentence import marked
from .plan_inspection import PlanInspection

HOW = "on the approval page"
SEES_WHOLE = marked("%(person)s asked for this, and you answer for them.")
SEES_ALL = marked(
    "%(person)s asked for this, and you answer for them. You see every value, also those that your own rules hide."
)
ASKED_YOURSELF = marked("You asked for this yourself. Somebody else has to agree to it.")
KEY_OF_NOBODY = marked(
    "A key without an owner asked for this, and it may be yours. An owner of this server has to agree to it, or the key is made anew with “filemaker-mcp key add --owner”."
)

CHANGES_STOPPED = marked(
    "The owner of this server has stopped changes for you. Nothing can be agreed to until that is lifted."
)
ASKER_ENDED = marked(
    "Whoever asked for this has been stopped by the owner of this server, or has no access any more. Nobody can agree to it until that is lifted."
)


@dataclass
class PlanQuestion:
    inspection: PlanInspection
    because: str
    agreements: Agreements
    answer: bool | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    barred: str = ""
    """Why the person who looks cannot agree, as a message of the pages."""
    answers_as: str = ""
    """Who looks, as plans name callers; empty where nobody but whoever asked is known to be there."""
    asked_by: str = ""
    """How pages name whoever asked; empty where they go by their id."""
    remark: str = ""
    """What they have to know of what they see, as a message of the pages about the `person` who asked."""

    @property
    def plan(self) -> Plan:
        return self.inspection.plan

    async def agree(self, typed: str) -> None:
        typed = typed if self.inspection.must_type else ""
        consent = self.inspection.consent(f"a person {HOW}", ConsentMethod.PAGE, typed)
        await self.agreements.agreed(self.plan, self.plan.who, consent)
        self._say(True)

    async def decline(self) -> None:
        await self.agreements.declined(self.plan, self.plan.who, HOW, self.answers_as)
        self._say(False)

    async def reopen(self) -> None:
        """A no is taken back: the question is asked again."""
        await self.agreements.reopened(self.plan, self.plan.who, HOW, self.answers_as)
        self.answer, self.answered = None, asyncio.Event()

    def _say(self, yes: bool) -> None:
        self.answer = yes
        self.answered.set()
