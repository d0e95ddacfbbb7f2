"""What was written down when a plan was made. It stays as it is, so that what was read of the latest plans is remembered."""

from __future__ import annotations

from typing import Any

from ...local.state.state import StateReader
from ..plans.plan import Plan
from .journal import Journal

KNOWN = 200
"""Plans of which is remembered what was written down when they were planned."""


class PlannedFacts:
    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._known: dict[str, list[dict[str, Any]]] = {}

    async def of(self, plan_id: str, reader: StateReader | None = None) -> list[dict[str, Any]]:
        """Of one plan, the first first."""
        if plan_id in self._known:
            return self._known[plan_id]
        facts = await self._journal.facts(plan_id, "planned", reader)
        if facts:
            self.keep(plan_id, facts)
        return facts

    def keep(self, plan_id: str, facts: list[dict[str, Any]]) -> None:
        if len(self._known) >= KNOWN:
            self._known.clear()
        self._known[plan_id] = facts

    async def outsiders_of(self, plan: Plan) -> frozenset[str]:
        """The fields of outsiders that had been read when it was planned, by this process or by one before it."""
        planned = await self.of(plan.id)
        return frozenset(name for facts in planned for name in facts.get("outsiders", ()))
