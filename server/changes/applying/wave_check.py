"""What is looked at before items go out together: whether their records still are those that were planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from ...errors import FilemakerMcpError
from ...query.found_sets.parallel_reads import in_parallel
from ..plans.plan import Item, Step, StepKind
from .apply_context import Means
from .item_request import before_delete
from .item_runner import ItemRunner
from .record_check import why_another
from .record_lookup import records_now

Place = tuple[int, int]
"""(step, item)."""


class WaveCheck:
    def __init__(self, means: Means, runner: ItemRunner) -> None:
        self._means = means
        self._runner = runner

    async def prepared(self, s: int, numbers: Sequence[int]) -> tuple[dict[Place, Item], list[int]]:
        """The items as they go out together; and the numbers of those that go alone, since something is the matter with
        them. Nothing is sent."""
        step = self._runner.plan.steps[s]
        items: dict[Place, Item] = {}
        alone: list[int] = []
        for i in numbers:
            try:
                items[s, i] = self._runner.outcomes.resolved(s, i)
            except FilemakerMcpError:
                alone.append(i)
        try:
            strange = await self._strange(step, items)
        except (
            FilemakerMcpError
        ):  # the host cannot be asked just now: the first one finds out what that means
            return {}, [*numbers[:1]]
        return {place: item for place, item in items.items() if place not in strange}, sorted(
            [*alone, *(i for _, i in strange)]
        )

    async def _strange(self, step: Step, items: Mapping[Place, Item]) -> set[Place]:
        """Those whose record is another one by now, or not there, or not as it has to be for a delete."""
        means, strange = self._means, set[Place]()
        if step.kind is StepKind.CREATE:
            return strange
        planned = self._runner.plan.steps
        if not self._runner.is_unchanged():
            numbered = {
                place: item
                for place, item in items.items()
                if item.mod_id == planned[place[0]].items[place[1]].mod_id
            }
            meta = await means.database.layout(step.layout)
            records = await records_now(means, step, [(item.target, item) for item in numbered.values()], ())
            self._runner.note_look()
            for place, item in numbered.items():
                record = records.get(item.target)
                if record is None or why_another(meta, step, item, record):
                    strange.add(place)

        async def look(place: Place, item: Item) -> None:
            try:
                await before_delete(means.database, step, item)
            except FilemakerMcpError:
                strange.add(place)

        if step.kind is StepKind.DELETE:
            left = [(place, item) for place, item in items.items() if place not in strange]
            await in_parallel((partial(look, *each) for each in left), means.database.pool_size)
        return strange
