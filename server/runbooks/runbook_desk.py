"""Runbooks of one database: what a run would do, the run itself, and its report."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from ..changes.change_desk import Changes
from ..changes.plans.outcome import ItemState
from ..changes.plans.plan import Who
from ..changes.plans.progress import Progress
from ..errors import InputError
from ..jobs.job import Report
from ..scripts.planned_runs import PlannedRuns
from ..text.facts import Facts
from ..text.near_names import matched
from .batch import Batch
from .past_runs import PastRuns
from .review import Review
from .runbook import Runbook
from .runbook_draft import Drafts, RunbookDraft
from .runbook_report import report, unknown_records


class RunningAlready(InputError):
    """The runbook is being carried out; nothing was done twice."""


class Runbooks:
    def __init__(
        self,
        changes: Changes,
        drafts: Drafts,
        runs: PlannedRuns,
        past: PastRuns,
        review: Review,
        books: Mapping[str, Runbook],
        *,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._changes = changes
        self._drafts = drafts
        self._past = past
        self._now = now
        self._sleep = sleep
        self.review = review
        self.books = books
        runs.retries.update({name: book.retry for name, book in books.items()})

    def find(self, name: str) -> Runbook | None:
        own = matched(name, self.books)
        return None if own is None else self.books[own]

    def listing(self) -> list[Facts]:
        return [
            {
                "name": book.name,
                "runbook": True,
                "description": book.description or f"for records of {book.layout}",
            }
            for book in self.books.values()
        ]

    async def draft(self, book: Runbook, who: Who) -> RunbookDraft:
        """What a new run would do. Raises InputError when the found set is larger than the owner said."""
        await self._hold_unknown(book, who)
        held = await self.review.held(book.name)
        return await self._drafts.draft(book, held.keys(), await self.waiting(book, who), who)

    async def waiting(self, book: Runbook, who: Who) -> list[str]:
        """The records that wait for a person: of the caller's own runs, as far as the settings show them as they did then,
        with what they are known by; how many more there are."""
        held = await self.review.waiting(book.name)
        told = {
            plan: await self._changes.known.is_told_whole(plan, who) for plan in {each.plan for each in held}
        }
        lines = [f"{each.record} {each.why}" for each in held if told[each.plan]]
        if others := len(held) - len(lines):
            lines.append(f"{others} more, of runs that are not told here")
        return lines

    async def keep(self, book: Runbook, draft: RunbookDraft, who: Who) -> Progress:
        """The run as a plan."""
        ids = [item.record_id for step in draft.steps for item in step.items]
        asked = ("runbook", book.name, self._now(), ids)
        return await self._changes.ledger.put(who, draft.steps, asked)

    async def latest(self, book: Runbook, who: Who) -> Progress | None:
        """Its last run among the caller's changes; a run that was only planned is none."""
        await self._hold_unknown(book, who)
        latest = await self._past.latest_begun(book.name, who.caller)
        return None if latest is None else await self._changes.known.find(who, latest)

    async def unfinished(self, book: Runbook, who: Who) -> Progress | None:
        """The latest run of it, when that has records left which were never attempted."""
        progress = await self.latest(book, who)
        if progress is None or progress.plan.expires <= self._now():
            return None
        return progress if progress.states[ItemState.OPEN] else None

    async def carry_out(self, progress: Progress, who: Who, report_progress: Report) -> Facts:
        """A run, or the rest of one, to its end; its report. Raises RunningAlready when another process is at it, and
        InputError when another run was begun since this one was planned."""
        plan = progress.plan
        book = self.books.get(plan.steps[0].runbook)
        if book is None:
            raise InputError(
                f"The runbook {plan.steps[0].runbook!r} is not there any more", advice="Nothing was run."
            )
        later = await self._past.begun_since(plan, book.name)
        if later is not None:
            raise InputError(
                f"The runbook {book.name!r} ran as {later} since {plan.id} was planned",
                advice="Nothing was run now. Plan it again with run_script.",
            )
        if not await self._changes.carrying.begin(progress, who):
            raise RunningAlready(f"{plan.id} is being carried out already", advice="Nothing was done twice.")
        async with self._changes.carrying.in_hand(progress, who) as application:
            # Looked for after `begin`, so that of two that begin at once at least one sees the other.
            other = await self._past.under_way(plan, book.name)
            if other is not None:
                raise RunningAlready(
                    f"The runbook {book.name!r} is running already, as {other}",
                    advice="Nothing was done twice.",
                )
            batch = Batch(
                self._changes.carrying.means,
                application,
                book.pace,
                now=self._now,
                sleep=self._sleep,
                report=report_progress,
            )
            await batch.run()
        facts = await self.report(book, await self.settled(book, plan.id, who), stopped=batch.stopped)
        return facts | ({"host_away": True} if batch.host_away else {})

    async def settled(self, book: Runbook, plan_id: str, who: Who) -> Progress:
        """A run as it stands. Records of which nobody knows whether they were done wait for a person from now on."""
        await self._hold_unknown(book, who)
        return await self._changes.known.find(who, plan_id)

    async def report(self, book: Runbook, progress: Progress, *, stopped: str = "") -> Facts:
        """How a run ended, or how far it came, as far as it is told under the settings of now."""
        return report(book.name, await self._changes.known.disclosed(progress), stopped=stopped)

    async def _hold_unknown(self, book: Runbook, who: Who) -> None:
        """Also those of a run that was killed, whose plan may have ended or expired with it."""
        await self._changes.carrying.settle(who)
        for plan_id in await self._past.with_unknown(book.name, who.caller):
            progress = await self._changes.known.find(who, plan_id)
            await self.review.hold(book.name, plan_id, self._now(), unknown_records(progress))
