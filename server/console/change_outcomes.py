"""What became of the records of a change, as the state file keeps it: of all of them in a word, of a page's whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ..changes.contents.plan_rows import ITEMS, PlanRows
from ..changes.plans.outcome import ItemState, Outcome
from ..changes.plans.stored_plans import Filed


class ChangeOutcomes:
    def __init__(self, files: Filed) -> None:
        self._files = files
        self._rows = PlanRows("", files.seal.contents)

    async def states(self, change_id: str) -> Sequence[tuple[tuple[int, int], ItemState]]:
        """Step and number of each record in its order, and what it came to."""
        rows = await self._files.state.rows(
            "SELECT step, number, state FROM item WHERE plan = ? ORDER BY step, number", change_id
        )
        return [((row["step"], row["number"]), ItemState(row["state"])) for row in rows]

    async def some(self, change_id: str, places: Sequence[tuple[int, int]]) -> Sequence[Outcome]:
        """All that became of some of its records, in the order of the change."""
        found: list[Outcome] = []
        for step in sorted({step for step, _ in places}):
            numbers = [number for each, number in places if each == step]
            marks = ", ".join("?" * len(numbers))
            rows = await self._files.state.rows(
                f"{ITEMS} WHERE plan = ? AND step = ? AND number IN ({marks}) ORDER BY number",
                change_id, step, *numbers,
            )  # fmt: skip
            found += map(self._rows.outcome, rows)
        return found

    async def every(self, change_id: str) -> Sequence[Callable[[], Outcome]]:
        """Of each record in its order, each unsealed when it is asked for."""
        rows = await self._files.state.rows(f"{ITEMS} WHERE plan = ? ORDER BY step, number", change_id)
        return [partial(self._rows.outcome, row) for row in rows]
