"""Runbooks of one database: what a run would do, the run itself, and its report."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..changes.changes import Changes
from ..changes.choosing import chosen
from ..changes.labels import label_of
from ..changes.plan import ItemState, Outcome, Plan, Step, Who
from ..changes.shelf import Progress
from ..criteria.criteria import understand
from ..dataapi.models import LayoutMeta, Record
from ..database import Database
from ..errors import InputError
from ..typed import unknown_field
from .batch import Batch
from .job import Report
from .planned_runs import PlannedRuns
from .review import Review
from .run_steps import record_step
from .runbook import Check, Runbook
from .scripting import Scripting

Facts = dict[str, object]
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Draft:
    """What a run would do."""

    steps: tuple[Step, ...]
    review: tuple[str, ...] = ()
    """Records for a person, each with its reason."""
    skipped: tuple[str, ...] = ()

    @property
    def records(self) -> int:
        return sum(len(step.items) for step in self.steps)

    @property
    def facts(self) -> Facts:
        facts: Facts = {"review": list(self.review[:SHOWN])} if self.review else {}
        return facts | ({"skipped": list(self.skipped[:SHOWN])} if self.skipped else {})


class Runbooks:
    def __init__(
        self,
        database: Database,
        changes: Changes,
        scripting: Scripting,
        runs: PlannedRuns,
        review: Review,
        books: Mapping[str, Runbook],
        *,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._database = database
        self._changes = changes
        self._scripting = scripting
        self._now = now
        self._sleep = sleep
        self.review = review
        self.books = books
        runs.retries.update({name: book.retry for name, book in books.items()})

    def find(self, name: str) -> Runbook | None:
        return next((book for each, book in self.books.items() if each.casefold() == name.casefold()), None)

    def listing(self) -> list[Facts]:
        return [
            {
                "name": book.name,
                "runbook": True,
                "description": book.description or f"for records of {book.layout}",
            }
            for book in self.books.values()
        ]

    async def draft(self, book: Runbook) -> Draft:
        """The found set, checked record by record; nothing is written. Raises InputError when it is larger than the owner said."""
        meta = await self._database.layout(book.layout)
        for check in book.checks:
            if meta.field_named(check.field) is None:
                raise unknown_field(check.field, meta)
        criteria = understand(book.where, book.omit, meta, self._database.calendar)
        found = await chosen(self._database, meta, criteria, most=book.most, portals=())
        held = self.review.held(book.name)
        ready: list[Record] = []
        review = [f"{record} {why}" for record, why in held.items()]
        skipped: list[str] = []
        for record in found.records:
            if record.record_id in held:
                continue
            failed = next((check for check in book.checks if not _holds(check, record)), None)
            if failed is None:
                ready.append(record)
                continue
            said = f"{record.record_id} {label_of(meta, record.fields)}: {_complaint(failed, record)}"
            (review if failed.otherwise == "review" else skipped).append(said)
        if not ready:
            return Draft((), tuple(review), tuple(skipped))
        steps, left_out = await self._steps(book, meta, ready, found.how)
        return Draft(steps, (*review, *left_out), tuple(skipped))

    def keep(self, book: Runbook, draft: Draft, who: Who) -> Progress:
        """The run as a plan."""
        ids = [item.record_id for step in draft.steps for item in step.items]
        asked = ("runbook", book.name, self._now(), ids)
        return self._changes.ledger.put(who, draft.steps, asked)

    async def latest(self, book: Runbook, who: Who) -> Progress | None:
        """Its last run among the caller's changes; a run that was only planned is none."""
        for progress in await self._changes.recent(who, 100):
            ours = any(step.runbook == book.name for step in progress.plan.steps)
            if ours and any(outcome.state is not ItemState.OPEN for outcome in progress.all_outcomes):
                return progress
        return None

    async def unfinished(self, book: Runbook, who: Who) -> Progress | None:
        """The latest run of it, if it has records left which were never attempted."""
        progress = await self.latest(book, who)
        if progress is None or progress.plan.expires <= self._now():
            return None
        left = any(outcome.state is ItemState.OPEN for outcome in progress.all_outcomes)
        return progress if left else None

    async def carry_out(self, progress: Progress, who: Who, report: Report) -> Facts:
        """A run, or the rest of one, to its end; its report. Raises InputError when another process is at it."""
        plan = progress.plan
        book = self.books.get(plan.steps[0].runbook)
        if book is None:
            raise InputError(
                f"The runbook {plan.steps[0].runbook!r} is not there any more", advice="Nothing was run."
            )
        if not self._changes.ledger.begin(plan, who):
            raise InputError(f"{plan.id} is being carried out already", advice="Nothing was done twice.")
        with self._changes.carrying.in_hand(progress, who) as application:
            batch = Batch(application, book.pace, now=self._now, sleep=self._sleep, report=report)
            try:
                await batch.run()
            finally:
                self._hold_unknown(book, application.plan, application.outcomes)
        return self.report(book, await self._changes.find(who, plan.id), stopped=batch.stopped)

    def report(self, book: Runbook, progress: Progress, *, stopped: str = "") -> Facts:
        """How a run ended: counts, and every record that needs a person with its reason."""
        self._hold_unknown(book, progress.plan, progress.outcomes)
        pairs = [
            (item, outcome)
            for step, outcomes in zip(progress.plan.steps, progress.outcomes, strict=True)
            for item, outcome in zip(step.items, outcomes, strict=True)
        ]
        counts: dict[str, int] = {}
        for _, outcome in pairs:
            word = "not_attempted" if outcome.state is ItemState.OPEN else outcome.state.value
            counts[word] = counts.get(word, 0) + 1
        review: list[Facts] = [
            {
                "id": item.record_id or "",
                "record": item.label,
                "outcome": outcome.state.value,
                "why": " ".join(outcome.notes),
            }
            for item, outcome in pairs
            if outcome.state in (ItemState.REFUSED, ItemState.UNKNOWN)
        ]
        state = "done" if set(counts) <= {"done"} else "unknown" if "unknown" in counts else "refused"
        facts: Facts = {
            "state": state,
            "runbook": book.name,
            "change_id": progress.plan.id,
            "records": counts,
        }
        if stopped:
            facts["stopped"] = stopped
        if review:
            facts["review"] = review
        notes = [note for step in progress.plan.steps for note in step.notes]
        if notes:
            facts["left_out"] = notes
        return facts

    async def _steps(
        self, book: Runbook, meta: LayoutMeta, records: list[Record], how: str
    ) -> tuple[tuple[Step, ...], tuple[str, ...]]:
        if book.script is None:
            steps = await self._changes.edit_steps(book.layout, records, book.edit, how)
            return tuple(replace(step, runbook=book.name) for step in steps), ()
        script = self._scripting.named(book.script)
        await self._scripting.runner.check(script)
        also = [check.field for check in book.checks]
        step = record_step(script, meta, records, book.parameter, how=how, also=also, runbook=book.name)
        return (step,), step.notes

    def _hold_unknown(self, book: Runbook, plan: Plan, outcomes: Sequence[Sequence[Outcome]]) -> None:
        held = [
            (item.record_id, item.label, " ".join(outcome.notes))
            for step, each in zip(plan.steps, outcomes, strict=True)
            for item, outcome in zip(step.items, each, strict=True)
            if outcome.state is ItemState.UNKNOWN and item.record_id is not None
        ]
        if held:
            self.review.hold(book.name, plan.id, self._now(), held)


def _holds(check: Check, record: Record) -> bool:
    value = str(record.fields.get(check.field, "")).strip()
    if check.one_of:
        return value.casefold() in {each.casefold() for each in check.one_of}
    return bool(value) is check.filled


def _complaint(check: Check, record: Record) -> str:
    value = str(record.fields.get(check.field, ""))
    if check.one_of:
        return f"{check.field} is {value!r} and not {' or '.join(check.one_of)}"
    return f"{check.field} is empty" if check.filled else f"{check.field} is {value!r} and should be empty"
