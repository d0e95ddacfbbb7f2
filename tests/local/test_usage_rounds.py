"""What callers used is written down for all of them at the same time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from filemaker_mcp.server.local.state.sqlite_state import SqliteState
from filemaker_mcp.server.local.usage import Usage
from filemaker_mcp.server.local.usage_rounds import EVERY_SECONDS, UsageRounds

pytestmark = pytest.mark.anyio


async def test_one_call_after_a_while_has_written_what_everybody_used(tmp_path: Path) -> None:
    state, now = SqliteState(tmp_path / "state.db"), [1_000.0]
    rounds = UsageRounds(lambda: now[0])
    usages = [
        Usage(state, "Bench", f"caller{n}", now=lambda: now[0], rounds=rounds, tells_all=False)
        for n in range(40)
    ]

    async def written() -> list[int]:
        """Calls by caller, in order, once the round under way is over."""
        await asyncio.gather(*(task for task in asyncio.all_tasks() if "UsageRounds" in repr(task)))
        rows = await state.rows("SELECT calls FROM usage ORDER BY length(caller), caller")
        return [row["calls"] for row in rows]

    with usages[0].during("find_records"):
        pass
    assert await written() == [1]
    for usage in usages[1:]:
        with usage.during("find_records"):
            pass
    assert await written() == [1]
    now[0] += EVERY_SECONDS
    with usages[0].during("find_records"):
        pass
    assert await written() == [2] + [1] * 39
    await state.close()
