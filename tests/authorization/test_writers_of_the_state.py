"""Who can write to the state alone, beside a running server of a team: nothing that they write is carried out or told as true. Plans and
agreements of one person: tests/approval/test_seals.py; the chain: tests/changes/test_journal.py; tokens: test_grants.py."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from ..changes.workshop_host import command
from ..http.agent_keys import agent_keys
from ..http.http_server import HttpServer
from ..http.test_replicas import replicas
from ..postgres import on_files

pytestmark = pytest.mark.anyio


async def key(server: HttpServer, name: str, *scopes: str) -> str:
    keys = agent_keys(server.parts.servers)
    return await keys.add(name, scopes=scopes, days=None, networks=[], owner="ada", now=0.0)


async def write(server: HttpServer, statement: str) -> int:
    async with server.parts.servers.state.writing() as transaction:
        return await transaction.execute(statement)


@on_files
async def test_a_plan_an_agreement_and_a_caller_that_were_altered_send_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with replicas(tmp_path, 1) as ((server,), emulator):
        ada, eve = await key(server, "ada", "fm:delete"), await key(server, "eve", "fm:delete")
        async with server.person(ada) as person, server.person(eve) as thief:
            delete: dict[str, Any] = {"layout": "Products", "ids": ["1"]}
            plan = str((await person.ask("delete_records", **delete))["change_id"])
            before = len(emulator.requests)
            assert await write(
                server,
                f"UPDATE plan SET approved_by = 'a person', approved_digest = digest WHERE id = '{plan}'",
            )
            assert (await person.ask("apply_change", change_id=plan))["state"] == "planned"
            assert await write(server, f"UPDATE plan SET caller = 'keys|eve' WHERE id = '{plan}'")
            assert "done" not in str(await thief.call("apply_change", change_id=plan))
            assert await write(server, "UPDATE caller_key SET scopes = 'fm:delete fm:run' WHERE name = 'eve'")
            assert await write(server, f"UPDATE item SET state = 'done' WHERE plan = '{plan}'")
            await thief.call("apply_change", change_id=plan)
            assert all(
                request.method != "DELETE" or "sessions" in request.path
                for request in emulator.requests[before:]
            )
            assert emulator.record("Harbor", "Products", 1) is not None
            await person.ask("delete_records", layout="Products", ids=["2"])
            done = await person.ask("edit_records", layout="Products", ids=["3"], values={"Name": "Secret"})
            await person.ask("apply_change", change_id=done["change_id"])
            assert await write(
                server, "UPDATE job SET caller = 'keys|eve', account = (SELECT MAX(account) FROM plan)"
            )
            assert await thief.ask("check_job") == {"jobs": []}, (
                "a row that was moved tells its thief nothing"
            )
            last = "(SELECT MAX(number) FROM journal)"
            assert await write(server, f"UPDATE journal SET caller = 'keys|eve' WHERE number = {last}")
    where = ["--state", str(tmp_path / "state.db"), "--seal-key", str(tmp_path / "seal.key")]
    capsys.readouterr()
    assert await command("journal", *where, "verify") != 0
    said = capsys.readouterr().out
    assert plan in said
    assert "no entry says so" in said
    assert re.search(r"entry \d+", said), said


@on_files
async def test_a_key_that_was_written_into_the_state_is_none_and_stops_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = {name: f"fm_live_{name}" for name in ("forged", "odd")}
    async with replicas(tmp_path, 1) as ((server,), _):
        good, wider, back = [await key(server, name, "fm:read") for name in ("good", "wider", "back")]
        await agent_keys(server.parts.servers).revoke("back", 1.0)
        for name, token in forged.items():
            assert await write(
                server,
                f"INSERT INTO caller_key SELECT REPLACE(name, 'good', '{name}'), '{hashlib.sha256(token.encode()).hexdigest()}', 'fm:delete', networks, owner, made,"
                " expires, revoked, used, epoch, seal FROM caller_key WHERE name = 'good'",
            )
        assert await write(
            server, "UPDATE caller_key SET made = 'soon', expires = x'fffe' WHERE name = 'odd'"
        )
        assert await write(
            server, "UPDATE caller_key SET scopes = 'fm:delete', owner = 'ada' WHERE name = 'wider'"
        )
        assert await write(server, "UPDATE caller_key SET revoked = NULL WHERE name = 'back'")
        for token in (*forged.values(), wider, back):
            assert (await server.status_of(token))[0] == 401
        assert (await server.status_of(good))[0] == 200
    where = ["--state", str(tmp_path / "state.db"), "--seal-key", str(tmp_path / "seal.key")]
    capsys.readouterr()
    assert await command("key", "list", *where) == 0
    listed = capsys.readouterr().out.splitlines()
    assert sorted(line.partition(";")[0] for line in listed if "no key of this server's" in line) == [
        "back", "forged", "odd", "wider",
    ]  # fmt: skip
    assert await command("journal", *where, "verify") == 1
    said = capsys.readouterr().out
    for name in ("back", "forged", "odd", "wider"):
        assert f"the key '{name}' is not one that was made here" in said
    assert "'good'" not in said
    assert await command("key", "revoke", "good", *where) == 0
