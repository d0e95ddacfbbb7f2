"""A plan carried out from its first item to its last, in the order of its steps.

Within a step, items for which it does not matter which comes first go several at once. Where the first refusal ends the
run, the first few go one after another; later on nothing more is sent once a refusal is known.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

from ...errors import FilemakerMcpError
from ...text.sentence import marked, say, say_count
from ..plans.outcome import ItemState, Outcome
from ..plans.step import Step, StepKind
from .apply_context import Means
from .attempt import is_waiting
from .item_runner import ItemRunner
from .wave import AT_ONCE, FIRST, next_wave
from .wave_check import WaveCheck
from .wave_stream import WaveStream

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 4.0
"""Seconds between two tries of records that somebody has open."""

DOING = {
    StepKind.CREATE: marked("create %(done)s of %(total)s"),
    StepKind.DUPLICATE: marked("duplicate %(done)s of %(total)s"),
    StepKind.EDIT: marked("edit %(done)s of %(total)s"),
    StepKind.UPLOAD: marked("upload %(done)s of %(total)s"),
    StepKind.DELETE: marked("delete %(done)s of %(total)s"),
    StepKind.RUN: marked("run %(done)s of %(total)s"),
}
Report = Callable[[int, int, str], Awaitable[None]]


class PlanRun:
    def __init__(self, means: Means, runner: ItemRunner, *, stop_at_refusal: bool, report: Report) -> None:
        self._means = means
        self._runner = runner
        self._check = WaveCheck(means, runner)
        self._stop_at_refusal = stop_at_refusal
        self._report = report
        self._number = 0
        self._alone = 0
        """Items that went one after another so far."""
        self._is_over = False
        self._waiting: list[int] = []
        """Items of the step whose record somebody has open."""
        runner.attempt.waits = means.patience > 0

    async def run(self) -> None:
        """Every item that was never attempted. Ends early at a refusal if asked to, then also at an outcome that is not known
        from before; and whenever the host stays away."""
        for s, step in enumerate(self._runner.plan.steps):
            await self._step(s, step)
            if self._is_over:
                return

    async def _step(self, s: int, step: Step) -> None:
        outcomes, start, passed = self._runner.outcomes, 0, set[int]()
        while start < len(step.items) and not self._is_over:
            outcome = outcomes.of(s, start)
            if start in passed:
                passed.discard(start)
                start += 1
            elif outcome.state is not ItemState.OPEN:
                self._pass(s, start, outcome, passed, is_new=False)
            elif len(wave := await self._wave(s, step, start, passed)) > 1:
                start = await self._together(s, step, start, wave, passed)
            else:
                await self._one(s, start, passed)
        await self._wait(s, passed)

    async def _wait(self, s: int, passed: set[int]) -> None:
        """The rest of the step is done: what somebody has open is tried again for the time that the owner states, and once more
        at its end. Left as it is where the run has ended, or the call is cancelled."""
        waited, pause = 0.0, FIRST_PAUSE
        while self._waiting and not self._is_over:
            pause = min(pause * 1.5, LONGEST_PAUSE, self._means.patience - waited)
            if pause <= 0:
                self._runner.attempt.waits = False  # the last try tells what FileMaker says
            else:
                await self._tell_waiting(self._means.patience - waited)
                await self._means.sleep(pause)
                waited += pause
            for i in tuple(self._waiting):
                if not self._is_over:
                    self._waiting.remove(i)
                    await self._one(s, i, passed)
        self._runner.attempt.waits = self._means.patience > 0
        self._waiting.clear()

    async def _tell_waiting(self, left: float) -> None:
        names = len(self._waiting)
        what = say_count(
            "waiting for release: %(count)s record, for %(seconds)s more seconds",
            "waiting for release: %(count)s records, for %(seconds)s more seconds",
            names,
            seconds=round(left),
        )
        await self._report(self._number, self._runner.plan.records, what)

    async def _wave(
        self, s: int, step: Step, start: int, passed: set[int], under_way: Collection[int] = ()
    ) -> list[int]:
        if self._stop_at_refusal and self._alone < FIRST:
            return []
        try:
            meta = await self._means.database.layout(step.layout)
        except FilemakerMcpError:  # whoever goes alone is told why
            return []
        return next_wave(meta, step, s, start, self._runner.outcomes, passed, under_way, AT_ONCE)

    async def _one(self, s: int, i: int, passed: set[int]) -> None:
        outcome = await self._runner.one(s, i)
        self._alone += 1
        if is_waiting(outcome) and self._runner.attempt.waits:
            passed.add(i)
            self._waiting.append(i)
            return
        self._pass(s, i, outcome, passed, is_new=True)
        if not self._is_over:
            await self._tell(s)

    async def _together(self, s: int, step: Step, start: int, wave: list[int], passed: set[int]) -> int:
        """Wave after wave, as long as the next items may go together. Where the step goes on."""
        stream = WaveStream(self._means, self._runner, step, ends=self._ends)
        alone: list[int] = []
        async with stream.flowing():
            while wave and not stream.is_over:
                checked = await self._check.prepared(s, wave)
                alone = checked.alone
                if alone:
                    break
                await stream.send(checked)
                self._note(s, stream, passed)
                if self._is_over or stream.is_over:
                    break
                await self._tell(s)
                while start in passed:
                    passed.discard(start)
                    start += 1
                wave = await self._wave(s, step, start, passed, {i for _, i in stream.under_way})
        self._note(s, stream, passed)
        for i in alone:
            if not self._is_over:
                await self._one(s, i, passed)
        if not self._is_over:
            await self._tell(s)
        return start

    def _ends(self, error: FilemakerMcpError | None) -> bool:
        return error is not None and self._stop_at_refusal and self._runner.attempt.is_end(error)

    def _note(self, s: int, stream: WaveStream, passed: set[int]) -> None:
        for _, i in sorted(stream.settled()):
            outcome = self._runner.outcomes.of(s, i)
            if is_waiting(outcome):
                passed.add(i)
                self._waiting.append(i)
            elif outcome.state is not ItemState.OPEN:
                self._pass(s, i, outcome, passed, is_new=True)
        self._is_over = self._is_over or self._runner.stopped_by is not None

    async def _tell(self, s: int) -> None:
        plan = self._runner.plan
        what = say(DOING[plan.steps[s].kind], done=self._number, total=plan.records)
        await self._report(self._number, plan.records, what)

    def _pass(self, s: int, i: int, outcome: Outcome, passed: set[int], *, is_new: bool) -> None:
        """The run goes on beyond an item, or ends with it."""
        passed.add(i)
        self._number += 1
        self._runner.outcomes.pass_by(s, i, outcome)
        ends = {ItemState.REFUSED} if self._stop_at_refusal and is_new else set[ItemState]()
        if is_new or self._stop_at_refusal:
            ends.add(ItemState.UNKNOWN)
        if self._runner.stopped_by is not None or outcome.state in ends:
            self._is_over = True
