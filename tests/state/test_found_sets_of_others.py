"""What one process kept of a found set is read again once another has written."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..changes.workshop_host import applied, in_workshop, planned
from ..postgres import on_postgres, postgres

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("store", ["file", pytest.param("postgres", marks=on_postgres)])
async def test_figures_of_a_kept_found_set_follow_what_another_process_wrote(
    store: str, tmp_path: Path
) -> None:
    server = postgres() if store == "postgres" else None
    place = {"FILEMAKER_STATE": str(tmp_path / "state.db") if server is None else server.database()}
    async with in_workshop(environment=place) as first, in_workshop(first.emulator, place) as second:
        found = await first.ask("find_records", layout="Jobs", where={"Hours": {"gt": 0}})
        question = {"found_set": found["found_set"], "measures": [{"sum": "Hours"}]}

        async def total() -> str:
            return str((await first.ask("summarize_records", **question))["figures"])

        before, requests = await total(), len(first.emulator.requests)
        assert await total() == before
        assert len(first.emulator.requests) == requests, "nothing is read again while nobody writes"
        plan = await planned(
            second, "edit_records", layout="Jobs", ids=["1"], values={"Hours": {"add": 1000}}
        )
        assert await total() == before
        await applied(second, plan)
        assert await total() != before
