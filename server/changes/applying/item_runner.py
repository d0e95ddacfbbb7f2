"""One item of a plan carried out once: its entry in the journal before its request, its outcome after it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

import anyio

from ...errors import FilemakerMcpError, Forbidden, StateAway, Unrecorded
from ...host_errors import RecordChanged
from ...local.state.state import StateReader
from ...policy import ScriptEffect
from ...text.sentence import marked, say
from ..duties.signature import Signature
from ..journal.other_writes import Place
from ..journal.script_log import EarlierRun
from ..outcomes.told_outcomes import unknown
from ..plans.item import Item
from ..plans.outcome import ItemState, Outcome
from ..plans.plan import Plan, Who
from ..plans.progress import Progress
from ..plans.step import Step, StepKind
from .apply_context import Means
from .attempt import Attempt
from .claim import Claim
from .current_rows import after_steps, with_rows_now
from .item_books import ItemBooks
from .item_reading import touched_portals
from .item_request import before_delete, only_missing
from .lost_writes import found_out
from .plan_outcomes import PlanOutcomes
from .record_check import why_another

RAN_BEFORE = marked("The same script ran with the same parameter %(when)s; it was not run again.")
NUMBERED = frozenset({StepKind.EDIT, StepKind.UPLOAD, StepKind.DELETE, StepKind.DUPLICATE})
FRESH = 30.0
"""Seconds for which a session that answered is taken to be good: replacing a file by its backup takes longer."""


class ItemRunner:
    """The items of one plan, carried out one by one by this process, which has claimed it."""

    def __init__(self, means: Means, progress: Progress, who: Who, outcomes: PlanOutcomes) -> None:
        self._means = means
        self.plan: Plan = progress.plan
        self._who = who
        self.outcomes = outcomes
        self.attempt = Attempt(means, Signature(progress.plan.id, who))
        self.books = ItemBooks(means, progress, who)
        self._looked_at = means.history.check.looked_at
        """When a record was last read: the session that read it was good then."""

    @property
    def stopped_by(self) -> FilemakerMcpError | None:
        """What made it stop before its end. The rest was not attempted."""
        return self.attempt.stopped_by

    @stopped_by.setter
    def stopped_by(self, error: FilemakerMcpError | None) -> None:
        self.attempt.stopped_by = error

    def outcome(self, s: int, i: int) -> Outcome:
        return self.outcomes.of(s, i)

    async def one(self, s: int, i: int) -> Outcome:
        """Runs one item that was never attempted."""
        step = self.plan.steps[s]
        outcome = await self._one(s, i, step, step.items[i])
        self.outcomes.pass_by(s, i, outcome)
        return outcome

    async def _one(self, s: int, i: int, step: Step, item: Item) -> Outcome:
        """Runs one item to its end, also when the call is cancelled, so that the journal tells what happened."""
        if step.kind is StepKind.RUN:
            return await self._ran(s, i, step, item)
        outcome = Outcome(ItemState.OPEN)
        with anyio.CancelScope(shield=True):
            outcome = await self._carried_out(s, i, step, item)
        await anyio.lowlevel.checkpoint()
        return outcome

    async def _ran(self, s: int, i: int, step: Step, item: Item) -> Outcome:
        """A script can take hours, so it is not waited for when the call is cancelled: then its outcome is unknown."""
        place = (self.plan.id, s, i)
        try:
            await self._means.runs.check(step, item)
        except RecordChanged as error:
            outcome = Outcome(ItemState.REFUSED, item.record_id, notes=(error.what,), code=error.code)
            await self.settle(item, (s, i), outcome, attempted=False)
            return outcome
        except FilemakerMcpError as error:
            outcome = await self.attempt.failed(place, step, item, error, sent=False)
            await self.settle(item, (s, i), outcome, attempted=False)
            return outcome
        claim = Claim(self.books.claims, place, time.monotonic(), self.books.check_standing)
        try:
            await self.books.check_standing()
            async with self._means.state.writing(self.plan.database) as transaction:
                earlier = await self._earlier(transaction, step, item)
                is_ours = earlier is None and await self.books.claim(transaction, (s, i), step, item)
        except Forbidden as altered:
            self.stopped_by = altered
            return Outcome(ItemState.OPEN)
        if earlier is not None:
            outcome = Outcome(ItemState.REFUSED, item.record_id, notes=(say(RAN_BEFORE, when=earlier.when),))
            await self.settle(item, (s, i), outcome, attempted=False)
            return outcome
        if not is_ours:
            return Outcome(ItemState.SENT)
        outcome = unknown(say("It was broken off while FileMaker ran the script."), item)
        try:
            with claim.sending():
                outcome = await self._means.runs.carry_out(step, item)
        except FilemakerMcpError as error:
            outcome = await self.attempt.failed(place, step, item, error)
        finally:
            await self.settle(item, (s, i), outcome)
        return outcome

    async def _carried_out(self, s: int, i: int, step: Step, item: Item) -> Outcome:
        place, again = (self.plan.id, s, i), self.outcomes.of(s, i).looked
        try:
            item = self.outcomes.resolved(s, i)
            known = await self._known_already(place, step, item) if again else None
            if known is None:
                known = await self._another(s, i, step, item)
            if known is None and step.kind is StepKind.DELETE:
                await before_delete(self._means.database, step, item)
            if known is None and item.if_missing:
                item = await only_missing(self._means.database, step, item)
                known = None if item.rows else Outcome(ItemState.DONE, item.record_id, item.mod_id)
            elif known is None:
                left = self.outcomes.rows_left(step.layout)
                item = await with_rows_now(self._means.database, step, after_steps(item, left))
        except FilemakerMcpError as error:
            known = await self.attempt.failed(place, step, item, error, sent=False)
            known = replace(known, looked=again and known.state is ItemState.OPEN)
        if known is not None:
            await self.settle(item, (s, i), known, attempted=False)
            return known
        claim = Claim(self.books.claims, place, time.monotonic(), self.books.check_standing)
        claimed = await self._claimed(s, i, step, item)
        if claimed is None:
            return Outcome(ItemState.OPEN)
        if not claimed:
            return await self.not_ours(s, i, item)
        with claim.sending():
            outcome = await self.attempt.send(place, step, item, again=again)
        await self.settle(item, (s, i), outcome)
        return outcome

    async def _another(self, s: int, i: int, step: Step, item: Item) -> Outcome | None:
        """The refusal of an item whose number is another record's by now. Not looked for again while FileMaker's file has
        stayed open since it was planned, nor after an earlier step has been at the record."""
        means, planned = self._means, self.plan.steps[s].items[i]
        number = item.copy_of or (planned.record_id if item.mod_id == planned.mod_id else None)
        if number is None or step.kind not in NUMBERED or item.if_missing:
            return None
        if self.is_unchanged():
            return None
        meta = await means.database.layout(step.layout)
        portals = touched_portals(item)
        record = await means.database.record(step.layout, number, portals=portals)
        self.note_look()
        why = why_another(meta, step, item, record)
        return Outcome(ItemState.REFUSED, item.record_id, notes=(why,), code=306) if why else None

    def is_unchanged(self) -> bool:
        """Whether FileMaker's file has stayed open since the plan was made, so that each record number is the same record's."""
        now = self._means.now()
        is_fresh = self._looked_at is not None and now - self._looked_at < FRESH
        if is_fresh and self._means.continuity.holds(self.plan.id):
            self._looked_at = now
            return True
        return False

    def note_look(self) -> None:
        """A record was read just now."""
        self._looked_at = self._means.now()

    async def not_ours(self, s: int, i: int, item: Item) -> Outcome:
        """Somebody else sends it, or another plan took the same back already."""
        undoes = self.plan.undoes
        taken = await self._means.accounts.taken_back(undoes, but=self.plan.id) if undoes else ()
        if item.takes_back not in taken:
            return Outcome(ItemState.SENT)
        outcome = Outcome(ItemState.REFUSED, item.record_id, notes=(say("It has been taken back already."),))
        await self.settle(item, (s, i), outcome, attempted=False)
        return outcome

    async def _known_already(self, place: Place, step: Step, item: Item) -> Outcome | None:
        """The outcome of an earlier request that got no answer and was not found, if it has arrived since. None when it has not."""
        outcome = await found_out(self._means, place, step, item)
        return None if outcome.state is ItemState.OPEN else outcome

    async def _earlier(self, reader: StateReader, step: Step, item: Item) -> EarlierRun | None:
        """The same run, begun since this one was planned."""
        if item.again or step.effect == ScriptEffect.READS.value:
            return None
        means = self._means
        return await means.script_log.earlier(step, item, self._who, means.runs.window(step.script), reader)

    async def _claimed(self, s: int, i: int, step: Step, item: Item) -> bool | None:
        """Whether it is ours to send. None when the plan or the agreement to it was altered: then the run ends here."""
        try:
            return bool(await self.books.claim_all(step, {(s, i): item}))
        except Forbidden as altered:
            self.stopped_by = altered
            return None

    async def settle(
        self, item: Item, place: tuple[int, int], outcome: Outcome, *, attempted: bool = True
    ) -> None:
        """Written down, and known here from now on."""
        what = item.record_id or item.label or "a record"
        await self.settle_all({place: outcome}, what, attempted=attempted)

    async def settle_all(
        self, outcomes: Mapping[tuple[int, int], Outcome], what: str, *, attempted: bool = True
    ) -> None:
        """As `settle`, all in one. Raises OutcomeUnknown when `what` was sent and nothing could be written down of it."""
        known = {place: each for place, each in outcomes.items() if each.state is not ItemState.SENT}
        try:
            if known:  # what is another process's is written down by it
                await self.books.settle(known, attempted=attempted)
        except StateAway as error:
            if not attempted:
                raise
            # The items stay on their way, and are looked for when the plan is next looked at.
            raise Unrecorded(
                f"What became of {what} could not be written down: {error.what}",
                advice=f"apply_change {self.plan.id} again looks whether it was carried out; nothing is sent twice.",
            ) from error
        for (s, i), outcome in outcomes.items():
            self.outcomes.put(s, i, outcome)
