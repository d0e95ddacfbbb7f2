"""Carries plans out: refuses what nobody agreed to, sends each item once, takes all back where it was all or nothing."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from functools import partial

import anyio

from ..errors import Changed, FilemakerMcpError, Forbidden, StateAway
from .applying.apply_context import Means
from .applying.item_runner import ItemRunner
from .applying.plan_outcomes import PlanOutcomes
from .applying.plan_run import PlanRun, Report
from .applying.recovery import settle_plan, settle_the_dead
from .consent.required_agreement import RequiredAgreement
from .custody import Custody
from .display.differences import Facts
from .display.disclosure import Disclosure
from .journal.ledger import Ledger
from .planning.copied_values import is_told
from .plans import plan_answers as presenting
from .plans.outcome import ItemState
from .plans.plan import Who
from .plans.progress import Progress
from .undo.undo import way_back
from .unhurried import unhurried

NOT_DONE = tuple(state for state in ItemState if state is not ItemState.DONE)
AGAIN = "apply_change {} again takes back what is left of it."


class Execution:
    def __init__(self, means: Means, ledger: Ledger, custody: Custody) -> None:
        self.means = means
        self._ledger = ledger
        self.custody = custody
        self.required = RequiredAgreement(means.database, ledger)
        self._disclosure = Disclosure(means.database)

    async def settled(self, who: Who, change_id: str) -> Progress:
        """The plan, after looking up outcomes that were still open."""
        await self.settle(who)
        progress = await self.means.shelf.find(change_id, who)
        is_carried_out = await self.custody.is_carried_out(change_id, progress.runner)
        seen = await settle_plan(self.means, progress, who, is_carried_out=is_carried_out)
        if seen is not progress:
            await self.means.mirror.mirror(change_id, who)
        return seen

    async def settle(self, who: Who) -> None:
        """Settles requests that a dead process had sent, and plans that it had in hand."""
        has_settled = await settle_the_dead(self.means, who, self.custody.is_carried_out)
        await self.means.mirror.catch_up(who, anew=has_settled)

    async def check_open(self, progress: Progress, who: Who) -> None:
        """Raises Forbidden for a plan about a layout or a script that the owner has closed since, which is written down, and
        InputError for one of another stage."""
        self._ledger.caps.check_terms(progress.plan)
        is_closed = any(map(self._disclosure.is_closed, progress.plan.steps))
        if is_closed or not await is_told(self.means.database, progress.plan):
            error = Forbidden(
                "The owner's settings close by now what this change is about",
                changed=Changed.NOTHING,
                advice="list_changes tells what is still told of it.",
            )
            await self._ledger.refused(who, "carry out an earlier plan", error)
            raise error

    async def begin(self, progress: Progress, who: Who, *, all_or_nothing: bool = False) -> bool:
        """As `Ledger.begin`. Raises Forbidden for a plan that is closed now, and for one to which a person has to agree and
        nobody has."""
        await self.check_open(progress, who)
        await self.means.stop.check(who.caller.id, changes=True)
        if await self.required.person_needed(progress) is not None:
            raise Forbidden(
                f"A person has to agree to {progress.plan.id} first", advice="Nothing was changed."
            )
        is_asked = await self.required.by_person(progress) is not None
        carries = await self.required.unseen(progress)
        return await self._ledger.begin(
            progress.plan, who, all_or_nothing=all_or_nothing, person=is_asked, carries=carries
        )

    async def apply(
        self, who: Who, change_id: str, *, report: Report, go_on: bool = False, all_or_nothing: bool = False
    ) -> Facts:
        """Carry a plan out, or tell what became of it. Asking again continues what was never attempted, and sends nothing twice.

        Raises Forbidden for a plan to which a person has to agree and nobody has.
        """
        progress = await self.settled(who, change_id)
        whole = all_or_nothing or await self._ledger.is_all_or_nothing(progress.plan)
        if progress.state == "undone" or (not whole and await self.means.accounts.taken_back(change_id)):
            return await self.told(progress)
        if not _is_open(progress):  # what is open is looked at when it is begun
            await self.means.journal.items.look(change_id, self.means.state)
        if not _is_open(progress) or (whole and await self._cannot_be_whole(progress)):
            return await self._ended(progress, who, whole=whole)
        self._ledger.check_time(progress.plan)
        await self.means.history.noticed(who, surely=True)
        await self.means.history.check_plan(progress.plan)
        self._ledger.caps.check_change(progress.plan)
        await self._ledger.caps.check_day(progress.plan)
        if not await self.begin(progress, who, all_or_nothing=whole):
            return await self.told(await self.means.shelf.find(change_id, who))
        progress, stopped = await self._carried_out(progress, who, stop_at_refusal=not go_on, report=report)
        return await self._ended(progress, who, whole=whole, stopped=stopped)

    async def _cannot_be_whole(self, progress: Progress) -> bool:
        return bool(progress.states[ItemState.REFUSED]) or bool(
            await self.means.accounts.taken_back(progress.plan.id)
        )

    async def _ended(self, progress: Progress, who: Who, *, whole: bool, stopped: str = "") -> Facts:
        facts = await self.told(progress, stopped)
        if not whole or facts["state"] == "done":
            return facts
        back = await self._taken_back(progress, who)
        return await self.told(await self.means.shelf.find(progress.plan.id, who), stopped) | back

    async def told(self, progress: Progress, stopped: str = "") -> Facts:
        """What became of a change, and what of it was taken back, as far as that is told now."""
        progress = await self._disclosure.of(progress)
        if await self.means.accounts.taken_back(progress.plan.id):
            taken_back = await self.means.accounts.taken_back(progress.plan.id, certain=True)
        else:
            taken_back = None
        result = partial(presenting.result, progress, stopped=stopped, taken_back=taken_back)
        facts = await unhurried(progress.plan.records, result)
        return facts | self.means.mirror.told(progress.plan.id) | self.means.links.of_change(progress)

    @asynccontextmanager
    async def in_hand(self, progress: Progress, who: Who) -> AsyncGenerator[ItemRunner]:
        """Holds a plan that `begin` gave to this call, and releases it at the end, also when the call is cancelled."""
        try:
            outcomes = await unhurried(progress.plan.records, PlanOutcomes, progress)
            yield ItemRunner(self.means, progress, who, outcomes)
            await self.means.mirror.mirror(progress.plan.id, who)
        except BaseException:
            self.means.mirror.leave(progress.plan.id)
            with suppress(StateAway), anyio.CancelScope(shield=True):  # what went wrong first is what is told
                await self._ledger.end(progress.plan, who)
            raise
        with anyio.CancelScope(shield=True):
            await self._ledger.end(progress.plan, who)

    async def _carried_out(
        self, progress: Progress, who: Who, *, stop_at_refusal: bool, report: Report
    ) -> tuple[Progress, str]:
        async with self.in_hand(progress, who) as runner:
            await PlanRun(self.means, runner, stop_at_refusal=stop_at_refusal, report=report).run()
        if isinstance(runner.stopped_by, StateAway) and self.means.state.is_shared:
            raise runner.stopped_by  # the rest is gone on with as soon as our own records can be reached
        stopped = "" if runner.stopped_by is None else str(runner.stopped_by)
        return await self.means.shelf.find(progress.plan.id, who), stopped

    async def _taken_back(self, progress: Progress, who: Who) -> Facts:
        """All or nothing: undoes at once what was done, and lists what cannot be undone. Never raises."""
        change = progress.plan.id
        before = await self.means.accounts.taken_back(change)
        try:
            shown = await self._disclosure.of(progress)
            back = await way_back(self.means, shown, before)
            undoing = (
                await self._ledger.put(who, back.told_steps, ("back", change), undoes=change)
                if back.steps
                else None
            )
        except FilemakerMcpError as error:
            return {"taken_back": len(before), "not_taken_back": [error.what], "next": AGAIN.format(change)}
        facts: Facts = {"taken_back": len(before)}
        if undoing is not None and await self._ledger.begin(
            undoing.plan, who, carries=await self.required.unseen(undoing)
        ):
            undone, stopped = await self._carried_out(undoing, who, stop_at_refusal=False, report=_silent)
            for step, outcomes in zip(undoing.plan.steps, undone.outcomes, strict=True):
                for i, outcome in outcomes.in_states(*NOT_DONE):
                    text = " ".join(outcome.notes) or "it was not attempted."
                    back.left.append(f"{step.items[i].record_id or step.items[i].label}: {text}")
            count = undone.states[ItemState.DONE]
            facts = {"taken_back": len(before) + count, "taken_back_by": undoing.plan.id}
            facts |= {"next": AGAIN.format(change)} if stopped else {}
        return facts | ({"not_taken_back": back.left} if back.left else {})


def _is_open(progress: Progress) -> bool:
    return bool(progress.states[ItemState.OPEN])


async def _silent(done: int, total: int, message: str) -> None:
    """Progress that nobody asked for."""
