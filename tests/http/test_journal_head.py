"""The end of the journal's chain goes to a place of the owner's by itself, and what was cut shows against it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import anyio
import pytest

from filemaker_mcp.server.callers.caller_keys import CallerKeys
from filemaker_mcp.server.changes.audit.journal_check import heads_in

from .http_server import http_server

pytestmark = pytest.mark.anyio


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
        keys = CallerKeys(lambda: server.parts.servers.state)
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
        with anyio.fail_after(10):
            while "no longer the entry" not in caplog.text:  # noqa: ASYNC110 -- it tells the log
                await anyio.sleep(0.01)
