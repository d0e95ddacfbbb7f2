"""Items that are on their way together: claimed in one transaction, sent over every session, read back with one find,
their outcomes written down in one transaction.

What holds for one item holds for each: its entry in the journal is durable before its request goes out, it is sent once,
and what became of it is told by looking. When something goes wrong nothing more is sent, and what was not sent is open
again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from functools import partial

import anyio

from ...dataapi.models import LayoutMeta, Record, WrittenRecord
from ...errors import FilemakerMcpError, Forbidden
from ...query.found_sets.parallel_reads import in_parallel
from ..plans.plan import Item, Outcome, Step, StepKind
from .apply_context import Means
from .attempt import is_refusal, unread
from .claim import Claim
from .item_request import before_delete, read_back, read_portals
from .item_runner import ItemRunner
from .record_check import why_another
from .record_lookup import records_now

Place = tuple[int, int]
Answer = WrittenRecord | FilemakerMcpError


class WaveRunner:
    """The items of one plan of which several may be on their way at once."""

    def __init__(self, means: Means, runner: ItemRunner) -> None:
        self._means = means
        self._runner = runner
        self._is_cancelled = False

    async def prepared(self, s: int, numbers: list[int]) -> tuple[dict[Place, Item], list[int]]:
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
            return {}, numbers[:1]
        return {place: item for place, item in items.items() if place not in strange}, sorted(
            [*alone, *(i for _, i in strange)]
        )

    async def run(self, step: Step, items: Mapping[Place, Item], *, stop_at_refusal: bool) -> None:
        """To its end also when the call is cancelled, but that nothing more is sent then."""
        ended = anyio.Event()
        errors: list[Exception] = []

        async def whole() -> None:
            try:
                with anyio.CancelScope(shield=True):
                    await self._carried_out(step, items, stop_at_refusal=stop_at_refusal)
            except Exception as error:  # noqa: BLE001 -- raised again below: a task group would wrap it
                errors.append(error)
            finally:
                ended.set()

        async with anyio.create_task_group() as group:
            group.start_soon(whole)
            try:
                await ended.wait()
            except anyio.get_cancelled_exc_class():
                self._is_cancelled = True
                raise
        if errors:
            raise errors[0]

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

    async def _carried_out(self, step: Step, items: Mapping[Place, Item], *, stop_at_refusal: bool) -> None:
        if self._is_cancelled:
            return
        runner = self._runner
        at = time.monotonic()
        try:
            async with self._means.state.writing(runner.plan.database) as transaction:
                ours = await runner.books.claim_all(transaction, step, items)
        except Forbidden as altered:
            runner.stopped_by = altered
            return
        claimed = {place: item for place, item in items.items() if place in ours}
        answers = await self._sent(step, claimed, at, stop_at_refusal=stop_at_refusal)
        refused: dict[Place, FilemakerMcpError] = {}
        lost: dict[Place, FilemakerMcpError] = {}
        written: dict[Place, WrittenRecord] = {}
        for place, answer in answers.items():
            if isinstance(answer, WrittenRecord):
                written[place] = answer
            else:
                (refused if is_refusal(answer) else lost)[place] = answer
        outcomes = await self._read_back(step, claimed, written)
        for place, error in refused.items():
            outcomes[place] = await self._failed(step, place, claimed[place], error)
        await runner.settle_all(outcomes, f"{len(outcomes)} records")
        unsent = {place: item for place, item in claimed.items() if place not in answers}
        if unsent:
            await runner.books.release(unsent)
        for place, error in lost.items():
            outcome = await self._failed(step, place, claimed[place], error)
            await runner.settle(claimed[place], place, outcome)
        for place, item in items.items():
            if place not in ours:
                runner.outcomes.put(*place, await runner.not_ours(*place, item))

    async def _sent(
        self, step: Step, items: Mapping[Place, Item], at: float, *, stop_at_refusal: bool
    ) -> dict[Place, Answer]:
        """What was answered to each that was sent. They were claimed at `at`."""
        plan = self._runner.plan.id
        answers: dict[Place, Answer] = {}
        queue: Iterator[tuple[Place, Item]] = iter(items.items())
        is_over = False

        async def worker() -> None:
            nonlocal is_over
            for place, item in queue:
                try:
                    with Claim(self._runner.books.claims, (plan, *place), at).sending():
                        answers[place] = await self._runner.attempt.requested(step, item, block)
                except FilemakerMcpError as error:
                    answers[place] = error
                    is_over = is_over or stop_at_refusal or not is_refusal(error)
                if is_over or self._is_cancelled:
                    return

        async with self._means.database.writes_ahead(len(items)) as block, anyio.create_task_group() as group:
            for _ in range(self._means.database.pool_size):
                group.start_soon(worker)
        return answers

    async def _read_back(
        self, step: Step, items: Mapping[Place, Item], written: Mapping[Place, WrittenRecord]
    ) -> dict[Place, Outcome]:
        try:
            meta = await self._means.database.layout(step.layout)
            records = await self._records(meta, step, items, written)
        except FilemakerMcpError as error:
            return {place: unread(items[place], answer, error) for place, answer in written.items()}
        return {
            place: await self._runner.attempt.judged(
                meta, step, items[place], answer, records.get(answer.record_id)
            )
            for place, answer in written.items()
        }

    async def _records(
        self,
        meta: LayoutMeta,
        step: Step,
        items: Mapping[Place, Item],
        written: Mapping[Place, WrittenRecord],
    ) -> dict[str, Record]:
        """By id. A record that was deleted is asked for by its id: that a find does not bring it tells less."""
        if step.kind is not StepKind.DELETE:
            portals = read_portals(meta, step, list(items.values()))
            pairs = [(answer.record_id, items[place]) for place, answer in written.items()]
            return await records_now(self._means, step, pairs, portals)
        there: dict[str, Record] = {}

        async def look(place: Place) -> None:
            record = await read_back(self._means.database, step, items[place].target, items[place])
            if record is not None:
                there[record.record_id] = record

        await in_parallel((partial(look, place) for place in written), self._means.database.pool_size)
        return there

    async def _failed(self, step: Step, place: Place, item: Item, error: FilemakerMcpError) -> Outcome:
        return await self._runner.attempt.failed((self._runner.plan.id, *place), step, item, error)
