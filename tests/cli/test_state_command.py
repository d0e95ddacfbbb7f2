"""A copy of the state is whole while servers write; after it was put back, old plans are not carried out."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ..changes.workshop_host import command, in_workshop, made, planned

pytestmark = pytest.mark.anyio


async def test_a_copy_made_while_a_server_runs_is_put_back_and_runs_no_old_plan_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, copy = tmp_path / "state.db", tmp_path / "copies" / "monday.db"
    place = {"FILEMAKER_STATE": str(path)}
    asked = ("--state", str(path))
    async with in_workshop(environment=place) as assistant:
        await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Hours": 6})
        plan = await planned(
            assistant, "edit_records", layout="Jobs", ids=["2"], values={"Hours": {"add": 1}}
        )
        copy.parent.mkdir()
        assert await command("state", *asked, "backup", str(copy)) == 0
        assert copy.stat().st_mode & 0o077 == 0
        await assistant.ask("apply_change", change_id=plan["change_id"])
        assert await command("state", *asked, "backup", str(copy)) == 2, "it is there already"
        assert "is there already" in capsys.readouterr().err
    path.write_bytes(copy.read_bytes())
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    assert await command("state", "restored", *asked) == 0
    assert "1 plans that were made before are expired" in capsys.readouterr().out
    async with in_workshop(assistant.emulator, environment=place) as assistant:
        assert "expired" in await assistant.refused("apply_change", change_id=plan["change_id"])
    assert await command("journal", *asked, "verify") == 0, capsys.readouterr().out
    with closing(sqlite3.connect(path)) as file:
        events = [row[0] for row in file.execute("SELECT event FROM journal ORDER BY number")]
    assert events[-1] == "restored"


async def test_a_copy_that_cannot_be_made_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "state.db"
    async with in_workshop(environment={"FILEMAKER_STATE": str(path)}) as assistant:
        await planned(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Hours": 7})
    missing = tmp_path / "nowhere" / "copy.db"
    assert await command("state", "--state", str(path), "backup", str(missing)) == 2
    assert "could not be copied" in capsys.readouterr().err
    assert await command("state", "--state", str(missing), "restored") == 2


async def test_a_journal_of_nothing_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.db"
    monkeypatch.setenv("FILEMAKER_STATE", str(path))
    for words in ("journal list", "journal export", "journal usage", "journal head", "approve"):
        assert await command(*words.split()) == 0
        said = capsys.readouterr()
        assert "There is no journal yet" in said.out + said.err or said.out == "No plan waits.\n"
        assert words in ("journal list", "approve") or said.out == "", "programs read an empty list"
    for words in ("journal verify", "journal show edit-1-Jobs-abcd", "approve edit-1-Jobs-abcd"):
        assert await command(*words.split()) == 2
        assert "Nothing was planned yet" in capsys.readouterr().err
    assert not path.exists()
    assert await command("journal", "list", "--state", str(path)) == 2
    assert "Nothing was planned yet" in capsys.readouterr().err
    async with in_workshop(environment={"FILEMAKER_STATE": str(path)}) as assistant:
        await assistant.ask("list_changes")
    assert await command("journal", "list", "--state", str(path)) == 0
    assert capsys.readouterr().out == "Nothing was planned or changed yet.\n"
