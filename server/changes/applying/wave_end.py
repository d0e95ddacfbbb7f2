"""The end of items that went out together: read back with one find, their outcomes written down in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import Record
from ...dataapi.write import WrittenRecord
from ...database.rate_limits import Block
from ...errors import FilemakerMcpError
from ..outcomes.confirmed_writes import unread
from ..outcomes.request_refusals import is_refusal
from ..plans.item import Item
from ..plans.outcome import Outcome
from ..plans.step import Step, StepKind
from .apply_context import Means
from .item_reading import read_portals
from .item_runner import ItemRunner
from .record_lookup import Lookup, records_now, still_there
from .wave_check import Place

Answer = WrittenRecord | FilemakerMcpError


@dataclass
class Wave:
    """Items that were claimed together, and what was answered to each that was sent."""

    items: Mapping[Place, Item]
    at: float
    """`time.monotonic()` from before they were claimed."""
    block: Block | None
    counted: AsyncExitStack
    """Gives back what the block holds and nobody used."""
    looked: Lookup
    looked_at: float
    """`time.monotonic()` from before that."""
    answers: dict[Place, Answer] = field(default_factory=dict[Place, Answer])
    left: int = 0
    """How many are neither answered nor passed over."""

    def __post_init__(self) -> None:
        self.left = len(self.items)


class WaveEnd:
    def __init__(self, means: Means, runner: ItemRunner) -> None:
        self._means = means
        self._runner = runner

    async def settle(self, step: Step, wave: Wave) -> None:
        """What became of each is written down and known; those that were not sent are open again."""
        runner, claimed = self._runner, wave.items
        refused: dict[Place, FilemakerMcpError] = {}
        lost: dict[Place, FilemakerMcpError] = {}
        written: dict[Place, WrittenRecord] = {}
        for place, answer in wave.answers.items():
            if isinstance(answer, WrittenRecord):
                written[place] = answer
            else:
                (refused if is_refusal(answer) else lost)[place] = answer
        outcomes = await self._read_back(step, wave, written)
        for place, error in refused.items():
            outcomes[place] = await self._failed(step, place, claimed[place], error)
        await runner.settle_all(outcomes, f"{len(outcomes)} records")
        unsent = {place: item for place, item in claimed.items() if place not in wave.answers}
        if unsent:
            await runner.books.release(unsent)
        await wave.counted.aclose()
        for place, error in lost.items():
            outcome = await self._failed(step, place, claimed[place], error)
            await runner.settle(claimed[place], place, outcome)

    async def _read_back(
        self, step: Step, wave: Wave, written: Mapping[Place, WrittenRecord]
    ) -> dict[Place, Outcome]:
        items = wave.items
        if not written:
            return {}
        try:
            meta = await self._means.database.layout(step.layout)
            records = await self._records(meta, step, wave, written)
        except FilemakerMcpError as error:
            return {place: unread(items[place], answer, error) for place, answer in written.items()}
        return {
            place: await self._runner.attempt.judged(
                meta, step, items[place], answer, records.get(answer.record_id)
            )
            for place, answer in written.items()
        }

    async def _records(
        self, meta: LayoutMeta, step: Step, wave: Wave, written: Mapping[Place, WrittenRecord]
    ) -> dict[str, Record]:
        """By id."""
        items = wave.items
        pairs = [(answer.record_id, items[place]) for place, answer in written.items()]
        if step.kind is StepKind.DELETE:
            return await still_there(self._means, step, pairs, wave.looked)
        portals = read_portals(meta, step, list(items.values()))
        return (await records_now(self._means, step, pairs, portals)).records

    async def _failed(self, step: Step, place: Place, item: Item, error: FilemakerMcpError) -> Outcome:
        return await self._runner.attempt.failed((self._runner.plan.id, *place), step, item, error)
