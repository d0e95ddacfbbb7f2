"""The items of one step sent in waves as far as they may go together, for whoever goes on with the others by themselves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from ...errors import FilemakerMcpError
from ..plans.outcome import ItemState, Outcome
from .apply_context import Means
from .item_runner import ItemRunner
from .wave import AT_ONCE, next_wave
from .wave_check import WaveCheck
from .wave_stream import UNSETTLED, WaveStream

Noted = Callable[[Sequence[int]], Awaitable[bool]]
"""Told the numbers of items whose outcome is known from now on; whether more is to be sent."""


class WaveCourse:
    """Of step `s`. What a wave does not take is `alone`: something is the matter with it, or with the host."""

    def __init__(self, means: Means, runner: ItemRunner, s: int, *, at_once: int, unsettled: int) -> None:
        """`unsettled`: how many items may be sent at most of which nobody knows yet whether they did what they should."""
        self._means = means
        self._runner = runner
        self._check = WaveCheck(means, runner)
        self._s = s
        self._step = runner.plan.steps[s]
        self._at_once = at_once
        self._most = min(AT_ONCE, unsettled // UNSETTLED)
        self._passed = {i for i in range(len(self._step.items)) if _is_single(runner.outcome(s, i))}
        self._start = 0
        self.alone: list[int] = []
        """Items that go by themselves before the others go on."""

    def pass_by(self, i: int) -> None:
        """That one is not for a wave any more."""
        self._passed.add(i)

    async def run(self, ends: Callable[[FilemakerMcpError | None], bool], noted: Noted) -> bool:
        """Whether anything was sent or has to go by itself; False where nothing is left for waves. `ends` as for WaveStream."""
        self.alone.clear()
        wave = await self._next(())
        if self.alone:
            return True
        if len(wave) < 2:
            return False
        stream = WaveStream(self._means, self._runner, self._step, ends=ends, at_once=self._at_once)
        async with stream.flowing():
            while len(wave) > 1 and not stream.is_over:
                checked = await self._check.prepared(self._s, wave)
                self.alone = checked.alone
                if self.alone:
                    break
                await stream.send(checked)
                if not await noted(self._settled(stream)):
                    stream.is_over = True
                wave = await self._next({i for _, i in stream.under_way})
        await noted(self._settled(stream))
        return True

    async def _next(self, under_way: set[int] | tuple[()]) -> list[int]:
        while self._start in self._passed:
            self._passed.discard(self._start)
            self._start += 1
        try:
            meta = await self._means.database.layout(self._step.layout)
        except FilemakerMcpError:  # whoever goes by themselves is told why
            left = range(self._start, len(self._step.items))
            self.alone = [next(i for i in left if i not in self._passed)] if not under_way else []
            return []
        outcomes = self._runner.outcomes
        return next_wave(
            meta, self._step, self._s, self._start, outcomes, self._passed, under_way, self._most
        )

    def _settled(self, stream: WaveStream) -> list[int]:
        """Those whose outcome is known since this was asked last."""
        known: list[int] = []
        for _, i in sorted(stream.settled()):
            outcome = self._runner.outcome(self._s, i)
            if _is_single(outcome):
                self.pass_by(i)
            if outcome.state is not ItemState.OPEN:
                self._runner.outcomes.pass_by(self._s, i, outcome)
                known.append(i)
        return known


def _is_single(outcome: Outcome) -> bool:
    """Not for a wave: it is known, or was sent before and may have arrived since."""
    return outcome.state is not ItemState.OPEN or outcome.looked
