"""Who must agree to a plan before it is carried out, by the owner's settings of now."""

from __future__ import annotations

from ...database.database import Database
from ...policy import Agreement, Approval, RecordEffect, ScriptEffect, agreement_for, needs_plan
from ...text.sentence import say
from ..journal.ledger import Ledger
from ..planning.same_contents import has_twins
from ..plans.item import Item, RowKind
from ..plans.outcome import ItemState
from ..plans.plan import Plan
from ..plans.progress import Progress
from ..plans.step import Step, StepKind
from ..written_fields import text_fields, written_fields

EFFECTS = {
    StepKind.CREATE: RecordEffect.CREATE,
    StepKind.DUPLICATE: RecordEffect.CREATE,
    StepKind.EDIT: RecordEffect.EDIT,
    StepKind.UPLOAD: RecordEffect.EDIT,
    StepKind.DELETE: RecordEffect.DELETE,
    StepKind.RUN: RecordEffect.EDIT,
    StepKind.EXPORT: RecordEffect.READ,
}
UNSEALED = say("it was stored by an earlier version of this program, or altered since it was planned")


class RequiredAgreement:
    """To the plans of one database."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    async def of(self, plan: Plan) -> Agreement:
        """Who must agree before the plan is carried out."""
        changing = [step for step in plan.steps if step.effect != ScriptEffect.READS.value]
        if not changing:
            return self._database.agreement_to_let_out
        if any(step.overrides for step in plan.steps):
            return Agreement(
                Approval.PERSON, say("the owner wants the script to run once, and it ran already")
            )
        return agreement_for(
            self._database.policy,
            effects=frozenset(
                effect for step in changing for item in step.telling for effect in _effects(step.kind, item)
            ),
            records=sum(step.writes for step in changing),
            script=_script_effect(plan),
            untrusted=self._database.untrusted_read | await self._ledger.planned.outsiders_of(plan),
            written=await written_fields(self._database, changing),
        )

    async def unseen(self, progress: Progress) -> frozenset[str]:
        """The fields that get text from somebody who has read text of outsiders, where no person looked at the change."""
        plan = progress.plan
        if not (self._database.untrusted_read or await self._ledger.planned.outsiders_of(plan)):
            return frozenset()
        if progress.approved_by and await self._ledger.was_looked_at(plan):
            return frozenset()
        return await text_fields(self._database, plan.steps)

    async def person_needed(self, progress: Progress) -> Agreement | None:
        """Why a person has to agree before anything more of the plan is carried out; None when nobody has to."""
        if not progress.states[ItemState.OPEN] or progress.approved_by:
            return None
        self._ledger.check_time(progress.plan)
        self._ledger.caps.check_terms(progress.plan)
        self._ledger.caps.check_change(progress.plan)
        return await self.by_person(progress)

    async def by_person(self, progress: Progress) -> Agreement | None:
        """The same of a plan whatever became of it, and whether or not somebody has agreed."""
        agreement = await self.of(progress.plan)
        if agreement.by is Approval.PERSON:
            return agreement
        if self._database.policy.approval is Approval.CLIENT or await self._is_as_made(progress):
            return None
        return Agreement(Approval.PERSON, UNSEALED)

    async def _is_as_made(self, progress: Progress) -> bool:
        """The plan, and what was written down when it was made: what outsiders had written and was read by then."""
        return progress.is_sealed and await self._ledger.planned.are_as_written(progress.plan.id)

    def goes_at_once(self, plan: Plan) -> bool:
        """Whether the owner wants such a change carried out without a second call."""
        policy = self._database.policy
        if any(has_twins(step.telling) for step in plan.steps):  # what is there already is looked at first
            return False
        return not any(
            needs_plan(policy, _effect_of(step), plan.writes)
            for step in plan.steps
            if step.effect != ScriptEffect.READS.value
        )


def _effects(kind: StepKind, item: Item) -> list[RecordEffect]:
    if item.own:
        return [RecordEffect.EDIT]
    removes = any(change.kind is RowKind.REMOVE for change in item.rows)
    return [EFFECTS[kind], *([RecordEffect.DELETE] if removes else [])]


def _effect_of(step: Step) -> RecordEffect:
    """A script that reaches outside is planned wherever a delete is: neither can be taken back."""
    outside = step.effect == ScriptEffect.REACHES_OUTSIDE.value
    return RecordEffect.DELETE if outside else EFFECTS[step.kind]


def _script_effect(plan: Plan) -> ScriptEffect | None:
    effects = {step.effect for step in plan.steps if step.effect}
    if ScriptEffect.REACHES_OUTSIDE.value in effects:
        return ScriptEffect.REACHES_OUTSIDE
    return ScriptEffect.CHANGES if effects else None
