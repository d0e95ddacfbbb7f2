"""Where the disk of the records is full, nothing is sent, it is told in words, and what was kept is whole; with room it goes on."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from filemaker_mcp.server.changes.audit.journal_check import journal_faults

from ..changes.workshop_host import applied, in_workshop, own_seal, planned
from ..postgres import on_files, on_postgres, postgres

pytestmark = pytest.mark.anyio
EDIT = {"layout": "Jobs", "ids": ["1"], "values": {"Title": "x" * 200_000}}
FULL = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER no_room BEFORE INSERT ON journal EXECUTE FUNCTION no_room();
"""


@on_files
async def test_a_file_whose_disk_is_full_takes_nothing_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    async with in_workshop(environment={"FILEMAKER_STATE": str(tmp_path / "state.db")}) as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Hours": 3})
        state = assistant.application.workspaces.state
        async with state.writing() as transaction:  # as a disk does that has no page left
            pages = (await transaction.rows("PRAGMA page_count"))[0]["page_count"]
            await transaction.rows(f"PRAGMA max_page_count = {pages}")
        refused = await assistant.refused("edit_records", **EDIT)
        assert "own records cannot be reached" in refused
        assert "full" in refused
        assert "Nothing was sent" in refused
        async with state.writing() as transaction:
            await transaction.rows(f"PRAGMA max_page_count = {pages + 10_000}")
        assert (await applied(assistant, plan))["records"] == {"done": 1}
        assert (await assistant.ask("edit_records", **EDIT))["state"] == "planned"
        assert await journal_faults(state, own_seal()) == []


@on_postgres
async def test_a_postgresql_whose_disk_is_full_takes_nothing_and_goes_on_when_there_is_room() -> None:
    server = postgres()
    assert server is not None
    url = server.database()
    async with in_workshop(environment={"FILEMAKER_STATE": url}) as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Hours": 3})
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute(FULL)
            text = await assistant.refused("edit_records", layout="Jobs", ids=["1"], values={"Hours": 4})
            assert "own records cannot be reached" in text
            assert "No space left" in text
            assert "Nothing was sent" in text
            answer = await assistant.call("apply_change", change_id=plan["change_id"])
            assert "'done'" not in str(answer.structured_content)
            row = assistant.emulator.record("Workshop", "Jobs", 2)
            assert row is not None
            assert row.values["Hours"] == ("12.5",)
            owner.execute("DROP TRIGGER no_room ON journal")
        assert (await applied(assistant, plan))["records"] == {"done": 1}
        state = assistant.application.workspaces.state
        assert await journal_faults(state, own_seal(), counts=False) == []
