"""The items of a plan carried out at a runbook's pace: several at once, patient with a host that stays away, each once.

Without a number of records a minute, edits go in waves: written down together, read back with one find. Never are more on their
way than may fail in a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence

import anyio

from ..changes.applying.apply_context import Means
from ..changes.applying.item_runner import ItemRunner
from ..changes.applying.wave_course import WaveCourse
from ..changes.plans.outcome import ItemState
from ..errors import FilemakerMcpError, Forbidden, LimitReached, Unreachable
from ..host_errors import FileClosed, HostFull
from ..jobs.job import Report
from ..text.sentence import say
from .runbook import Pace

AWAY_PAUSES = (2.0, 5.0, 15.0, 30.0, 60.0, 120.0)
"""Seconds between tries while the host does not answer or has no room; nothing was sent then."""

AWAY = (Unreachable, FileClosed, HostFull)
"""What a host says that is not there for us just now."""


class Batch:
    def __init__(
        self,
        means: Means,
        application: ItemRunner,
        pace: Pace,
        *,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        report: Report,
    ) -> None:
        self._means = means
        self._application = application
        self._pace = pace
        self._now = now
        self._sleep = sleep
        self._report = report
        self._next_turn = 0.0
        self._in_a_row = 0
        self.counts: Counter[ItemState] = Counter()
        self.stopped = ""
        """Why it ended before its end; empty when it did not."""
        self.host_away = False
        """Whether it ended because the host stayed away."""

    async def run(self) -> None:
        """Every item that was never attempted."""
        steps = self._application.plan.steps
        known = (
            self._application.outcome(s, i).state
            for s, step in enumerate(steps)
            for i in range(len(step.items))
        )
        self.counts.update(state for state in known if state is not ItemState.OPEN)
        await self._tell()
        for s in range(len(steps)) if self._pace.per_minute is None else ():
            await self._together(s)
        todo = iter(
            [
                (s, i)
                for s, step in enumerate(steps)
                for i in range(len(step.items))
                if self._application.outcome(s, i).state is ItemState.OPEN
            ]
        )
        async with anyio.create_task_group() as group:
            for _ in range(self._pace.at_once):
                group.start_soon(self._work, todo)

    async def _together(self, s: int) -> None:
        """What may go in waves. Where the host is in the way, one goes by itself, with patience, before the others do."""
        pace, runner = self._pace, self._application
        course = WaveCourse(self._means, runner, s, at_once=pace.at_once, unsettled=pace.stop_after)

        def ends(error: FilemakerMcpError | None) -> bool:
            nonlocal failed
            failed = 0 if error is None else failed + 1
            return bool(self.stopped) or failed >= pace.stop_after

        async def noted(items: Sequence[int]) -> bool:
            for i in items:
                self._note(runner.outcome(s, i).state)
            await self._tell()
            return not self.stopped

        is_going = True
        while is_going and not self.stopped:
            failed = self._in_a_row
            is_going = await course.run(ends, noted)
            error, runner.stopped_by = runner.stopped_by, None
            alone = course.alone or (self._open(s)[:1] if error is not None else [])
            for i in alone:
                course.pass_by(i)
                await self._alone(s, i)

    def _open(self, s: int) -> list[int]:
        items = range(len(self._application.plan.steps[s].items))
        return [i for i in items if self._application.outcome(s, i).state is ItemState.OPEN]

    async def _work(self, todo: Iterator[tuple[int, int]]) -> None:
        for s, i in todo:
            await self._turn()
            await self._alone(s, i)
            if self.stopped:
                return

    async def _alone(self, s: int, i: int) -> None:
        if self.stopped:
            return
        state = await self._one(s, i)
        if state is not ItemState.OPEN:
            self._note(state)
            await self._tell()

    def _note(self, state: ItemState) -> None:
        self.counts[state] += 1
        self._in_a_row = 0 if state is ItemState.DONE else self._in_a_row + 1
        if self._in_a_row >= self._pace.stop_after:
            self.stopped = self.stopped or f"{self._in_a_row} records in a row were refused or are unknown"

    async def _one(self, s: int, i: int) -> ItemState:
        for pause in (*AWAY_PAUSES, None):
            outcome = await self._application.one(s, i)
            error, self._application.stopped_by = self._application.stopped_by, None
            if outcome.state is not ItemState.OPEN:
                return outcome.state
            too_long = isinstance(error, LimitReached) and error.retry_after > AWAY_PAUSES[-1]
            is_stopped = isinstance(error, Forbidden)
            if pause is None or too_long or is_stopped or self.stopped:
                self.host_away = self.host_away or isinstance(error, AWAY)
                self.stopped = self.stopped or (str(error) if error is not None else outcome.notes[0])
                return ItemState.OPEN
            await self._sleep(pause)
        raise AssertionError("the last try returns")

    async def _turn(self) -> None:
        if self._pace.per_minute is None:
            return
        turn = max(self._now(), self._next_turn)
        self._next_turn = turn + 60 / self._pace.per_minute
        if turn > self._now():
            await self._sleep(turn - self._now())

    async def _tell(self) -> None:
        done = self.counts[ItemState.DONE]
        seen = sum(self.counts.values())
        rest = seen - done
        await self._report(
            seen,
            self._application.plan.records,
            say("%(count)s done, %(rest)s for a person", count=done, rest=rest)
            if rest
            else say("%(count)s done", count=done),
        )
