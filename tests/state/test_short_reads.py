"""What is read in a moment is read at once; whatever takes longer keeps nothing else from going on."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from filemaker_mcp.server.errors import StateAway
from filemaker_mcp.server.local.state.sqlite_state import SqliteState

pytestmark = pytest.mark.anyio
LONG = "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT MAX(i) AS n FROM n"
SHORT = "SELECT COUNT(*) AS n FROM plan"


async def turns_beside(state: SqliteState, sql: str, times: int = 1) -> int:
    """How often another task had its turn while that was asked."""
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(other())
    for _ in range(times):
        await state.rows(sql)
    beside.cancel()
    return turns


async def test_a_long_read_and_a_long_row_of_short_ones_let_others_go_on(tmp_path: Path) -> None:
    state = SqliteState(tmp_path / "state.db")
    await state.rows(SHORT)
    assert 0 in [
        await turns_beside(state, SHORT) for _ in range(20)
    ]  # a busy machine may stop one in the middle
    assert await turns_beside(state, LONG) > 0
    assert (await state.rows(LONG))[0]["n"] == 300_000
    assert await turns_beside(state, SHORT, times=5_000) > 0
    await state.close()


async def test_what_is_wrong_with_the_file_is_told_as_ever(tmp_path: Path) -> None:
    state = SqliteState(tmp_path / "state.db")
    await state.rows(SHORT)
    other = sqlite3.connect(tmp_path / "state.db")
    other.execute("ALTER TABLE halt RENAME TO gone")
    with pytest.raises(StateAway, match="no such table: halt"):
        await state.rows("SELECT * FROM halt")
    other.execute("ALTER TABLE gone RENAME TO halt")
    other.commit()
    other.close()
    assert await state.rows("SELECT * FROM halt") == []
    await state.close()
