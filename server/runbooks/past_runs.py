"""What earlier runs of a runbook left behind, as the state file has it: one that goes on, one under way, outcomes nobody knows."""

from __future__ import annotations

from ..caller import Caller
from ..changes.plans.plan import Plan
from ..local.state.state import State

_RUNS = (
    "SELECT DISTINCT plan.id, plan.made, plan.state, plan.runner FROM plan JOIN step ON step.plan = plan.id"
    " WHERE plan.database = ? AND step.runbook = ?"
)
_BEGUN = " AND EXISTS (SELECT 1 FROM item WHERE item.plan = plan.id AND item.state <> 'open')"


class PastRuns:
    """The runs of one database's runbooks; each is a plan."""

    def __init__(self, state: State, database: str) -> None:
        self._state = state
        self._database = database

    async def latest_begun(self, runbook: str, caller: Caller) -> str | None:
        """The caller's latest run of which something was attempted."""
        row = await self._state.row(
            f"{_RUNS}{_BEGUN} AND plan.caller = ? AND plan.account = ? ORDER BY plan.made DESC LIMIT 1",
            self._database, runbook, caller.id, caller.account,
        )  # fmt: skip
        return None if row is None else row["id"]

    async def with_unknown(self, runbook: str, caller: Caller) -> list[str]:
        """The caller's runs with records of which nobody knows whether they were done."""
        rows = await self._state.rows(
            f"{_RUNS} AND plan.caller = ? AND plan.account = ? AND EXISTS"
            " (SELECT 1 FROM item WHERE item.plan = plan.id AND item.state = 'unknown')",
            self._database, runbook, caller.id, caller.account,
        )  # fmt: skip
        return [row["id"] for row in rows]

    async def under_way(self, plan: Plan, runbook: str) -> str | None:
        """Another run of the same runbook that a living process carries out."""
        rows = await self._state.rows(
            f"{_RUNS} AND plan.state = 'applying' AND plan.id <> ?", self._database, runbook, plan.id
        )
        for row in rows:
            if await self._state.is_alive(row["runner"]):
                return row["id"]
        return None

    async def begun_since(self, plan: Plan, runbook: str) -> str | None:
        """Another run that attempted something after this plan was made, when nothing of this one was attempted yet."""
        row = await self._state.row(
            f"{_RUNS} AND plan.id <> ? AND EXISTS (SELECT 1 FROM journal WHERE journal.plan = plan.id"
            " AND journal.event = 'attempt' AND journal.at >= ?) AND NOT EXISTS"
            " (SELECT 1 FROM item WHERE item.plan = ? AND item.state <> 'open')",
            self._database, runbook, plan.id, plan.made, plan.id,
        )  # fmt: skip
        return None if row is None else row["id"]
