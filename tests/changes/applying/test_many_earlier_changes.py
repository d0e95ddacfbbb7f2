"""A change costs the same however many there were before: what it asks of the state is looked up, and not gone through."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable
from contextlib import closing
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from ...postgres import on_files
from ..workshop_host import in_workshop

pytestmark = [pytest.mark.anyio, on_files]

GROWING = ("plan", "step", "item", "job", "journal", "image")
"""Tables to which every change adds."""
NARROW = ("item_on_its_way", "plan_in_hand", "job_by_seq", "job_by_end", "job_by_state")
"""Indexes whose part for one database, or the whole, is what is wanted: what is under way, the last number, what is over."""


async def test_a_change_looks_up_what_it_has_to_know_and_goes_through_no_earlier_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    class Listening(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            asked[sql] = values
            return super().execute(sql, *values)

    def connect(name: str, **settings: Any) -> Awaitable[aiosqlite.Connection]:
        return connect_as_ever(name, factory=Listening, **settings)

    connect_as_ever = aiosqlite.connect
    monkeypatch.setattr(aiosqlite, "connect", connect)
    state = tmp_path / "state.db"
    async with in_workshop(environment={"FILEMAKER_STATE": str(state)}) as assistant:
        for hours in (1, 2):  # the second one does not open the state
            asked.clear()
            plan = await assistant.ask(
                "edit_records", layout="Jobs", ids=["1"], values={"Hours": {"add": hours}}
            )
            done = await assistant.ask("apply_change", change_id=plan["change_id"])
            assert done["records"] == {"done": 1}
    with closing(sqlite3.connect(state)) as file:
        for sql, values in asked.items():
            if "SELECT" not in sql:
                continue
            for *_, step in file.execute(f"EXPLAIN QUERY PLAN {sql}", *values).fetchall():
                assert not _goes_through(step), f"{step}: {sql}"


def _goes_through(step: str) -> bool:
    """As SQLite tells a step of its plan: `SEARCH plan USING INDEX plan_by_caller (database=? AND caller=?)`."""
    way, _, rest = step.partition(" ")
    if way not in ("SCAN", "SEARCH") or rest.split(" ", 1)[0] not in GROWING:
        return False
    if any(index in rest for index in NARROW):
        return False
    columns = rest.partition("(")[2].rstrip(")").split(" AND ")
    return way == "SCAN" or {c.rstrip("=?<>") for c in columns} <= {"", "database", "caller", "account"}
