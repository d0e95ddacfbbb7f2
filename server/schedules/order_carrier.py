"""Carries out the orders of jobs: plans, and what schedules ask for; in whichever process has them in hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ..caller import Caller
from ..changes.change_desk import Changes
from ..changes.plans.outcome import ItemState
from ..changes.plans.plan import Who
from ..errors import StateAway
from ..jobs.job import Finished, JobState, Order, OrderKind, Report
from ..runbooks.runbook_desk import Runbooks
from ..runbooks.runbook_report import shortened
from ..text.facts import Facts
from .scheduled_run import ScheduledRuns

LOOK_SECONDS = 1.0
"""Between looks at a request of a process that ended: until its time is over it may still arrive."""


class OrderCarrier:
    def __init__(
        self,
        changes: Changes,
        runbooks: Runbooks,
        scheduled: ScheduledRuns,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._changes = changes
        self._runbooks = runbooks
        self._scheduled = scheduled
        self._sleep = sleep

    async def carry(self, order: Order, caller: Caller, report: Report) -> Finished:
        """To its end. Raises as the tool does that asks for it."""
        who = Who(caller, order.client)
        async with self._changes.carrying.custody.taking_over(order.subject):
            facts, change_id = await self._applied(order, who, report)
        while change_id and await self._waits_for_lost(facts, change_id, who):
            await self._sleep(LOOK_SECONDS)
            facts, change_id = await self._applied(order, who, report)
        # Asked again, a change goes on with what was not attempted instead of repeating this answer.
        nothing_ran = order.kind is OrderKind.CHANGE and facts["state"] != "done"
        return Finished(JobState.DONE, facts, nothing_ran=nothing_ran)

    async def _applied(self, order: Order, who: Who, report: Report) -> tuple[Facts, str]:
        """What came of it, and the plan."""
        if order.kind is OrderKind.SCHEDULE:
            return await self._scheduled.carried_out(order, who, report)
        if order.is_runbook:
            progress = await self._changes.known.find(who, order.subject)
            return shortened(await self._runbooks.carry_out(progress, who, report)), order.subject
        facts = await self._changes.carrying.apply(
            who, order.subject, report=report, go_on=order.go_on, all_or_nothing=order.all_or_nothing
        )
        return facts, order.subject

    async def _waits_for_lost(self, facts: Facts, change_id: str, who: Who) -> bool:
        """Whether something is on its way of which nobody waits for the answer any more."""
        records = facts.get("records")
        if not isinstance(records, dict) or "on_its_way" not in records:
            return False
        try:
            progress = await self._changes.known.find(who, change_id)
        except StateAway:  # what was done so far is told
            return False
        # What was on its way may have been settled by this very look as not carried out: then it is still to be sent.
        states = {state for state, count in progress.states.items() if count}
        return bool(states & {ItemState.SENT, ItemState.OPEN}) and progress.state != "applying"
