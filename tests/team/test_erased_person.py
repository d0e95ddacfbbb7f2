"""A person is erased: their name, what was written about them and what let them in stand nowhere any more, and never stood in logs,
figures or traces."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client

from filemaker_mcp.server.app.sample_server import FILE
from filemaker_mcp.server.http.call_watch import JsonLines
from filemaker_mcp.server.http.prometheus_figures import PrometheusFigures

from ..authorization.served import asked
from ..changes.workshop_host import command
from ..http.test_traces import Recorder
from ..postgres import on_files
from .company import company

pytestmark = pytest.mark.anyio
NAME, VALUE = "Zyx4711 Person", "Zyx4711Value"
NOT_KEPT = ("settings.toml", "secret")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@on_files
async def test_nothing_of_an_erased_person_is_left_in_dump_logs_figures_or_traces(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    files = tmp_path / "files"
    async with company(tmp_path, names={"ada": NAME}, files_folder=str(files)) as team:
        servers = team.here.parts.servers
        servers.tracer = recorder = Recorder()
        figures = PrometheusFigures({"": lambda: servers.count})
        servers.figures = figures.of("")
        token, page = await team.token("ada"), await team.browser("ada")
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as http:
            assert (await http.put(f"{team.origin}/files/{VALUE}.txt", content=VALUE)).status_code == 201
        async with team.assistant(token) as client:
            edit: dict[str, Any] = {"layout": "Customers", "ids": ["1"], "values": {"Name": VALUE}}
            done = await ended(client, await asked(client, "edit_records", **edit))
            applied = await asked(client, "apply_change", change_id=done["change_id"])
            assert (await ended(client, applied))["state"] == "done"
            await asked(client, "find_records", layout="Customers", where={"Name": VALUE})
            await asked(client, "export_records", layout="Customers", where={"Name": VALUE}, file=VALUE)
            await ended(client, await asked(client, "delete_records", layout="Customers", ids=["1"]))
            for tool, arguments in (
                ("edit_records", {**edit, "values": {VALUE: NAME}}),
                ("find_records", {"layout": VALUE}),
                (VALUE, {NAME: VALUE}),
            ):
                assert (await client.call_tool(tool, arguments)).is_error
        assert NAME in (await page.get("/")).text
        for path in ("/journal", "/changes", "/usage", f"/changes/{done['change_id']}", f"/{VALUE}"):
            await page.get(path)
        asked_for = httpx.AsyncClient(transport=httpx.ASGITransport(figures.app()), base_url="http://figures")
        async with asked_for as http:
            told = (await http.get("/metrics")).text
        await servers.revise()
    assert 'fm_calls_total{outcome="answered",tool="find_records"}' in told
    config = tmp_path / "settings.toml"
    config.write_text(
        f'state = "{tmp_path}/state.db"\nseal_key = "{tmp_path}/seal.key"\nfiles_folder = "{files}"\n'
        f'[database.sample]\nhost = "http://127.0.0.1"\nfile = "{FILE}"\naccount = "x"\npassword = {{ env = "X" }}\n'
    )
    place = ("--config", str(config))
    assert await command("callers", "list", *place) == 0
    caller = team.caller("ada")
    assert caller in capfd.readouterr().out
    also = ("--also", VALUE, "--also", NAME)
    assert await command("callers", "revoke", caller, "--erase", *place) == 0
    assert await command("journal", "forget", "--record", "Customers:1", *also, "--yes", *place) == 0
    capfd.readouterr()
    assert await command("journal", "verify", *place) == 0
    assert await command("callers", "list", *place) == 0
    said = capfd.readouterr()
    logged = [JsonLines().format(record) for record in caplog.records]
    with closing(sqlite3.connect(tmp_path / "state.db")) as state:
        dump = "\n".join(state.iterdump())
    places = {
        "dump": dump, "log": "\n".join(logged), "standard output": said.out + said.err, "figures": told,
        "traces": str(recorder.told), **{name: held.decode("latin-1") for name, held in left_in(tmp_path).items()},
    }  # fmt: skip
    for canary in (NAME, VALUE, token, NAME.encode().hex(), VALUE.encode().hex()):
        assert [name for name, text in places.items() if canary.casefold() in text.casefold()] == [], canary


async def ended(client: Client, answer: dict[str, Any]) -> dict[str, Any]:
    """At last, where a slow machine made a job of it."""
    while answer.get("state") == "running":
        answer = await asked(client, "check_job", job=answer["job"], wait=50)
    return answer


def left_in(folder: Path) -> dict[str, bytes]:
    """Each file's contents and its name, without those that the test wrote for the server."""
    return {
        str(path.relative_to(folder)): path.read_bytes() + path.name.encode()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in NOT_KEPT
    }
