"""What is looked at before items go out together: whether their records still are those that were planned."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...errors import FilemakerMcpError
from ...host_errors import RecordChanged
from ..plans.item import Item
from ..plans.step import Step, StepKind
from .apply_context import Means
from .item_reading import every_row
from .item_request import check_delete
from .item_runner import ItemRunner
from .record_check import why_another
from .record_lookup import Lookup, records_now

Place = tuple[int, int]
"""(step, item)."""


@dataclass(frozen=True, slots=True)
class Checked:
    items: Mapping[Place, Item]
    """As they go out together."""
    alone: list[int]
    """The numbers of those that go alone, since something is the matter with them."""
    at: float
    """`time.monotonic()` from before they were looked at."""
    looked: Lookup = field(default_factory=Lookup)
    """What was there, where they were looked at."""


class WaveCheck:
    def __init__(self, means: Means, runner: ItemRunner) -> None:
        self._means = means
        self._runner = runner

    async def prepared(self, s: int, numbers: Sequence[int]) -> Checked:
        """Nothing is sent."""
        step, at = self._runner.plan.steps[s], time.monotonic()
        items: dict[Place, Item] = {}
        alone: list[int] = []
        for i in numbers:
            try:
                items[s, i] = self._runner.outcomes.resolved(s, i)
            except FilemakerMcpError:
                alone.append(i)
        try:
            looked, strange = await self._looked(step, items)
        except (
            FilemakerMcpError
        ):  # the host cannot be asked just now: the first one finds out what that means
            return Checked({}, [*numbers[:1]], at)
        alone = sorted([*alone, *(i for _, i in strange)])
        return Checked(
            {place: item for place, item in items.items() if place not in strange}, alone, at, looked
        )

    async def _looked(self, step: Step, items: Mapping[Place, Item]) -> tuple[Lookup, set[Place]]:
        """What is there now; and those whose record is another one by now, or not there, or not as it has to be for a
        delete. Edits are not looked at while FileMaker's file has stayed open."""
        means, planned = self._means, self._runner.plan.steps
        is_delete, is_unchanged = step.kind is StepKind.DELETE, self._runner.is_unchanged()
        if step.kind is StepKind.CREATE or (is_unchanged and not is_delete):
            return Lookup(), set()
        numbered = {
            place: item
            for place, item in items.items()
            if item.mod_id == planned[place[0]].items[place[1]].mod_id
        }
        meta = await means.database.layout(step.layout)
        wanted = items if is_delete else numbered
        portals = every_row(meta) if is_delete else ()
        pairs = [(item.target, item) for item in wanted.values()]
        looked = await records_now(means, step, pairs, portals)
        self._runner.note_look()
        strange = set[Place]()
        for place, item in wanted.items():
            record = looked.records.get(item.target)
            if record is None:
                strange.add(place)
                continue
            if not is_unchanged and place in numbered and why_another(meta, step, item, record):
                strange.add(place)
            if is_delete:
                try:
                    check_delete(item, record)
                except RecordChanged:
                    strange.add(place)
        return looked, strange
