"""Changes to one database: the desk at which they are planned, agreed to, carried out, taken back and looked up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import Forbidden, InputError
from ..policy import Agreement, Approval, Effect, agreement_for, check_layout, needs_plan
from ..query.found_set import FoundSet
from . import presenting
from .apply import Application, Means, Report
from .bulk import matched
from .choosing import Chosen, chosen
from .codec import digest_of
from .drafting import Drafting, portals_in
from .plan import Item, ItemState, Kind, Plan, Step, Who
from .planning import Wanted
from .presenting import Facts
from .settling import settle_plan, settle_the_dead
from .sheets import rows_of
from .shelf import Progress, digest_of_steps
from .undo import way_back

LASTS = 24 * 3600.0
"""Seconds that a plan can be carried out."""
RECENT = 3600.0
"""Seconds in which an identical change is taken for a repetition by mistake."""

EFFECTS = {
    Kind.CREATE: Effect.CREATE,
    Kind.DUPLICATE: Effect.CREATE,
    Kind.EDIT: Effect.EDIT,
    Kind.UPLOAD: Effect.EDIT,
    Kind.DELETE: Effect.DELETE,
}


@dataclass(frozen=True)
class Request:
    """What a planning tool was asked for, beside the records themselves."""

    who: Who
    change_id: str | None = None
    """An open plan to which this is added as a step."""
    repeat: bool = False


class Changes:
    def __init__(self, means: Means, *, identity: str, now: Callable[[], float]) -> None:
        self._means = means
        self._identity = identity
        self._now = now
        self._drafting = Drafting(means.database, means.uploads, means.exact)
        self._busy: set[str] = set()

    async def create(
        self, request: Request, layout: str, wanted: Sequence[Wanted], copy_of: Sequence[str] = ()
    ) -> Progress:
        """A plan that creates records: `wanted` ones, or copies."""
        async with self._checked(request, Kind.CREATE, layout) as base:
            if copy_of:
                steps = await self._drafting.copies(layout, copy_of, wanted, base)
            elif wanted:
                steps = await self._drafting.creation(layout, wanted, base)
            else:
                raise InputError("There is no record to create", advice="Pass records, or copy_of.")
            return self._shelved(request, base, steps, ("create", layout, list(wanted), list(copy_of)))

    async def edit_by_id(
        self, request: Request, layout: str, wishes: Mapping[str, Wanted], how: str = ""
    ) -> Progress:
        """A plan that edits records; record id -> what is to become of it."""
        async with self._checked(request, Kind.EDIT, layout) as base:
            records = await self._drafting.records(layout, list(wishes), list(wishes.values()))
            pairs = [(record, wishes[record.record_id]) for record in records]
            steps = await self._drafting.edit(layout, pairs, how, base)
            return self._shelved(request, base, steps, ("edit", layout, [[i, w] for i, w in wishes.items()]))

    async def edit_chosen(self, request: Request, layout: str, chosen: Chosen, wanted: Wanted) -> Progress:
        """A plan that edits all of some chosen records alike."""
        async with self._checked(request, Kind.EDIT, layout) as base:
            pairs = [(record, wanted) for record in chosen.records]
            steps = await self._drafting.edit(layout, pairs, chosen.how, base, chosen.notes)
            ids = sorted(record.record_id for record in chosen.records)
            return self._shelved(request, base, steps, ("edit", layout, ids, wanted))

    async def edit_from_file(self, request: Request, layout: str, file: str, key: str | None) -> Progress:
        """A plan that edits records as the rows of a file say, matched by the field `key`."""
        async with self._checked(request, Kind.EDIT, layout) as base:
            means = self._means
            found = means.uploads.folder.read(file)
            meta = await means.database.layout(layout)
            rows = await matched(means.database, meta, rows_of(found), key, means.exact)
            steps = await self._drafting.edit(layout, rows.pairs, f"rows of {found.name}", base, rows.notes)
            wishes = [[record.record_id, wish] for record, wish in rows.pairs]
            return self._shelved(request, base, steps, ("edit", layout, wishes))

    async def delete(self, request: Request, layout: str, chosen: Chosen) -> Progress:
        async with self._checked(request, Kind.DELETE, layout) as base:
            if not chosen.records:
                raise InputError("There is no record to delete", advice="Nothing was changed.")
            steps = await self._drafting.deletion(layout, chosen.records, chosen.how)
            ids = sorted(record.record_id for record in chosen.records)
            return self._shelved(request, base, steps, ("delete", layout, ids))

    async def matching(self, found_set: FoundSet, *, most: int, wishes: Sequence[Wanted] = ()) -> Chosen:
        """Every record of a found set, if there are at most `most`."""
        meta = found_set.layout
        portals = portals_in(meta, wishes) if wishes else None
        return await chosen(self._means.database, meta, found_set.criteria, most=most, portals=portals)

    async def by_id(self, layout: str, record_ids: Sequence[str]) -> Chosen:
        records = await self._drafting.records(layout, record_ids)
        return Chosen(tuple(records), "")

    async def undo(self, who: Who, change_id: str | None) -> tuple[Progress, list[str]]:
        """A plan that takes a change back (the caller's latest without an id), and what it leaves as it is."""
        await self.settle(who)
        found = change_id or self._means.shelf.latest(who)
        if found is None:
            raise InputError("There is no change of yours to take back", advice="list_changes shows them.")
        progress = self._means.shelf.find(found, who)
        if progress.state == "undone":
            raise InputError(f"{found} has been taken back already", advice="Nothing was changed.")
        back = await way_back(self._means.database, self._means.uploads, progress)
        if not back.records:
            raise InputError(f"{found} changed nothing, so there is nothing to take back")
        if not any(step.items for step in back.steps):
            raise InputError(
                f"Nothing of {found} can be taken back: {'; '.join(back.left)}", advice="Nothing was changed."
            )
        plan = self._plan(who, tuple(back.steps), ("undo", found, self._now()), undoes=found)
        self._keep(plan, None)
        return self._means.shelf.find(plan.id, who), back.left

    def find(self, who: Who, change_id: str) -> Progress:
        return self._means.shelf.find(change_id, who)

    def found_by_anybody(self, change_id: str) -> Progress:
        """A plan whoever made it, for a person at this machine."""
        return self._means.shelf.open_progress(change_id)

    def recent(self, who: Who, limit: int) -> list[Progress]:
        return self._means.shelf.recent(who, limit)

    def refused(self, who: Who, limit: int) -> list[Facts]:
        """The caller's attempts that the owner's settings refused."""
        entries = self._means.journal.entries(database=self._identity, limit=500)
        mine = [e for e in entries if e.event == "refused" and e.who.caller == who.caller]
        facts: list[Facts] = [{"at": presenting.moment(e.at), **e.facts} for e in mine[:limit]]
        return facts

    def agreement(self, plan: Plan) -> Agreement:
        """Who must agree before the plan is carried out."""
        effects = frozenset(
            Effect.EDIT if item.own else EFFECTS[step.kind] for step in plan.steps for item in step.items
        )
        removes = any(
            change.kind.value == "remove" and not item.own
            for step in plan.steps
            for item in step.items
            for change in item.rows
        )
        return agreement_for(
            self._means.database.policy,
            effects=effects | {Effect.DELETE} if removes else effects,
            records=plan.records,
            untrusted=self._means.database.untrusted_read,
        )

    def goes_at_once(self, plan: Plan) -> bool:
        """Whether the owner wants such a change carried out without a second call."""
        policy = self._means.database.policy
        return not any(needs_plan(policy, EFFECTS[step.kind], plan.records) for step in plan.steps)

    async def apply(
        self,
        who: Who,
        change_id: str,
        *,
        report: Report,
        go_on: bool = False,
        all_or_nothing: bool = False,
    ) -> Facts:
        """Carry a plan out, or tell what became of it. Asking again continues what was never attempted, and sends nothing twice.

        Raises Forbidden for a plan to which a person has to agree and nobody has.
        """
        progress = await self.settled(who, change_id)
        if not _is_open(progress):
            return presenting.result(progress)
        self._check_time(progress.plan)
        self._check_day(progress.plan)
        if self.person_needed(progress) is not None:
            raise Forbidden(f"A person has to agree to {change_id} first", advice="Nothing was changed.")
        if not self._claimed(progress, who):
            return presenting.result(self._means.shelf.find(change_id, who)) | {"state": "running"}
        application = Application(self._means, progress, who)
        try:
            await application.run(stop_at_refusal=not go_on, report=report)
        finally:
            self._released(change_id, who)
        progress = self._means.shelf.find(change_id, who)
        stopped = str(application.stopped_by) if application.stopped_by is not None else ""
        facts = presenting.result(progress, stopped=stopped)
        if all_or_nothing and facts["state"] != "done":
            return facts | await self._taken_back(progress, who)
        return facts

    async def settled(self, who: Who, change_id: str) -> Progress:
        """A plan, with whatever could be found out about items whose outcome was open."""
        await self.settle(who)
        return await settle_plan(self._means, self._means.shelf.find(change_id, who), who)

    def person_needed(self, progress: Progress) -> Agreement | None:
        """Why a person has to agree before anything more of the plan is carried out; None when nobody has to."""
        if not _is_open(progress) or progress.approved_by:
            return None
        self._check_time(progress.plan)
        agreement = self.agreement(progress.plan)
        return agreement if agreement.by is Approval.PERSON else None

    def agreed(self, plan: Plan, who: Who, by: str) -> None:
        with self._means.state.writing() as connection:
            self._means.shelf.approve(connection, plan, by)
            self._means.journal.append(
                connection, database=self._identity, who=who, plan=plan.id, event="agreed", facts={"by": by}
            )

    def declined(self, plan: Plan, who: Who, how: str) -> None:
        self._means.journal.note(
            database=self._identity, who=who, plan=plan.id, event="declined", facts={"how": how}
        )

    async def settle(self, who: Who) -> None:
        """Look at what a process that died had on its way; does nothing when there is nothing."""
        await settle_the_dead(self._means, who)

    async def _taken_back(self, progress: Progress, who: Who) -> Facts:
        """All or nothing: what was done is undone at once, and what cannot be is said."""
        back = await way_back(self._means.database, self._means.uploads, progress)
        if not any(step.items for step in back.steps):
            none: Facts = {"taken_back": 0}
            return none | ({"not_taken_back": back.left} if back.left else {})
        plan = self._plan(
            who, tuple(back.steps), ("undo", progress.plan.id, self._now()), undoes=progress.plan.id
        )
        self._keep(plan, None)
        undoing = self._means.shelf.find(plan.id, who)
        self._claimed(undoing, who)
        try:
            await Application(self._means, undoing, who).run(stop_at_refusal=False, report=_silent)
        finally:
            self._released(plan.id, who)
        outcomes = self._means.shelf.find(plan.id, who)
        done = sum(outcome.state is ItemState.DONE for outcome in outcomes.all_outcomes)
        left = back.left + [
            f"{item.record_id or item.label}: {' '.join(outcome.notes)}"
            for item, outcome in zip(_items(plan), outcomes.all_outcomes, strict=True)
            if outcome.state is not ItemState.DONE
        ]
        facts: Facts = {"taken_back": done, "taken_back_by": plan.id}
        return facts | ({"not_taken_back": left} if left else {})

    def _checked(self, request: Request, kind: Kind, layout: str) -> _Planning:
        return _Planning(self, request, kind, layout)

    def base_for(self, request: Request) -> Plan | None:
        if request.change_id is None:
            return None
        progress = self._means.shelf.find(request.change_id, request.who)
        if any(outcome.state is not ItemState.OPEN for outcome in progress.all_outcomes):
            raise InputError(
                f"{request.change_id} has been carried out, so nothing can be added to it",
                advice="Plan without change_id.",
            )
        return progress.plan

    def check_effect(self, kind: Kind, layout: str) -> None:
        check_layout(self._means.database.policy, layout, EFFECTS[kind])

    def note_refused(self, request: Request, kind: Kind, layout: str, error: Forbidden) -> None:
        facts = {"asked": f"{kind.value} on {layout!r}", "why": error.what}
        self._means.journal.note(
            database=self._identity, who=request.who, plan="", event="refused", facts=facts
        )

    def _shelved(
        self, request: Request, base: Plan | None, steps: list[Step], asked: tuple[Any, ...]
    ) -> Progress:
        """The plan, kept. Raises InputError for a repetition, Forbidden beyond the owner's caps."""
        fingerprint = digest_of(self._identity, base.fingerprint if base else "", asked)
        if not request.repeat:
            earlier = self._means.shelf.applied_like(fingerprint, request.who, self._now() - RECENT)
            if earlier is not None:
                raise InputError(
                    f"The same change was carried out a short while ago as {earlier}",
                    advice=f"Nothing was changed now. list_changes {earlier} shows its outcome; to do it a second "
                    "time, plan it with repeat: true.",
                )
        plan = self._plan(
            request.who, (*(base.steps if base else ()), *steps), asked, fingerprint=fingerprint
        )
        cap = self._means.database.policy.max_records_per_change
        if plan.records > cap:
            raise Forbidden(
                f"This change has {plan.records} records, and the owner allows {cap} in one",
                advice="Nothing was changed. Make it smaller.",
            )
        self._check_day(plan)
        self._keep(plan, base.id if base else None)
        return self._means.shelf.find(plan.id, request.who)

    def _plan(
        self,
        who: Who,
        steps: tuple[Step, ...],
        asked: tuple[Any, ...],
        *,
        undoes: str = "",
        fingerprint: str = "",
    ) -> Plan:
        now = self._now()
        count = sum(len(step.items) for step in steps)
        word = "undo" if undoes else steps[0].kind.value
        heading = presenting.heading_of(steps)
        return Plan(
            id=self._means.shelf.new_id(word, count, steps[0].layout),
            database=self._identity,
            who=who,
            made=now,
            expires=now + LASTS,
            steps=steps,
            heading=f"Take back {undoes}: {heading[:1].lower()}{heading[1:]}" if undoes else heading,
            digest=digest_of_steps(self._identity, who.caller, steps),
            fingerprint=fingerprint or digest_of(self._identity, asked),
            undoes=undoes,
        )

    def _keep(self, plan: Plan, replaces: str | None) -> None:
        means = self._means
        facts = {"heading": plan.heading, "digest": plan.digest}
        with means.state.writing() as connection:
            means.shelf.put(connection, plan, replaces=replaces)
            means.journal.append(
                connection, database=self._identity, who=plan.who, plan=plan.id, event="planned", facts=facts
            )

    def _check_time(self, plan: Plan) -> None:
        if self._now() > plan.expires:
            raise InputError(
                f"{plan.id} has expired: a plan lasts a day",
                advice="Nothing more was changed. Plan it again.",
            )

    def _check_day(self, plan: Plan) -> None:
        cap = self._means.database.policy.max_records_per_day
        if cap is None:
            return
        done = self._means.journal.carried_out(self._identity, self._now() - 24 * 3600)
        if done + plan.records > cap:
            raise Forbidden(
                f"The owner allows {cap} changed records a day; {done} were changed, and this has {plan.records}",
                advice="Nothing was changed. Go on tomorrow, or ask the owner.",
            )

    def _claimed(self, progress: Progress, who: Who) -> bool:
        """Whether this process may carry the plan out now; one does at a time."""
        means, plan = self._means, progress.plan
        with means.state.writing() as connection:
            row = connection.execute("SELECT state, runner FROM plan WHERE id = ?", (plan.id,)).fetchone()
            taken = row["state"] == "applying" and (
                plan.id in self._busy
                if row["runner"] == means.state.runner
                else means.state.is_alive(row["runner"])
            )
            if taken:
                return False
            means.shelf.set_state(connection, plan.id, "applying", means.state.runner)
            means.journal.append(
                connection, database=self._identity, who=who, plan=plan.id, event="started", facts={}
            )
        self._busy.add(plan.id)
        return True

    def _released(self, plan_id: str, who: Who) -> None:
        means = self._means
        self._busy.discard(plan_id)
        progress = means.shelf.find(plan_id, who)
        states = {outcome.state for outcome in progress.all_outcomes}
        state = "open" if ItemState.OPEN in states else "applied"
        with means.state.writing() as connection:
            means.shelf.set_state(connection, plan_id, state)
            if progress.plan.undoes and states == {ItemState.DONE}:
                means.shelf.set_state(connection, progress.plan.undoes, "undone")
            facts = {"outcomes": {s.value: sum(o.state is s for o in progress.all_outcomes) for s in states}}
            means.journal.append(
                connection, database=self._identity, who=who, plan=plan_id, event="ended", facts=facts
            )


class _Planning:
    """Refusals of the owner's settings are written down before they are raised."""

    def __init__(self, changes: Changes, request: Request, kind: Kind, layout: str) -> None:
        self._changes = changes
        self._request = request
        self._kind = kind
        self._layout = layout

    async def __aenter__(self) -> Plan | None:
        try:
            self._changes.check_effect(self._kind, self._layout)
        except Forbidden as error:
            self._changes.note_refused(self._request, self._kind, self._layout, error)
            raise
        await self._changes.settle(self._request.who)
        return self._changes.base_for(self._request)

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Forbidden):
            self._changes.note_refused(self._request, self._kind, self._layout, error)


def _is_open(progress: Progress) -> bool:
    return any(outcome.state is ItemState.OPEN for outcome in progress.all_outcomes)


def _items(plan: Plan) -> list[Item]:
    return [item for step in plan.steps for item in step.items]


async def _silent(done: int, total: int, message: str) -> None:
    """Progress that nobody asked for."""
