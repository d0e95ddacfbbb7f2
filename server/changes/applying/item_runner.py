"""Carrying a plan out: in order, each item once, its entry in the journal before its request, its outcome after it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import anyio

from ...errors import FilemakerMcpError, Forbidden, OutcomeUnknown, RecordChanged, StateAway
from ...local.state.state import StateReader
from ...policy import ScriptEffect
from ..plans.other_writes import Place
from ..plans.plan import Item, ItemState, Outcome, Plan, Step, StepKind, Who
from ..plans.plan_store import Progress
from ..plans.script_log import EarlierRun
from .apply_context import Means
from .attempt import Attempt
from .current_rows import after_steps, with_rows_now
from .edit_outcome import unknown
from .item_books import ItemBooks
from .item_request import before_delete, only_missing, resolved, touched_portals
from .lost_writes import found_out
from .record_check import why_another

RAN_BEFORE = "The same script ran with the same parameter {}; it was not run again."
NUMBERED = frozenset({StepKind.EDIT, StepKind.UPLOAD, StepKind.DELETE, StepKind.DUPLICATE})
FRESH = 30.0
"""Seconds for which a session that answered is taken to be good: replacing a file by its backup takes longer."""
Report = Callable[[int, int, str], Awaitable[None]]


class ItemRunner:
    """One plan being carried out by this process, which has claimed it."""

    def __init__(self, means: Means, progress: Progress, who: Who) -> None:
        self._means = means
        self.plan: Plan = progress.plan
        self._who = who
        self._outcomes = [list(step) for step in progress.outcomes]
        self._mod_ids: dict[tuple[str, str], str] = {}
        self._attempt = Attempt(means)
        self._books = ItemBooks(means, progress, who)
        self._looked_at: float | None = None
        """When a record was last read here: the session that read it was good then."""

    async def run(self, *, stop_at_refusal: bool, report: Report) -> None:
        """Every item that was never attempted. Ends early at a refusal if asked to, then also at an outcome that is not known
        from before; and whenever the host stays away."""
        total, number = self.plan.records, 0
        for s, step in enumerate(self.plan.steps):
            for i, item in enumerate(step.items):
                number += 1
                outcome = self._outcomes[s][i]
                is_new = outcome.state is ItemState.OPEN
                if is_new:
                    outcome = await self._one(s, i, step, item)
                self._remember(step, outcome)
                if self.stopped_by is not None:
                    return
                if outcome.state is ItemState.UNKNOWN and (is_new or stop_at_refusal):
                    return
                if is_new and stop_at_refusal and outcome.state is ItemState.REFUSED:
                    return
                await report(number, total, f"{step.kind.value} {number} of {total}")

    @property
    def stopped_by(self) -> FilemakerMcpError | None:
        """What made it stop before its end. The rest was not attempted."""
        return self._attempt.stopped_by

    @stopped_by.setter
    def stopped_by(self, error: FilemakerMcpError | None) -> None:
        self._attempt.stopped_by = error

    @property
    def outcomes(self) -> tuple[tuple[Outcome, ...], ...]:
        return self._frozen()

    def outcome(self, s: int, i: int) -> Outcome:
        return self._outcomes[s][i]

    async def one(self, s: int, i: int) -> Outcome:
        """Runs one item that was never attempted. Runbooks schedule items themselves."""
        step = self.plan.steps[s]
        outcome = await self._one(s, i, step, step.items[i])
        self._remember(step, outcome)
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
            await self._settled(s, i, item, outcome, attempted=False)
            return outcome
        except FilemakerMcpError as error:
            outcome = await self._attempt.failed(place, step, item, error, sent=False)
            await self._settled(s, i, item, outcome, attempted=False)
            return outcome
        try:
            async with self._means.state.writing() as transaction:
                earlier = await self._earlier(transaction, step, item)
                is_ours = earlier is None and await self._books.claim(transaction, (s, i), step, item, item)
        except Forbidden as altered:
            self.stopped_by = altered
            return Outcome(ItemState.OPEN)
        if earlier is not None:
            outcome = Outcome(ItemState.REFUSED, item.record_id, notes=(RAN_BEFORE.format(earlier.when),))
            await self._settled(s, i, item, outcome, attempted=False)
            return outcome
        if not is_ours:
            return Outcome(ItemState.SENT)
        outcome = unknown("It was broken off while FileMaker ran the script.", item)
        try:
            outcome = await self._means.runs.carry_out(step, item)
        except FilemakerMcpError as error:
            outcome = await self._attempt.failed(place, step, item, error)
        finally:
            await self._settled(s, i, item, outcome)
        return outcome

    async def _carried_out(self, s: int, i: int, step: Step, item: Item) -> Outcome:
        place, again = (self.plan.id, s, i), self._outcomes[s][i].looked
        try:
            item = resolved(item, self._frozen(), self._mod_ids, step.layout)
            known = await self._known_already(place, step, item) if again else None
            if known is None:
                known = await self._another(s, i, step, item)
            if known is None and step.kind is StepKind.DELETE:
                await before_delete(self._means.database, step, item)
            if known is None and item.if_missing:
                item = await only_missing(self._means.database, step, item)
                known = None if item.rows else Outcome(ItemState.DONE, item.record_id, item.mod_id)
            elif known is None:
                item = await with_rows_now(
                    self._means.database, step, after_steps(item, self._rows_left(step))
                )
        except FilemakerMcpError as error:
            known = await self._attempt.failed(place, step, item, error, sent=False)
            known = replace(known, looked=again and known.state is ItemState.OPEN)
        if known is not None:
            await self._settled(s, i, item, known, attempted=False)
            return known
        claimed = await self._claimed(s, i, step, item)
        if claimed is None:
            return Outcome(ItemState.OPEN)
        if not claimed:
            return await self._not_ours(s, i, item)
        outcome = await self._attempt.send(place, step, item, again=again)
        await self._settled(s, i, item, outcome)
        return outcome

    async def _another(self, s: int, i: int, step: Step, item: Item) -> Outcome | None:
        """The refusal of an item whose number is another record's by now. Not looked for again while FileMaker's file has
        stayed open since it was planned, nor after an earlier step has been at the record."""
        means, planned = self._means, self.plan.steps[s].items[i]
        number = item.copy_of or (planned.record_id if item.mod_id == planned.mod_id else None)
        if number is None or step.kind not in NUMBERED or item.if_missing:
            return None
        is_fresh = self._looked_at is not None and means.now() - self._looked_at < FRESH
        if is_fresh and means.continuity.holds(self.plan.id):
            self._looked_at = means.now()
            return None
        meta = await means.database.layout(step.layout)
        portals = touched_portals(item)
        record = await means.database.record(step.layout, number, portals=portals)
        self._looked_at = means.now()
        why = why_another(meta, step, item, record)
        return Outcome(ItemState.REFUSED, item.record_id, notes=(why,), code=306) if why else None

    async def _not_ours(self, s: int, i: int, item: Item) -> Outcome:
        """Somebody else sends it, or another plan took the same back already."""
        undoes = self.plan.undoes
        taken = await self._means.accounts.taken_back(undoes, but=self.plan.id) if undoes else ()
        if item.takes_back not in taken:
            return Outcome(ItemState.SENT)
        outcome = Outcome(ItemState.REFUSED, item.record_id, notes=("It has been taken back already.",))
        await self._settled(s, i, item, outcome, attempted=False)
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
        planned = self.plan.steps[s].items[i]
        try:
            async with self._means.state.writing() as transaction:
                return await self._books.claim(transaction, (s, i), step, item, planned)
        except Forbidden as altered:
            self.stopped_by = altered
            return None

    async def _settled(self, s: int, i: int, item: Item, outcome: Outcome, *, attempted: bool = True) -> None:
        try:
            await self._books.settle((s, i), outcome, attempted=attempted)
        except StateAway as error:
            if not attempted:
                raise
            # The item stays on its way, and is looked for when the plan is next looked at.
            raise OutcomeUnknown(
                f"What became of {item.record_id or item.label or 'a record'} could not be written down: {error.what}",
                advice=f"apply_change {self.plan.id} again looks whether it was carried out; nothing is sent twice.",
            ) from error
        self._outcomes[s][i] = outcome

    def _remember(self, step: Step, outcome: Outcome) -> None:
        if outcome.state is ItemState.DONE and outcome.record_id and outcome.mod_id:
            self._mod_ids[step.layout, outcome.record_id] = outcome.mod_id

    def _rows_left(self, step: Step) -> dict[tuple[str, str], str]:
        done = [
            outcome
            for other, outcomes in zip(self.plan.steps, self._outcomes, strict=True)
            for outcome in outcomes
            if other.layout == step.layout and outcome.state is ItemState.DONE
        ]
        return {(portal, row): mod_id for each in done for portal, row, mod_id in each.rows_left}

    def _frozen(self) -> tuple[tuple[Outcome, ...], ...]:
        return tuple(tuple(step) for step in self._outcomes)
