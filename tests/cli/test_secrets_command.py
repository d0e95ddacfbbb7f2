"""`filemaker-mcp secrets rotate`: everything is sealed anew, what was kept goes on, and an old copy tells nothing any more."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ..changes.workshop_host import applied, command, in_workshop, made, planned

pytestmark = pytest.mark.anyio


async def test_a_key_is_replaced_while_a_server_runs_and_a_copy_of_before_stays_closed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    state, copy, seal_key = tmp_path / "state.db", tmp_path / "copy.db", tmp_path / "keys" / "seal.key"
    environment = {"FILEMAKER_STATE": str(state), "FILEMAKER_SEAL_KEY": str(seal_key)}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    async with in_workshop(environment=environment) as assistant:
        edit = await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Title": "Tar"})
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Title": "Oil"})
        assert await command("state", "backup", str(copy)) == 0
        assert await command("secrets", "rotate") == 0
        assert "still opens, and goes with the next rotation" in capsys.readouterr().out
        assert await command("journal", "--state", str(copy), "show", edit["change_id"]) == 0
        assert (await applied(assistant, plan))[
            "state"
        ] == "done"  # sealed by the new key, which it took up by itself
        assert await command("secrets", "rotate", "--compromised") == 0
        assert "Older keys are gone" in capsys.readouterr().out
        back = await assistant.ask("undo_change", change_id=edit["change_id"])
        assert (await applied(assistant, back))["state"] == "done"
    with closing(sqlite3.connect(state)) as file:
        keys = {row[0] for row in file.execute("SELECT substr(box, 3, 8) FROM data_key")}
    assert len(keys) == 1
    assert seal_key.with_name("secrets.key").read_text("utf-8").startswith(keys.pop().decode())
    assert await command("journal", "verify") == 0
    assert await command("journal", "--state", str(copy), "show", edit["change_id"]) == 2
    said = capsys.readouterr().err
    assert "was sealed by the key" in said
    assert "Traceback" not in said


async def test_named_keys_are_replaced_by_naming_a_new_one_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state.db"
    environment = {"FILEMAKER_STATE": str(state)}
    monkeypatch.setenv("FILEMAKER_STATE", str(state))
    for name in ("OLD", "NEW"):
        monkeypatch.setenv(f"KEY_{name}", f"{name}{'x' * 40}")
    old, new = '{"id": "old", "env": "KEY_OLD"}', '{"id": "new", "env": "KEY_NEW"}'
    async with in_workshop(
        environment=environment | {"FILEMAKER_SECRETS": f'{{"keys": [{old}]}}'}
    ) as assistant:
        edit = await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Title": "Tar"})
    monkeypatch.setenv("FILEMAKER_SECRETS", f'{{"keys": [{new}, {old}]}}')
    assert await command("secrets", "rotate") == 0
    assert "Nothing is sealed by 'old' any more" in capsys.readouterr().out
    monkeypatch.setenv("FILEMAKER_SECRETS", f'{{"keys": [{new}]}}')
    assert await command("journal", "show", edit["change_id"]) == 0
    assert "Tar" in capsys.readouterr().out
    monkeypatch.setenv("FILEMAKER_SECRETS", f'{{"keys": [{old}]}}')
    assert await command("journal", "show", edit["change_id"]) == 2
    assert "sealed by the key 'new'" in capsys.readouterr().err
