"""What else is done with a plan, or with the change that it takes back: whether it may begin now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...errors import InputError
from ...local.state.state import Question, Row, State, StateReader, Transaction
from ..custody import Custody
from ..plans.plan import Plan, Who
from .journal import Journal
from .planned_facts import PlannedFacts
from .repetition import SameChanges, carried_out_already, repetition

RECENT = 3600.0
"""Seconds in which an identical change is taken for a repetition by mistake."""


class Conflicts:
    def __init__(
        self,
        state: State,
        journal: Journal,
        custody: Custody,
        *,
        same: SameChanges,
        planned: PlannedFacts,
        now: Callable[[], float],
    ) -> None:
        self._state = state
        self._journal = journal
        self._custody = custody
        self._same = same
        self._planned = planned
        self._now = now

    async def check_new(self, fingerprint: str, who: Who) -> None:
        """Raises InputError where the same was carried out a short while ago."""
        question, values = self._same.applied_like(fingerprint, who, self._now() - RECENT)
        earlier = await self._state.row(question, *values)
        if earlier is not None:
            raise carried_out_already(earlier["id"])

    def questions(self, plan: Plan, who: Who) -> tuple[Question, ...]:
        """What `check_once` has to know."""
        return (
            ("SELECT 1 FROM journal WHERE plan = ? AND event = 'attempt' LIMIT 1", (plan.id,)),
            self._same.applied_like(plan.fingerprint, who, self._now() - RECENT, but=plan.id),
            self._same.applying_like(plan, who),
            (
                "SELECT id, runner FROM plan WHERE undoes = ? AND undoes <> '' AND state = 'applying'",
                (plan.id,),
            ),
        )

    async def check_once(
        self,
        plan: Plan,
        transaction: Transaction,
        sent: Sequence[Row],
        earlier: Sequence[Row],
        applying: Sequence[Row],
        undoing: Sequence[Row],
    ) -> None:
        """Raises InputError when the same was planned twice, carried out the other time, and not meant to be repeated; or is
        being taken back."""
        planned = await self._planned.of(plan.id, transaction)
        if not sent and not any(facts.get("repeat") for facts in planned):
            for row in earlier:
                raise carried_out_already(row["id"])
            for row in applying:
                if await self._custody.is_carried_out(row["id"], row["runner"]):
                    raise repetition(f"The same change is being carried out as {row['id']}", row["id"])
        for row in undoing:
            if await self._custody.is_carried_out(row["id"], row["runner"]):
                raise InputError(
                    f"{plan.id} is being taken back just now, by {row['id']}", advice="Nothing was changed."
                )

    async def check_at_rest(self, undo: Plan, reader: StateReader) -> None:
        """Raises InputError when the change that is taken back is being carried out, or went on since `undo` was planned:
        then the way back would cover a part of it, and be taken for all."""
        await self.check_not_under_way(undo.undoes, reader)
        planned = await self._planned.of(undo.id, reader)
        known = max((facts.get("undoes_up_to", 0) for facts in planned), default=0)
        if known and await self._journal.latest_attempt(undo.undoes, reader) > known:
            raise InputError(
                f"{undo.undoes} went on after {undo.id} was planned, so {undo.id} would take back a part of it",
                advice=f"Nothing was changed. Call undo_change {undo.undoes} again.",
            )

    async def check_not_under_way(self, change_id: str, reader: StateReader | None = None) -> None:
        """Raises InputError while somebody carries the change out, so that nobody takes back half of it."""
        row = await (reader or self._state).row("SELECT state, runner FROM plan WHERE id = ?", change_id)
        if row is None or row["state"] != "applying":
            return
        if await self._custody.is_carried_out(change_id, row["runner"]):
            raise InputError(
                f"{change_id} is being carried out just now",
                advice="Nothing was taken back. Wait for its end or stop it (check_job lists the jobs), "
                "then undo_change takes back what it did.",
            )
