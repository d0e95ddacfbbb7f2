"""A state file moved into PostgreSQL with `filemaker-mcp state migrate --from`: everything is there, whole, and goes on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from ..changes.earlier_version import as_plain_text
from ..changes.test_taken_over import as_of_before
from ..changes.workshop_host import applied, command, in_workshop, job, made, own_seal, planned
from ..postgres import SERVER_ROLE, Postgres, on_postgres, postgres

pytestmark = [pytest.mark.anyio, on_postgres]


@pytest.fixture
def server() -> Postgres:
    found = postgres()
    assert found is not None
    return found


async def test_a_file_of_the_first_version_with_a_thousand_entries_goes_on_in_postgresql(
    server: Postgres, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, url = tmp_path / "state.db", server.empty_database()
    monkeypatch.delenv("STATE_STORE", raising=False)
    async with in_workshop(environment={"FILEMAKER_STATE": str(path)}) as assistant:
        edit = await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Hours": 6})
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Hours": 9})
    as_plain_text(path, own_seal())
    as_of_before(path)
    monkeypatch.setenv("FILEMAKER_STATE", url)
    assert await command("state", "migrate", "--from", str(path), "--role", SERVER_ROLE) == 0, (
        capsys.readouterr().err
    )
    told = capsys.readouterr().out
    assert "2 plan" in told
    assert "Both journals are whole." in told
    assert "can add to the journal" in told
    async with in_workshop(assistant.emulator, environment={"FILEMAKER_STATE": url}) as assistant:
        listed = [each["change_id"] for each in (await assistant.ask("list_changes"))["changes"]]
        assert listed == [plan["change_id"], edit["change_id"]]
        assert (await applied(assistant, plan))["state"] == "done"
        before = (await job(assistant, "1"))["Hours"]
        back = await assistant.ask("undo_change", change_id=edit["change_id"])
        assert (await applied(assistant, back))["state"] == "done"
        assert (await job(assistant, "1"))["Hours"] != before
    assert await command("journal", "verify") == 0, capsys.readouterr().out
    assert await command("journal", "show", edit["change_id"]) == 0
    assert f"ended     {edit['change_id']}" in capsys.readouterr().out
    assert await command("state", "migrate", "--from", str(path)) == 2, "it holds records already"
    assert "holds records already" in capsys.readouterr().err
    assert await command("state", "migrate") == 0, "again does no harm"
    assert await command("state", "restored") == 0
    assert await command("state", "backup", str(tmp_path / "copy")) == 2
    assert "pg_dump" in capsys.readouterr().err


async def test_a_file_whose_journal_is_not_whole_is_not_copied(
    server: Postgres, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, url = tmp_path / "state.db", server.empty_database()
    monkeypatch.delenv("STATE_STORE", raising=False)
    async with in_workshop(environment={"FILEMAKER_STATE": str(path)}) as assistant:
        await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Hours": 6})
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE journal SET caller = 'somebody' WHERE number = 2")
    monkeypatch.setenv("FILEMAKER_STATE", url)
    assert await command("state", "migrate", "--from", str(path)) == 2
    assert "entry 2 was altered" in capsys.readouterr().err
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT to_regclass('plan')").fetchone() == (None,), "nothing was kept"
    assert await command("state", "migrate", "--from", str(tmp_path / "missing.db")) == 2
    assert "There is no state file" in capsys.readouterr().err


async def test_a_file_needs_no_migration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILEMAKER_STATE", str(tmp_path / "state.db"))
    assert await command("state", "migrate") == 2
    assert "brought up to date when it is opened" in capsys.readouterr().err
