"""Items of a step that are on their way together, without a pause between one wave and the next.

A wave is claimed in one transaction, sent over every session, read back with one find, and settled in one transaction.
While it is read back, the next one is on its way: two waves at most are claimed and not settled. What holds for one item
holds for each: its entry in the journal is durable before its request goes out, it is sent once, and what became of it is
told by looking. When something goes wrong nothing more is sent, and what was not sent is open again.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager

import anyio

from ...errors import FilemakerMcpError, Forbidden
from ..outcomes.request_refusals import is_refusal
from ..plans.step import Step, StepKind
from .apply_context import Means
from .claim import SEND_WITHIN, Claim
from .item_request import before_delete
from .item_runner import ItemRunner
from .wave_check import Checked, Place
from .wave_end import Wave, WaveEnd

UNSETTLED = 2
"""Waves that are claimed and not settled at most: so many are looked for after a crash."""
AHEAD = 2
"""Requests a session that wait when the next wave is claimed, so that none stands still meanwhile."""


class WaveStream:
    def __init__(
        self,
        means: Means,
        runner: ItemRunner,
        step: Step,
        *,
        ends: Callable[[FilemakerMcpError | None], bool],
        at_once: int | None = None,
    ) -> None:
        """`ends` is told what each was answered (None: FileMaker confirmed it), and says whether nothing more is to be sent.
        `at_once`: requests under way at most, where there are to be fewer than sessions."""
        self._means = means
        self._runner = runner
        self._step = step
        self._ends = ends
        self._at_once = min(at_once or means.database.pool_size, means.database.pool_size)
        self._end = WaveEnd(means, runner)
        self._queue = deque[tuple[Wave, Place]]()
        self._answered = deque[Wave]()
        self._waves: list[Wave] = []
        """Those that are not settled."""
        self._settled: list[Place] = []
        self._changed = anyio.Event()
        self._is_closed = False
        self._errors: list[Exception] = []
        self.is_over = False
        """Nothing more is sent: something is wrong, or the call was cancelled."""

    @property
    def under_way(self) -> Collection[Place]:
        """What is claimed and not settled."""
        return [place for wave in self._waves for place in wave.items]

    def settled(self) -> list[Place]:
        """Those whose outcome was written down, or that are open again, since this was asked last."""
        settled, self._settled = self._settled, []
        return settled

    @asynccontextmanager
    async def flowing(self) -> AsyncGenerator[None]:
        """While the block runs, waves can be sent; at its end all that was sent is settled, also when the call is cancelled.
        Raises what kept that from being written down."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._whole)
            try:
                yield
            except Exception as error:  # noqa: BLE001 -- raised again below: a task group would wrap it
                self.is_over = True
                self._errors.append(error)
            except anyio.get_cancelled_exc_class():
                self.is_over = True
                raise
            finally:
                self._is_closed = True
                self._announce()
        if self._errors:
            raise self._errors[0]

    async def send(self, checked: Checked) -> None:
        """Claims the items and hands them over. Comes back when the next wave is wanted, or nothing more is to be sent."""
        with anyio.CancelScope(shield=True):
            await self._claim(checked)
        while not self.is_over and (len(self._waves) >= UNSETTLED or self._is_busy):
            await self._changed.wait()

    @property
    def _is_busy(self) -> bool:
        """What a delete looked at before it is to be what is there: the next ones are looked at when these were answered."""
        if self._step.kind is StepKind.DELETE:
            return any(wave.left for wave in self._waves)
        return len(self._queue) > AHEAD * self._at_once

    async def _claim(self, checked: Checked) -> None:
        runner, items, at = self._runner, checked.items, time.monotonic()
        try:
            ours = await runner.books.claim_all(self._step, items)
        except Forbidden as altered:
            runner.stopped_by = altered
            self.is_over = True
            return
        claimed = {place: item for place, item in items.items() if place in ours}
        if claimed:
            counted = AsyncExitStack()
            block = await counted.enter_async_context(self._means.database.writes_ahead(len(claimed)))
            wave = Wave(claimed, at, block, counted, checked.looked, checked.at)
            self._waves.append(wave)
            self._queue.extend((wave, place) for place in claimed)
            self._announce()
        for place, item in items.items():
            if place not in ours:
                runner.outcomes.put(*place, await runner.not_ours(*place, item))
                self._settled.append(place)

    async def _work(self) -> None:
        """One session's share."""
        while True:
            if not self._queue:
                if self._is_closed:
                    return
                await self._changed.wait()
                continue
            wave, place = self._queue.popleft()
            if not self.is_over:
                await self._sent(wave, place)
            wave.left -= 1
            if wave.left == 0:
                self._answered.append(wave)
            self._announce()
            await (
                anyio.lowlevel.checkpoint()
            )  # who waits for a session to read back is not to wait for the last wave

    async def _sent(self, wave: Wave, place: Place) -> None:
        try:
            is_delete = self._step.kind is StepKind.DELETE
            if is_delete and time.monotonic() - wave.looked_at > SEND_WITHIN:
                await before_delete(self._means.database, self._step, wave.items[place])
            books = self._runner.books
            claim = Claim(books.claims, (self._runner.plan.id, *place), wave.at, books.check_standing)
            with claim.sending():
                wave.answers[place] = await self._runner.attempt.requested(
                    self._step, wave.items[place], wave.block
                )
        except FilemakerMcpError as error:
            wave.answers[place] = error
            self.is_over = self._ends(error) or self.is_over or not is_refusal(error)
        else:
            self.is_over = self._ends(None) or self.is_over

    async def _settle(self) -> None:
        """One wave after the other."""
        while self._waves or not self._is_closed:
            if not self._answered:
                await self._changed.wait()
                continue
            wave = self._answered.popleft()
            try:
                await self._end.settle(self._step, wave)
                self._settled += wave.items
            except Exception as error:  # noqa: BLE001 -- raised at the end of `flowing`
                self.is_over = True
                self._errors.append(error)
            self._waves.remove(wave)
            self._announce()

    async def _whole(self) -> None:
        """To its end also when the call is cancelled."""
        try:
            with anyio.CancelScope(shield=True):
                async with anyio.create_task_group() as sessions:
                    for _ in range(self._at_once):
                        sessions.start_soon(self._work)
                    sessions.start_soon(self._settle)
        finally:
            self.is_over = True
            self._announce()

    def _announce(self) -> None:
        event, self._changed = self._changed, anyio.Event()
        event.set()
