"""Records what happens to plans: made, refused, begun, ended. The owner's caps are counted from these records."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Any

from ...database.untrusted.carried_text import CarriedText
from ...errors import Forbidden, InputError, NameUnknown
from ...local.state.state import State
from ...policy import Policy, showing_all
from ..custody import Custody
from ..display.differences import Facts
from ..display.plan_heading import heading_of
from ..display.refused_attempts import refused_attempts
from ..duties.signature import PROMISED
from ..plans.outcome import ItemState
from ..plans.plan import Plan, Who
from ..plans.plan_store import PlanStore
from ..plans.progress import Progress, as_planned
from ..plans.step import Step
from .caps import Caps
from .conflicts import Conflicts
from .entry_image import split
from .journal import Journal
from .planned_facts import PlannedFacts

LASTS = 24 * 3600.0
"""Seconds that a plan can be carried out."""
Sign = Callable[[Who, Sequence[Step]], Awaitable[Sequence[Step]]]


class Ledger:
    """The plans of one database. `identity` names it wherever it is configured: host and file."""

    def __init__(
        self,
        state: State,
        shelf: PlanStore,
        journal: Journal,
        policy: Policy,
        custody: Custody,
        *,
        sign: Sign,
        identity: str,
        now: Callable[[], float],
        outsiders: Callable[[], Iterable[str]] = tuple,
        carried: CarriedText | None = None,
    ) -> None:
        """`outsiders` gives the fields whose text, written by outsiders, has been read by now; `sign` the steps as they are kept. `carried` is
        None where nobody reads such text."""
        self._carried = carried
        self._sign = sign
        self._outsiders = outsiders
        self._state = state
        self._shelf = shelf
        self._journal = journal
        self._policy = policy
        self.caps = Caps(state, journal, policy, identity=identity, now=now)
        self._now = now
        self._custody = custody
        self.planned = PlannedFacts(journal)
        self.conflicts = Conflicts(state, journal, custody, same=shelf.same, planned=self.planned, now=now)
        self.identity = identity

    async def put(
        self,
        who: Who,
        steps: Sequence[Step],
        asked: tuple[Any, ...],
        *,
        base: Plan | None = None,
        undoes: str = "",
        repeat: bool = True,
        once: bool = False,
    ) -> Progress:
        """A new plan, kept. `asked` is what was asked for: the same again within the hour is a repetition unless `repeat`.
        With `once` the caller's plan of before is given where the same was asked for at any time.

        Raises InputError for a repetition, Forbidden beyond the owner's caps.
        """
        steps = await self._signed(who, steps)
        fingerprint = await self._shelf.digest_of(self.identity, base.fingerprint if base else "", asked)
        if not repeat:
            await self.conflicts.check_new(fingerprint, who)
        plan = await self._plan(who, (*(base.steps if base else ()), *steps), fingerprint, undoes)
        await self.caps.check_new(plan)
        read = {*self._outsiders(), *(await self.planned.outsiders_of(base) if base else ())}
        facts: Facts = {
            "heading": plan.heading,
            "digest": plan.digest,
            "repeat": repeat,
            "outsiders": sorted(read),
            "show_all": self._policy.show_all.value,
        }
        if plan.stage:
            facts["stage"] = plan.stage
        if undoes:
            facts["undoes_up_to"] = await self._journal.latest_attempt(undoes)
        if base is not None:
            facts["replaces"] = base.id
        question, values = self._shelf.same.as_asked(fingerprint, who)
        async with self._shelf.staged(plan) as staged, self._state.writing(self.identity) as transaction:
            earlier = await transaction.row(question, *values) if once else None
            if earlier is None:
                key, heads = await self._shelf.put(
                    transaction, plan, self._journal.head(self.identity),
                    replaces=base.id if base else None, key=staged,
                )  # fmt: skip
                await self._journal.append(
                    transaction, database=self.identity, who=who, plan=plan.id, event="planned", facts=facts, heads=heads, key=key
                )  # fmt: skip
        if earlier is not None:
            return await self._shelf.find(earlier["id"], who)
        self.planned.keep(plan.id, [split(facts)[0]])
        return as_planned(plan)

    async def put_again(
        self, who: Who, steps: Sequence[Step], asked: tuple[Any, ...], *, repeat: bool = True
    ) -> Progress:
        """The open plan with the same content, so that an agreement to it is found again. A new one where there is none."""
        steps = await self._signed(who, steps)
        fingerprint = await self._shelf.digest_of(self.identity, "", asked)
        waiting = await self._shelf.waiting_like(fingerprint, who, self._now())
        if waiting is not None and waiting.plan.digest == await self._shelf.digest_of(
            self.identity, who.caller.id, tuple(steps)
        ):
            return waiting
        return await self.put(who, steps, asked, repeat=repeat)

    async def _signed(self, who: Who, steps: Sequence[Step]) -> Sequence[Step]:
        await self._shelf.open()
        return await self._sign(who, steps)

    async def refused(self, who: Who, asked: str, error: Forbidden | NameUnknown) -> None:
        seen, account = showing_all(self._policy), who.caller.account
        facts = {"asked": asked, "why": error.what, "seen": seen, "account": account}
        await self._journal.note(database=self.identity, who=who, plan="", event="refused", facts=facts)

    async def refusals(self, who: Who, limit: int) -> list[Facts]:
        """The caller's attempts that the owner's settings refused, the latest first."""
        entries = self._journal.entries(database=self.identity, limit=500)
        return refused_attempts(self._policy, who, await entries)[:limit]

    def check_time(self, plan: Plan) -> None:
        if self._now() > plan.expires:
            what = f"{plan.id} has expired: a plan lasts a day"
            raise InputError(what, advice="Nothing more was changed. Plan it again.")

    async def is_all_or_nothing(self, plan: Plan) -> bool:
        """Whether it was begun as a change that is carried out whole or taken back."""
        return any(facts.get("all_or_nothing") for facts in await self._journal.facts(plan.id, "started"))

    async def was_looked_at(self, plan: Plan) -> bool:
        """Whether a person who agreed to it was shown all of it: whoever starts a runbook, or schedules it, agrees unseen.
        Of what another program wrote there nothing is taken."""
        agreed, is_as_written = await self._journal.told(plan.id, "agreed")
        return is_as_written and any(
            facts.get("digest") == plan.digest and facts.get("shown", 0) >= plan.records for facts in agreed
        )

    async def begin(
        self,
        plan: Plan,
        who: Who,
        *,
        all_or_nothing: bool = False,
        person: bool | None = None,
        carries: Collection[str] = (),
    ) -> bool:
        """Whether this call may carry the plan out now; one does at a time, among all processes. Raises Forbidden beyond the
        owner's caps, InputError for a repetition, AlteredPlan where the journal tells otherwise of an item. `person`: whether one had to agree, as the journal is asked later.
        `carries`: fields that may get text of outsiders at which nobody looked."""
        async with self._state.writing(self.identity) as transaction:
            rows, heads, items, *others = await transaction.several(
                ("SELECT state, runner FROM plan WHERE id = ?", (plan.id,)),
                self._journal.head(self.identity),
                self._journal.items.question(plan.id),
                *self.conflicts.questions(plan, who),
            )
            for row in rows:
                if row["state"] == "applying" and await self._custody.is_carried_out(plan.id, row["runner"]):
                    return False
            if not rows:
                raise NameUnknown("change", plan.id)
            self._journal.items.check(plan.id, items)
            if plan.undoes:  # taking back what was done goes on whatever else has begun
                await self.conflicts.check_at_rest(plan, transaction)
            else:
                self.caps.check_change(plan)
                await self.caps.check_day(plan, reader=transaction)
                await self.conflicts.check_once(plan, transaction, *others)
            self._shelf.states.set_state(transaction, plan.id, "applying", self._state.runner)
            facts: Facts = {} if person is None else {"person": person}
            facts |= {"all_or_nothing": True} if all_or_nothing else {}
            facts |= {PROMISED: self._policy.journal_table} if self._policy.journal_table else {}
            if self._carried is not None and carries:
                facts |= {"carries": sorted(carries)}
                self._carried.put(transaction, carries)
            await self._journal.append(
                transaction, database=self.identity, who=who, plan=plan.id, event="started",
                facts=facts, heads=heads,
            )  # fmt: skip
        self._custody.take(plan.id)
        return True

    async def end(self, plan: Plan, who: Who) -> None:
        self._custody.put_down(plan.id)
        async with self._state.writing(self.identity) as transaction:
            rows, heads = await transaction.several(
                ("SELECT state, COUNT(*) AS n FROM item WHERE plan = ? GROUP BY state", (plan.id,)),
                self._journal.head(self.identity),
            )
            outcomes = {row["state"]: row["n"] for row in rows}
            is_open = ItemState.OPEN.value in outcomes
            self._shelf.states.let_go(transaction, plan.id, "open" if is_open else "applied")
            self._shelf.states.mark_undone(transaction, plan)
            await self._journal.append(
                transaction, database=self.identity, who=who, plan=plan.id, event="ended",
                facts={"outcomes": outcomes}, heads=heads,
            )  # fmt: skip

    async def _plan(self, who: Who, steps: tuple[Step, ...], fingerprint: str, undoes: str) -> Plan:
        now = self._now()
        count = sum(len(step.items) for step in steps)
        digest = await self._shelf.digest_of(self.identity, who.caller.id, steps)
        return Plan(
            id=await self._shelf.new_id("undo" if undoes else steps[0].kind.value, count, steps[0].layout),
            database=self.identity,
            who=who,
            made=now,
            expires=now + LASTS,
            steps=steps,
            heading=heading_of(steps, undoes),
            digest=digest,
            fingerprint=fingerprint,
            undoes=undoes,
        )
