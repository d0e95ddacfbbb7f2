"""A copy of the state that is put back brings nobody back whose access was ended since."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.authorization.caller_roll import CallerRoll

from ..changes.workshop_host import command
from ..postgres import on_files
from .agent_keys import agent_keys
from .http_server import HttpServer, http_server
from .later import Later

pytestmark = pytest.mark.anyio


async def key(server: HttpServer, name: str) -> str:
    keys = agent_keys(server.parts.servers)
    return await keys.add(name, scopes=["fm:read"], days=None, networks=[], owner="", now=0.0)


def put_back(copy: Path, state: Path) -> None:
    for each in state.parent.glob("state.db*"):
        each.unlink()
    copy.rename(state)


@on_files
async def test_what_was_ended_since_a_copy_was_made_stays_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state, seal, copy = tmp_path / "state.db", tmp_path / "seal.key", tmp_path / "copy.db"
    where = ["--state", str(state), "--seal-key", str(seal)]
    callers = [{"match": {"issuer": "keys"}}]
    settings: dict[str, Any] = {"state": str(state), "seal_key": str(seal), "callers": callers}

    async with http_server(settings) as server:
        agent, left = await key(server, "agent"), await key(server, "left")
        assert [(await server.status_of(each))[0] for each in (agent, left)] == [200, 200]
        assert await command("state", "backup", str(copy), *where[:2]) == 0
    assert await command("key", "revoke", "left", *where) == 0
    assert await command("halt", "--all", "--caller", "keys|loud", *where) == 0

    clock = Later()
    async with http_server(settings, clock=clock) as server:  # an ending that only a server wrote down
        roll = CallerRoll(server.parts.servers.state, clock.wall)
        await roll.revoke("https://id.example|ada", "left the company")
        assert [(await server.status_of(each))[0] for each in (agent, left)] == [200, 401]
        clock.ahead += 5
        await server.status_of(agent)
    assert "ada" in (tmp_path / "ended.json").read_text("utf-8")
    assert (tmp_path / "ended.json").stat().st_mode & 0o077 == 0

    put_back(copy, state)
    async with http_server(settings) as server:
        for token in (agent, left):
            status, said = await server.status_of(token)
            assert (status, "state restored" in said) == (503, True)
    capsys.readouterr()
    for asked in (["halt", "--all"], ["halt", "--lift"], ["key", "revoke", "agent"], ["key", "add", "new"],
                  ["secrets", "rotate", "--compromised"], ["callers", "admit", "keys|loud"]):  # fmt: skip
        # Each raises the number by which old records are known.
        assert await command(*asked, *where) == 2, asked
        assert "state restored" in capsys.readouterr().err, asked
    broken = sqlite3.connect(state)
    broken.execute(
        "CREATE TRIGGER full BEFORE UPDATE ON epoch WHEN new.since <> old.since"
        " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
    )
    broken.commit()
    with pytest.raises(sqlite3.IntegrityError):
        await command("state", "restored", *where)
    async with http_server(settings) as server:
        assert (await server.status_of(left))[0] == 503, "half of it is nothing"
    broken.execute("DROP TRIGGER full")
    broken.commit()
    broken.close()
    capsys.readouterr()
    assert await command("state", "restored", *where) == 0
    assert "key add" in capsys.readouterr().out
    async with http_server(settings) as server:
        assert [(await server.status_of(each))[0] for each in (agent, left)] == [401, 401]
        again = await key(server, "agent")
        assert (await server.status_of(again))[0] == 200, "the same agent's, made anew"
        ada = await CallerRoll(server.parts.servers.state, clock.wall).one("ada")
        assert ada.revoked is not None
    assert await command("key", "list", *where) == 0
    assert "left; fm:read; ended" in capsys.readouterr().out
    assert await command("halt", "--show", *where) == 0
    assert "keys|loud: everything" in capsys.readouterr().out


@on_files
async def test_what_was_ended_is_told_apart_by_state_and_must_be_readable(tmp_path: Path) -> None:
    seal, tokens = tmp_path / "seal.key", list[str]()
    for name in ("one.db", "two.db", "one.db"):
        tree: dict[str, Any] = {"state": str(tmp_path / name), "seal_key": str(seal)}
        async with http_server(tree | {"callers": [{"match": {"issuer": "keys"}}]}) as server:
            tokens.append(await key(server, f"k{len(tokens)}"))
            await CallerRoll(server.parts.servers.state, lambda: 0.0).revoke("https://id.example|eve", "")
            assert (await server.status_of(tokens[-1]))[0] == 200
    kept = tmp_path / "ended.json"
    assert sorted(each["number"] for each in json.loads(kept.read_text("utf-8")).values()) == [1, 2]
    kept.write_text("{", "utf-8")
    async with http_server(tree | {"callers": [{"match": {"issuer": "keys"}}]}) as server:
        assert (await server.status_of(tokens[-1]))[0] == 503
