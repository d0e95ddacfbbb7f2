"""Records that wait for a person after a run: those of the person go, those of others and what is held stay."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.faults.effects import Drop
from filemaker_mcp.server.emulator.faults.layer import Match

from ..changes.workshop_host import command
from ..jobs.bookkeeping import RUNBOOK
from ..runbooks.test_runbook_trouble import SCRIPT, Desk

pytestmark = pytest.mark.anyio


async def test_only_the_persons_own_records_stop_waiting_and_none_that_is_held(tmp_path: Path) -> None:
    desk = Desk(tmp_path, RUNBOOK, 3)
    for record in (1, 2):
        desk.faults.arm(Match(path=SCRIPT, skip=record - 1), Drop(processed=False))
    async with desk.assistant() as assistant:
        assert (await desk.run(assistant))["records"] == {"unknown": 2, "done": 1}

    async def asked(*words: str) -> int:
        return await command("journal", *words, "--config", str(tmp_path / "config.toml"))

    def waiting() -> list[str]:
        with closing(sqlite3.connect(tmp_path / "state.db")) as file:
            return [row[0] for row in file.execute("SELECT record FROM held ORDER BY record")]

    assert await asked("forget", "--record", "Elsewhere:2", "--yes") == 0
    assert waiting() == ["1", "2"]
    assert await asked("forget", "--record", "postings:1", "--yes") == 0
    assert waiting() == ["2"]
    assert await asked("hold", "put", "--layout", "postings", "--reason", "audit") == 0
    assert await asked("forget", "--record", "Postings:2", "--yes") == 1
    assert waiting() == ["2"]
