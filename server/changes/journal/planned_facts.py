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
        self._known: dict[str, tuple[list[dict[str, Any]], bool]] = {}

    async def of(self, plan_id: str, reader: StateReader | None = None) -> list[dict[str, Any]]:
        """Of one plan, the first first."""
        return (await self._told(plan_id, reader))[0]

    async def are_as_written(self, plan_id: str) -> bool:
        """Whether they are there, and no other program wrote into them."""
        return (await self._told(plan_id))[1]

    async def _told(
        self, plan_id: str, reader: StateReader | None = None
    ) -> tuple[list[dict[str, Any]], bool]:
        if plan_id in self._known:
            return self._known[plan_id]
        told = await self._journal.told(plan_id, "planned", reader)
        if told[0]:
            self._keep(plan_id, told)
        return told

    def keep(self, plan_id: str, facts: list[dict[str, Any]]) -> None:
        """As they were written down just now."""
        self._keep(plan_id, (facts, True))

    def _keep(self, plan_id: str, told: tuple[list[dict[str, Any]], bool]) -> None:
        if len(self._known) >= KNOWN:
            self._known.clear()
        self._known[plan_id] = told

    async def outsiders_of(self, plan: Plan) -> frozenset[str]:
        """The fields of outsiders that had been read when it was planned, by this process or by one before it."""
        planned = await self.of(plan.id)
        return frozenset(name for facts in planned for name in facts.get("outsiders", ()))
