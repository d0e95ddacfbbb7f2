"""In which state plans are, and which process carries them out: `open`, `applying`, `applied`, `undone`."""

from __future__ import annotations

from ...local.state.state import State, Transaction
from ..journal.other_writes import TAKING
from .plan import Plan
from .progress import Progress


class PlanStates:
    def __init__(self, state: State, database: str) -> None:
        self._state = state
        self._database = database

    def set_state(self, transaction: Transaction, plan: str, state: str, runner: str) -> None:
        transaction.put("UPDATE plan SET state = ?, runner = ? WHERE id = ?", state, runner, plan)

    def let_go(self, transaction: Transaction, plan: str, state: str) -> None:
        """This process carries it out no more. Nothing where another took it over meanwhile."""
        transaction.put(
            "UPDATE plan SET state = ?, runner = '' WHERE id = ? AND state = 'applying' AND runner = ?",
            state, plan, self._state.runner,
        )  # fmt: skip

    def leave(self, transaction: Transaction, seen: Progress, state: str) -> None:
        """The plan is not being executed any more. Does nothing when another process began to execute it since it was seen."""
        transaction.put(
            "UPDATE plan SET state = ?, runner = '' WHERE id = ? AND state = ? AND runner = ?",
            state, seen.plan.id, seen.state, seen.runner,
        )  # fmt: skip
        self.mark_undone(transaction, seen.plan)

    def mark_undone(self, transaction: Transaction, taking: Plan) -> None:
        """The change that a plan takes back, once all of that is done and nothing else of the change stands. What scripts did
        cannot be taken back, so it does not count."""
        transaction.put(
            "UPDATE plan SET state = 'undone', runner = '' WHERE id = ?"
            " AND NOT EXISTS (SELECT 1 FROM item WHERE plan = ? AND state <> 'done')"
            " AND NOT EXISTS (SELECT 1 FROM item AS was JOIN step ON step.plan = was.plan AND step.number = was.step"
            " WHERE was.plan = plan.id AND was.state IN ('done', 'sent', 'unknown')"
            " AND step.kind NOT IN ('run', 'export')"
            f" AND NOT EXISTS (SELECT 1 {TAKING} AND taking.undoes = was.plan AND other.state = 'done'"
            " AND other.takes_back = '[' || was.step || ',' || was.number || ']'))",
            taking.undoes, taking.id,
        )  # fmt: skip

    async def unfinished(self) -> list[tuple[str, str]]:
        """Plans that some process began to carry out and has not put down, and those with an item on its way; each with that
        process."""
        rows = await self._state.rows(
            # CROSS: what is on its way is looked at first, and not every plan
            "SELECT plan.id, plan.runner FROM item CROSS JOIN plan"
            " WHERE plan.id = item.plan AND plan.database = ? AND item.state = 'sent'"
            " UNION SELECT id, runner FROM plan WHERE database = ? AND state = 'applying'",
            self._database, self._database,
        )  # fmt: skip
        return [(row["id"], row["runner"]) for row in rows]

    async def is_in_hand(self, plan_id: str, runner: str, transaction: Transaction) -> bool:
        """Whether that process is the one that began to carry it out last, and has not put it down."""
        row = await transaction.row("SELECT state, runner FROM plan WHERE id = ?", plan_id)
        return row is not None and (row["state"], row["runner"]) == ("applying", runner)
