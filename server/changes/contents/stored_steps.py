"""The steps of a stored plan, read piece by piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...local.state.state import Row
from ..plans.codec import read_item, read_step
from ..plans.outcome import ItemState
from ..plans.plan_digest import StoredDigest
from ..plans.step import Step
from ..unhurried import Pace
from .altered_plan import check_item
from .packed_items import PackedItems
from .packed_outcomes import PackedOutcomes
from .plan_rows import PIECE, PlanRows


@dataclass(slots=True)
class StoredStep:
    text: str
    items: PackedItems = field(default_factory=PackedItems)
    outcomes: PackedOutcomes = field(default_factory=PackedOutcomes)

    @property
    def whole(self) -> Step:
        return read_step(self.text, self.items.fewest)


class StoredSteps:
    """The steps of a plan, filled with their items piece by piece, which stay packed; and the digest of all texts. `unread`: for a
    page, which goes through all items in a thread."""

    def __init__(
        self, rows: PlanRows, steps: Sequence[Row], database: str, caller: str, *, unread: bool
    ) -> None:
        self._rows = rows
        self._unread = unread
        self.steps = [StoredStep(rows.step_text(row)) for row in steps]
        self._digest = StoredDigest(database, caller)
        self._begun = 0
        self._pace = Pace()

    async def add(self, items: Sequence[Row]) -> tuple[int, int] | None:
        """The next ones. Step and number of the last, as long as there may be more."""
        is_last = len(items) < PIECE
        end = len(self.steps) if is_last else int(items[-1]["step"]) + 1
        for s in range(max(self._begun - 1, 0), end):
            if s >= self._begun:
                self._digest.step(self.steps[s].text)
            await self._fill(self.steps[s], [row for row in items if row["step"] == s])
        self._begun = end
        return None if is_last else (end - 1, int(items[-1]["number"]))

    async def _fill(self, step: StoredStep, rows: Sequence[Row]) -> None:
        texts: list[str] = []
        for number, row in enumerate(rows):
            if not number % 8:  # a coroutine for each costs as much as reading it
                await self._pace.turn()
            check_item(row)
            texts.append(self._rows.item_text(row))
            if self._unread:
                step.items.add_unread(texts[-1])
            else:
                step.items.add(read_item(texts[-1]), texts[-1])
            step.outcomes.add(ItemState(row["state"]), self._rows.outcome_text(row))
        self._digest.items(texts)

    def digest(self) -> str:
        return self._digest.end()
