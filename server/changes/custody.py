"""In whose hands plans are: one process carries a plan out at a time, and another goes on with it where that one ended."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import anyio

from ..errors import StateAway
from ..local.state.state import State

LEFT = "CASE WHEN EXISTS (SELECT 1 FROM item WHERE plan = plan.id AND state = 'open') THEN 'open' ELSE 'applied' END"


class Custody:
    def __init__(self, state: State, database: str, held: set[str]) -> None:
        """`held`: ids of the plans that this process carries out, whichever of its callers asked for them."""
        self._state = state
        self._database = database
        self._held = held

    def take(self, plan: str) -> None:
        """This process carries it out from now on."""
        self._held.add(plan)

    def put_down(self, plan: str) -> None:
        self._held.discard(plan)

    async def is_carried_out(self, plan: str, runner: str) -> bool:
        """Whether a live process is executing this plan. This one may have stopped without recording it."""
        return plan in self._held if runner == self._state.runner else await self._state.is_alive(runner)

    @asynccontextmanager
    async def taking_over(self, plan: str) -> AsyncGenerator[None]:
        """A plan that a process which ended had in hand is this one's at once, before anything is looked at. At the end it is
        nobody's, unless it was begun meanwhile."""
        row = await self._state.row("SELECT runner FROM plan WHERE id = ? AND state = 'applying'", plan)
        if row is None or await self.is_carried_out(plan, row["runner"]):
            yield
            return
        mine = self._state.runner
        async with self._state.writing(self._database) as transaction:
            transaction.put(
                "UPDATE plan SET runner = ? WHERE id = ? AND state = 'applying' AND runner = ?",
                mine, plan, row["runner"],
            )  # fmt: skip
        try:
            yield
        finally:
            with suppress(StateAway), anyio.CancelScope(shield=True):
                await self._left(plan, mine)

    async def _left(self, plan: str, mine: str) -> None:
        if plan in self._held:
            return
        async with self._state.writing(self._database) as transaction:
            transaction.put(
                f"UPDATE plan SET state = {LEFT}, runner = '' WHERE id = ? AND state = 'applying' AND runner = ?",
                plan, mine,
            )  # fmt: skip
