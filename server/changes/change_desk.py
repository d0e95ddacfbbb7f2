"""Plans the changes of one database. `Execution` carries them out, `KnownChanges` looks them up."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from ..dataapi.record import Record
from ..errors import Forbidden, InputError, NameUnknown
from ..policy import RecordEffect, ScriptEffect, check_layout
from ..query.found_sets.found_set import FoundSet
from ..query.found_sets.left_out import notes_on
from ..query.found_sets.read_budget import Budget
from .applying.apply_context import Means
from .consent.agreements import Agreements
from .consent.required_agreement import EFFECTS
from .custody import Custody
from .duties import triggers
from .execution import Execution
from .export_consent import ExportConsents
from .imports.import_desk import Imports
from .imports.sheet_request import SheetRequest
from .journal.caps import check_size
from .journal.ledger import Ledger
from .known_changes import KnownChanges
from .planning.plan_items import Wanted
from .planning.records_by_id import Progress as Report
from .planning.records_by_id import unheard
from .planning.repeated_runs import without_repetitions
from .planning.request import PlanRequest
from .planning.selection import Chosen, chosen
from .planning.step_drafts import Drafting
from .planning.step_inputs import every_portal, portals_in
from .plans.outcome import ItemState
from .plans.plan import Plan, Who
from .plans.progress import Progress
from .plans.step import Step, StepKind
from .undo.undo_desk import UndoDesk


class Changes:
    def __init__(self, means: Means, ledger: Ledger, custody: Custody, agreements: Agreements) -> None:
        self._means = means
        self._drafting = Drafting(means.database, means.uploads, means.exact)
        self.leaving = ExportConsents(means, ledger)
        self.imports = Imports(means.database, means.uploads, means.exact, self._drafting, self.leaving)
        self.ledger = ledger
        self.journal = means.journal
        self.links = means.links
        self.agreements = agreements
        self.carrying = Execution(means, ledger, custody)
        self.known = KnownChanges(means, self.carrying, ledger.identity)
        self.undo = UndoDesk(means, ledger, self.carrying)

    async def create(
        self, request: PlanRequest, layout: str, wanted: Sequence[Wanted], copy_of: Sequence[str] = ()
    ) -> Progress:
        """A plan that creates records: `wanted` ones, or copies."""
        async with self._allowed(request, StepKind.CREATE, layout) as base:
            if copy_of:
                steps = await self._drafting.copies(layout, copy_of, wanted, base)
            elif wanted:
                check_size(self._means.database.policy, len(wanted))
                steps = await self._drafting.creation(layout, wanted, base)
            else:
                raise InputError("There is no record to create", advice="Pass records, or copy_of.")
            return await self._kept(request, base, steps, ("create", layout, list(wanted), list(copy_of)))

    async def edit_by_id(self, request: PlanRequest, layout: str, wishes: Mapping[str, Wanted]) -> Progress:
        """A plan that edits records. `wishes` are the wanted values by record id."""
        async with self._allowed(request, StepKind.EDIT, layout) as base:
            check_size(self._means.database.policy, len(wishes))
            records = await self._drafting.records(
                layout, list(wishes), list(wishes.values()), report=request.report
            )
            pairs = [(record, wishes[record.record_id]) for record in records]
            steps = await self._drafting.edit(layout, pairs, "", base)
            return await self._kept(
                request, base, steps, ("edit", layout, [[i, w] for i, w in wishes.items()])
            )

    async def edit_chosen(
        self, request: PlanRequest, layout: str, chosen: Chosen, wanted: Wanted
    ) -> Progress:
        """A plan that gives all chosen records the same values."""
        async with self._allowed(request, StepKind.EDIT, layout) as base:
            pairs = [(record, wanted) for record in chosen.records]
            steps = await self._drafting.edit(layout, pairs, chosen.how, base, chosen.notes, chosen.by)
            wishes = [[record.record_id, wanted] for record in chosen.records]
            return await self._kept(request, base, steps, ("edit", layout, wishes))

    async def import_sheet(self, request: PlanRequest, layout: str, sheet: SheetRequest) -> Progress:
        """A plan of a file's rows: new records, edits of known ones, or both."""
        kind = StepKind.EDIT if sheet.key else StepKind.CREATE
        async with self._allowed(request, kind, layout) as base:
            steps, asked = await self.imports.steps(layout, sheet, base, request.report)
            return await self._kept(request, base, steps, ("import", layout, asked))

    async def delete(self, request: PlanRequest, layout: str, chosen: Chosen) -> Progress:
        async with self._allowed(request, StepKind.DELETE, layout) as base:
            if not chosen.records:
                raise InputError("There is no record to delete", advice="Nothing was changed.")
            steps = await self._drafting.deletion(
                layout, chosen.records, chosen.how, chosen.notes, chosen.by, request.report
            )
            ids = sorted(record.record_id for record in chosen.records)
            return await self._kept(request, base, steps, ("delete", layout, ids))

    async def run(self, request: PlanRequest, step: Step, asked: tuple[Any, ...]) -> Progress:
        """A plan that runs a script, in a step that `jobs` made."""
        await self.carrying.settle(request.who)
        base = await self._base(request)
        step = await self.once(step, request.who, repeat=request.repeat)
        if not step.items:
            raise InputError(" ".join(step.notes), advice="Nothing was run now.")
        if base is None:  # each run by itself tells whether it is a repetition
            request = replace(request, repeat=True)
        return await self._kept(request, base, [step], ("run", step.script, *asked))

    async def once(self, step: Step, who: Who, *, repeat: bool = False) -> Step:
        """The step without the runs that were made already, which are named; with `repeat` they are in it, and marked.
        Raises Forbidden for one that the owner lets run once, where nobody is asked to agree to more."""
        if step.effect == ScriptEffect.READS.value:
            return step
        places = {item.name: item.table for item in await self._means.database.layouts()}
        step = replace(step, occurrence=places.get(step.layout, ""))
        means = self._means
        return await without_repetitions(
            means.script_log,
            means.database.policy,
            step,
            who,
            window=means.runs.window(step.script),
            repeat=repeat,
        )

    async def run_again(self, request: PlanRequest, step: Step, asked: tuple[Any, ...]) -> Progress:
        """The same for a script that only reads: the open plan that says the same, to which somebody may have agreed."""
        await self.carrying.settle(request.who)
        return await self.ledger.put_again(
            request.who, [step], ("run", step.script, *asked), repeat=request.repeat
        )

    async def edit_steps(
        self, layout: str, records: Sequence[Record], wanted: Wanted, how: str
    ) -> tuple[list[Step], int]:
        """Edits of records that are known already, as steps that nobody has kept yet, and how many are as wanted."""
        check_layout(self._means.database.policy, layout, RecordEffect.EDIT)
        pairs = await self._drafting.differing(layout, [(record, wanted) for record in records])
        steps = await self._drafting.edit(layout, pairs, how, None) if pairs else []
        return steps, len(records) - len(pairs)

    @asynccontextmanager
    async def noting_refusals(self, who: Who, what: str) -> AsyncGenerator[None]:
        """Writes down what the owner's settings refuse, then raises it."""
        try:
            yield
        except Forbidden as error:
            await self.ledger.refused(who, what, error)
            raise
        except NameUnknown as error:
            if (
                error.kind == "script"
            ):  # one that the owner does not list does not exist: it was asked for all the same
                await self.ledger.refused(who, what, error)
            raise

    async def matching(
        self,
        found_set: FoundSet,
        *,
        most: int,
        wishes: Sequence[Wanted] = (),
        whole: bool = False,
        budget: Budget | None = None,
        report: Report = unheard,
    ) -> Chosen:
        """Every record of a found set, if there are at most `most`, with all rows of the portals that the wishes name, or
        of every portal."""
        meta = found_set.layout
        portals = every_portal(meta) if whole else portals_in(meta, wishes)
        found = await chosen(
            self._means.database,
            meta,
            found_set.criteria,
            most=most,
            portals=portals,
            budget=budget,
            report=report,
        )
        notes = await notes_on(self._means.database, found_set)
        return replace(found, notes=(*notes, *found.notes))

    async def by_id(self, layout: str, record_ids: Sequence[str], report: Report = unheard) -> Chosen:
        """Records by id, whole. Raises RecordMissing with the id of one that is not there."""
        return Chosen(tuple(await self._drafting.records(layout, record_ids, whole=True, report=report)), "")

    @asynccontextmanager
    async def _allowed(
        self, request: PlanRequest, kind: StepKind, layout: str
    ) -> AsyncGenerator[Plan | None]:
        """The open plan to be added to, if any. Writes down what the owner's settings refuse, then raises it."""
        async with self.noting_refusals(request.who, f"{kind.value} on {layout!r}"):
            check_layout(self._means.database.policy, layout, EFFECTS[kind])
            await self.carrying.settle(request.who)
            yield await self._base(request)

    async def _base(self, request: PlanRequest) -> Plan | None:
        if request.change_id is None:
            return None
        progress = await self._means.shelf.find(request.change_id, request.who)
        if progress.plan.steps[0].kind is StepKind.EXPORT:
            raise InputError(f"{request.change_id} is about a file", advice="Plan without change_id.")
        if progress.states[ItemState.OPEN] != progress.plan.records:
            raise InputError(
                f"{request.change_id} has been carried out, so nothing can be added to it",
                advice="Plan without change_id.",
            )
        return progress.plan

    async def _kept(
        self, request: PlanRequest, base: Plan | None, steps: list[Step], asked: tuple[Any, ...]
    ) -> Progress:
        continuity = self._means.continuity
        is_known = base is None or continuity.holds(base.id)
        restored = await self._means.history.noticed(request.who)
        if restored:
            steps = [replace(steps[0], warnings=(restored, *steps[0].warnings)), *steps[1:]]
        steps = await triggers.told(self._means.database, steps)
        kept = await self.ledger.put(request.who, steps, asked, base=base, repeat=request.repeat)
        continuity.note(kept.plan.id, request.began if is_known else None)
        return kept
