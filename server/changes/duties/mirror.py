"""Outcomes mirrored into a layout of the owner's, each once: whoever looks there sees what the journal knows.

An entry is named by plan, step and item. That a plan is being mirrored is written into the journal before the first entry goes out, so
that after a crash, or a lost answer, its entries are looked for before any is made. Nothing of this stops a change or repeats one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ...database.database import Database
from ...database.log_layout import OUTCOME, LogLayout
from ...errors import FilemakerMcpError
from ...local.state.state import State
from ...query.found_sets.parallel_reads import in_parallel
from ..journal.entry_facts import fact
from ..journal.journal import Journal
from ..plans.outcome import ItemState, Outcome
from ..plans.plan import Who
from ..plans.plan_store import PlanStore
from ..plans.progress import Progress
from ..plans.step import StepKind
from ..unhurried import unhurried
from .signature import PROMISED

TOLD = frozenset({ItemState.DONE, ItemState.REFUSED, ItemState.UNKNOWN})
BEGUN, ENDED = "mirroring", "mirrored"
MOST = 20
"""Plans that are caught up with at once."""


class Mirror:
    def __init__(
        self, database: Database, state: State, shelf: PlanStore, journal: Journal, busy: set[str]
    ) -> None:
        """`busy`: plans whose outcomes this process is mirroring, for whichever of its callers."""
        self._database = database
        self._state = state
        self._shelf = shelf
        self._journal = journal
        self._busy = busy
        self._is_caught_up = False
        self._wrong: dict[str, str] = {}
        """Plan -> what keeps its outcomes from being mirrored."""

    def told(self, plan_id: str) -> dict[str, str]:
        """The part of an answer that says what is not mirrored yet; nothing where all is."""
        wrong = self._wrong.get(plan_id)
        return {"journal_table": wrong} if wrong else {}

    def leave(self, plan_id: str) -> None:
        """The plan was put down before its outcomes were mirrored."""
        if self._database.log is not None:
            self._wrong.setdefault(
                plan_id, f"Not everything is in {self._database.log.name!r} yet. It follows later."
            )

    async def catch_up(self, who: Who, *, anew: bool = False) -> None:
        """What an earlier process, or a host that was away, left to be done; looked for once, and `anew` where one died.
        Never raises."""
        if self._database.log is None or (self._is_caught_up and not anew and not self._wrong):
            return
        waiting = list(self._wrong) if self._is_caught_up and not anew else await self._left()
        self._is_caught_up = True
        for plan_id in waiting:
            await self.mirror(plan_id, who)

    async def mirror(self, plan_id: str, who: Who) -> None:
        """Every outcome of the plan that is not in the log as it is now. Never raises but when it is cancelled."""
        log = self._database.log
        if log is None:
            return
        if plan_id in self._busy:  # with what was known when that began
            self.leave(plan_id)
            return
        self._busy.add(plan_id)
        try:
            await self._mirrored(log, plan_id, who)
        except FilemakerMcpError as error:
            self._wrong[plan_id] = f"Not everything is in {log.name!r} yet: {error.what}. It follows later."
        finally:
            self._busy.discard(plan_id)

    async def _mirrored(self, log: LogLayout, plan_id: str, who: Who) -> None:
        progress = await self._shelf.open_progress(plan_id)
        known = await self._known(plan_id)
        todo = await unhurried(progress.plan.records, _to_tell, progress, known)
        if not todo:
            self._wrong.pop(plan_id, None)
            return
        is_first = await self._begun(progress, who)
        if is_first is None:
            return
        names = [f"{plan_id}/{name}" for name in todo]
        there = {} if is_first else await log.there(names)
        done: dict[str, str] = {}
        errors: list[FilemakerMcpError] = []

        async def one(name: str, s: int, i: int) -> None:
            outcome, entry = progress.outcomes[s][i], f"{plan_id}/{name}"
            values = self._values(progress, entry, s, i, outcome)
            if errors:
                return
            try:
                if entry not in there:
                    await log.add(values)
                elif there[entry].fields.get(OUTCOME) != values[OUTCOME]:
                    await log.correct(there[entry], values)
            except FilemakerMcpError as error:
                errors.append(error)
            else:
                done[name] = outcome.state.value

        try:
            await in_parallel(
                (partial(one, name, s, i) for name, (s, i) in todo.items()), self._database.pool_size
            )
        finally:
            await self._ended(progress, who, {**known, **done})
        if errors:
            raise errors[0]
        self._wrong.pop(plan_id, None)

    def _values(self, progress: Progress, entry: str, s: int, i: int, outcome: Outcome) -> dict[str, str]:
        """No contents of fields: who may see them is decided elsewhere."""
        plan, step = progress.plan, progress.plan.steps[s]
        item = step.items[i]
        return {
            "Entry": entry,
            "Plan": plan.id,
            "Person": plan.who.caller.id,
            "Layout": step.layout,
            "Record": outcome.record_id or item.record_id or "",
            "Action": f"{step.kind.value} {step.script}".strip(),
            "Fields": ", ".join(sorted({*item.after, *item.later})),
            "Outcome": outcome.state.value,
            "Code": "" if outcome.code is None else str(outcome.code),
            "At": self._database.calendar.now().isoformat(timespec="seconds"),
        }

    async def _known(self, plan_id: str) -> Mapping[str, str]:
        """Step and item -> the outcome that the log has of it."""
        facts = await self._journal.facts(plan_id, ENDED)
        return facts[-1].get("states", {}) if facts else {}

    async def _begun(self, progress: Progress, who: Who) -> bool | None:
        """Whether nobody has begun before; None where another live process is at it."""
        plan = progress.plan
        async with self._state.writing(plan.database) as transaction:
            row = await transaction.row(
                f"SELECT event, runner FROM journal WHERE plan = ? AND event IN ('{BEGUN}', '{ENDED}') ORDER BY number DESC LIMIT 1",
                plan.id,
            )
            runner = "" if row is None or row["event"] != BEGUN else str(row["runner"])
            if runner not in ("", self._state.runner) and await self._state.is_alive(runner):
                return None
            await self._journal.append(
                transaction, database=plan.database, who=who, plan=plan.id, event=BEGUN, facts={}
            )
        return row is None

    async def _ended(self, progress: Progress, who: Who, states: Mapping[str, str]) -> None:
        plan = progress.plan
        facts: dict[str, Any] = {"states": dict(states)}
        async with self._state.writing(plan.database) as transaction:
            await self._journal.append(
                transaction, database=plan.database, who=who, plan=plan.id, event=ENDED, facts=facts
            )

    async def _left(self) -> list[str]:
        """Plans that were to be mirrored, of which something was found out since it was."""
        rows = await self._state.rows(
            "SELECT plan, MAX(number) AS latest FROM journal AS begun WHERE database = ? AND event = 'started'"
            f" AND {fact(PROMISED)} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM journal AS made"
            f" WHERE made.plan = begun.plan AND made.event = '{ENDED}' AND made.number > (SELECT MAX(told.number)"
            " FROM journal AS told WHERE told.plan = begun.plan AND told.event IN ('outcome', 'settled')))"
            f" GROUP BY plan ORDER BY latest DESC LIMIT {MOST}",
            self._shelf.database,
        )
        return [row["plan"] for row in rows]


def _to_tell(progress: Progress, known: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """By its name each outcome, as (step, item), that the layout does not hold as it is."""
    return {
        name: (s, i)
        for s, outcomes in enumerate(progress.outcomes)
        for i, outcome in enumerate(outcomes)
        if outcome.state in TOLD and progress.plan.steps[s].kind is not StepKind.EXPORT
        if known.get(name := f"{s + 1}/{i + 1}") != outcome.state
    }
