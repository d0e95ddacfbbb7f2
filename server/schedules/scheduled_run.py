"""What a schedule is for, carried out for one of its times: a plan of its own, to which the owner agreed by the schedule."""

from __future__ import annotations

from collections.abc import Mapping

from ..changes.change_desk import Changes
from ..changes.consent.person_consent import ConsentMethod, PersonConsent
from ..changes.plans.plan import Who
from ..changes.plans.progress import Progress
from ..errors import InputError
from ..jobs.job import Order, Report
from ..runbooks.runbook_desk import Runbooks
from ..runbooks.runbook_report import shortened
from ..scripts.script_desk import Scripting
from ..text.facts import Facts
from .schedule import Schedule


class ScheduledRuns:
    def __init__(
        self,
        schedules: Mapping[str, Schedule],
        changes: Changes,
        runbooks: Runbooks,
        scripting: Scripting,
    ) -> None:
        self._schedules = schedules
        self._changes = changes
        self._runbooks = runbooks
        self._scripting = scripting

    async def carried_out(self, order: Order, who: Who, report: Report) -> tuple[Facts, str]:
        """What came of it, and the plan; empty where nothing was to be done. Begun again after its process ended, it goes on
        with the same plan: nothing is sent twice."""
        schedule = self._schedules.get(order.subject)
        if schedule is None:
            raise InputError(f"There is no schedule {order.subject!r} any more", advice="Nothing was run.")
        asked = ("schedule", schedule.name, order.due)
        progress = await self._changes.known.planned_as(asked, who)
        if progress is None:
            progress = await (self._of_runbook if schedule.runbook else self._of_script)(schedule, asked, who)
        if progress is None:
            return {"state": "done", "summary": "There was nothing to do."}, ""
        if not progress.approved_by:
            progress = await self._agreed(progress, schedule, who)
        return await self._applied(progress, who, report), progress.plan.id

    async def _applied(self, progress: Progress, who: Who, report: Report) -> Facts:
        if progress.plan.steps[0].runbook:
            return shortened(await self._runbooks.carry_out(progress, who, report))
        return await self._changes.carrying.apply(who, progress.plan.id, report=report)

    async def _of_runbook(self, schedule: Schedule, asked: tuple[object, ...], who: Who) -> Progress | None:
        """The rest of a run that was broken off, else a new one."""
        book = self._runbooks.find(schedule.runbook)
        if book is None:
            raise InputError(f"There is no runbook {schedule.runbook!r} any more", advice="Nothing was run.")
        progress = await self._runbooks.unfinished(book, who)
        if progress is not None:
            return progress
        draft = await self._runbooks.draft(book, who)
        if not draft.records:
            return None
        return await self._changes.ledger.put(who, draft.steps, asked, once=True)

    async def _of_script(self, schedule: Schedule, asked: tuple[object, ...], who: Who) -> Progress:
        script = self._scripting.named(schedule.script)
        step = await self._scripting.step(script, schedule.layout, schedule.parameter)
        step = await self._changes.once(step, who, repeat=True)
        return await self._changes.ledger.put(who, [step], asked, once=True)

    async def _agreed(self, progress: Progress, schedule: Schedule, who: Who) -> Progress:
        by = f"the owner, by the schedule {schedule.name!r}"
        consent = PersonConsent(by, ConsentMethod.SCHEDULE, 0, 0, (), person="the owner, in the settings")
        await self._changes.agreements.agreed(progress.plan, who, consent)
        return await self._changes.known.find(who, progress.plan.id)
