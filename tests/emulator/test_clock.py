"""The clocks of the emulated host."""

from __future__ import annotations

from datetime import UTC

import anyio
import pytest

from filemaker_mcp.server.emulator.clock import Clock, ManualClock, ShiftedClock, SystemClock

pytestmark = pytest.mark.anyio


async def test_a_manual_clock_wakes_each_sleeper_when_its_moment_is_reached() -> None:
    clock = ManualClock()
    woken: list[float] = []

    async def sleep(seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append(seconds)

    async with anyio.create_task_group() as sleepers:
        for seconds in (60.0, 10.0, 3600.0):
            sleepers.start_soon(sleep, seconds)
        await anyio.wait_all_tasks_blocked()
        clock.advance(59)
        await anyio.wait_all_tasks_blocked()
        assert woken == [10.0]
        clock.advance(1)
        await anyio.wait_all_tasks_blocked()
        assert woken == [10.0, 60.0]
        clock.advance(10_000)
    assert woken == [10.0, 60.0, 3600.0]


async def test_a_sleeper_that_gave_up_is_forgotten() -> None:
    clock = ManualClock()
    async with anyio.create_task_group() as sleepers:
        sleepers.start_soon(clock.sleep, 5)
        await anyio.wait_all_tasks_blocked()
        sleepers.cancel_scope.cancel()
    clock.advance(10)
    await clock.sleep(0)


async def test_both_clocks_tell_an_aware_time_in_utc() -> None:
    clocks: list[Clock] = [SystemClock(), ManualClock()]
    assert [clock.now().tzinfo for clock in clocks] == [UTC, UTC]
    await clocks[0].sleep(0)


async def test_a_shifted_clock_runs_by_itself_and_leaps_over_sleepers() -> None:
    clock = ShiftedClock()
    before = clock.now()
    async with anyio.create_task_group() as sleepers:
        sleepers.start_soon(clock.sleep, 3600)
        await anyio.wait_all_tasks_blocked()
        clock.advance(1800)
        await anyio.wait_all_tasks_blocked()
        clock.advance(1801)
    assert (clock.now() - before).total_seconds() >= 3601
    await clock.sleep(0.01)
