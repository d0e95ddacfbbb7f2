"""The end of the journal's chain goes to a place of the owner's by itself, and what was cut shows against it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import anyio
import pytest

from filemaker_mcp.server.app.http.http_application import http_parts
from filemaker_mcp.server.changes.audit.journal_check import heads_in
from filemaker_mcp.server.errors import ConfigurationError

from .agent_keys import agent_keys
from .http_server import http_server

pytestmark = pytest.mark.anyio


async def test_a_teams_records_in_postgresql_need_a_place_for_their_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_OF_ALL", "postgresql://fm_server@db.example/fm?sslmode=verify-full")
    file = tmp_path / "config.toml"
    text = f"""
state = {{ postgres = {{ env = "STATE_OF_ALL" }} }}
seal_key = "{tmp_path / "seal.key"}"
[[callers]]
match = {{ issuer = "keys" }}
[http]
public_url = "https://fm.example"
[database.harbor]
host = "https://fm.example"
file = "Harbor"
account = "mcp"
password = {{ env = "HARBOR" }}
"""
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match="kept nowhere else"), http_parts({}, file, "", demo=False):
        pass
    with http_parts({}, file, "", demo=False, needs_head=False) as parts:
        assert parts.settings.journal_head is None
    file.write_text(
        text.replace("[http]", f'[http]\njournal_head = {{ file = "{tmp_path / "heads"}" }}'), "utf-8"
    )
    with http_parts({}, file, "", demo=False):
        pass


async def test_each_new_end_is_added_to_the_owners_file_and_a_cut_one_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept = tmp_path / "heads"
    settings: dict[str, Any] = {
        "state": str(tmp_path / "state.db"),
        "seal_key": str(tmp_path / "seal.key"),
        "http": {"public_url": "https://fm.example", "journal_head": {"file": str(kept)}},
        "callers": [{"match": {"issuer": "keys"}}],
    }
    async with http_server(settings) as server:
        keys = agent_keys(server.parts.servers)
        key = await keys.add("agent", scopes=["fm:edit"], days=1, networks=[], owner="", now=2e9)
        async with server.person(key) as person:
            await person.ask("edit_records", layout="Products", ids=["1"], values={"Stock": 41})
        (keep,) = server.parts.servers.at_end
        await keep()
        await keep()
        first = heads_in(kept.read_text().splitlines())
        assert len(first) == 1, "nothing new is not kept again"
        async with server.person(key) as person:
            await person.ask("edit_records", layout="Products", ids=["1"], values={"Stock": 42})
    both = heads_in(kept.read_text().splitlines())
    assert [head.place for head in both] == [first[0].place, first[0].place + 1], (
        "the last goes out at the end"
    )
    assert kept.stat().st_mode & 0o077 == 0
    with sqlite3.connect(tmp_path / "state.db") as file:
        file.execute("DELETE FROM journal WHERE place = ?", (both[1].place,))
        file.execute("UPDATE chain SET place = ?, digest = ?", (both[0].place, both[0].digest))
    file.close()
    async with http_server(settings):
        with anyio.fail_after(120):
            while "no longer the entry" not in caplog.text:  # noqa: ASYNC110 -- it tells the log
                await anyio.sleep(0.01)
