"""Several customers in one process share nothing, and two that would are refused at the start."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from filemaker_mcp.server.app.http.customer_checks import check_states
from filemaker_mcp.server.app.http.customers import customer_settings
from filemaker_mcp.server.app.http.http_application import put_together
from filemaker_mcp.server.app.http.http_service import PATH, http_services
from filemaker_mcp.server.app.sample_server import ACCOUNT, FILE, PASSWORD
from filemaker_mcp.server.callers.halts import EVERYBODY, Halt, Halts
from filemaker_mcp.server.errors import ConfigurationError
from filemaker_mcp.server.http.web_server import Listening, web_server
from filemaker_mcp.server.local.state.sqlite_state import SqliteState

from ..changes.workshop_host import command
from ..free_port import free_port
from ..host_of import host_of
from ..started import gone_at_last, start
from .agent_keys import agent_keys

pytestmark = pytest.mark.anyio
NAMES = ("acme", "baker")
STATE = 'state = { postgres = { env = "STATE_OF_%s" } }'


def written(folder: Path, name: str, change: Callable[[str], str] = lambda text: text) -> Path:
    own = folder / name
    own.mkdir(exist_ok=True)
    file = folder / f"{name}.toml"
    text = f"""
state = "{own / "state.db"}"
seal_key = "{own / "keys" / "seal.key"}"
files_folder = "{own / "files"}"
[[callers]]
match = {{ issuer = "keys" }}
[http]
public_url = "https://{name}.example"
[database.harbor]
host = "http://127.0.0.1"
file = "{FILE}"
account = "{ACCOUNT}"
access = "edit"
password = {{ env = "HARBOR" }}
"""
    file.write_text(change(text))
    return file


def have_keys_of_their_own(folder: Path) -> bool:
    keys = [path.read_bytes() for name in ("seal.key", "secrets.key") for path in folder.rglob(name)]
    return len(set(keys)) == len(keys) == 4


async def test_each_has_keys_state_journal_and_files_of_its_own_and_no_other_name_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARBOR", PASSWORD)
    files = [written(tmp_path, name) for name in NAMES]
    settings = customer_settings({"HARBOR": PASSWORD}, files)
    emulators = [host_of() for _ in NAMES]
    customers = [
        put_together(each, {"harbor": httpx.ASGITransport(app=emulator.app)})
        for each, emulator in zip(settings, emulators, strict=True)
    ]
    listening = Listening("127.0.0.1", 0, 50)
    socket = listening.socket()
    server = web_server(http_services(customers).app, listening)
    serving = asyncio.create_task(server.serve([socket]))
    try:
        states = [each.servers.state for each in customers]
        keys = [
            await agent_keys(each.servers).add(
                "agent", scopes=["fm:edit"], days=1, networks=[], owner="", now=2e9
            )
            for each in customers
        ]

        async def call(key: str, host: str, tool: str, **arguments: object) -> httpx.Response:
            params = {"name": tool, "arguments": arguments}
            body: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
            speaks = {"Accept": "application/json, text/event-stream", "Host": host}
            async with httpx.AsyncClient(headers=speaks | {"Authorization": f"Bearer {key}"}) as http:
                return await http.post(f"http://127.0.0.1:{socket.getsockname()[1]}{PATH}", json=body)

        export = {"layout": "Products", "file": "list.csv"}
        edit = {"layout": "Products", "ids": ["1"], "values": {"Stock": 41}}
        for tool, arguments in (("export_records", export), ("edit_records", edit)):
            assert (await call(keys[0], "acme.example", tool, **arguments)).status_code == 200
        assert (await call(keys[0], "baker.example", "list_layouts")).status_code == 401
        assert (await call(keys[1], "acme.example", "list_layouts")).status_code == 401
        for host in ("other.example", "127.0.0.1"):
            assert (await call(keys[0], host, "list_layouts")).status_code == 421
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{socket.getsockname()[1]}") as platform:
            for host, path, status in (
                ("10.0.0.7:8791", "/ready", 200), ("[fd00::7]", "/live", 200), ("acme.example", "/ready", 200),
                ("other.example", "/ready", 421), ("10.0.0.7.example", "/live", 421), ("10.0.0.7:8791", "/files", 421),
            ):  # fmt: skip
                assert (await platform.get(path, headers={"Host": host})).status_code == status, (host, path)
        for table, counts in (("plan", (1, 0)), ("journal", (1, 0)), ("caller_key", (1, 1))):
            found = [len(await state.rows(f"SELECT * FROM {table}")) for state in states]
            assert tuple(min(n, 1) for n in found) == counts, table
        assert [len(list((tmp_path / name).rglob("list.csv"))) for name in NAMES] == [1, 0]
        await Halts(lambda: states[0], lambda: 0.0).put(Halt(EVERYBODY, True, "unpaid", 0.0))
        assert (await call(keys[1], "baker.example", "edit_records", **edit)).status_code == 200
        assert have_keys_of_their_own(tmp_path)
    finally:
        server.should_exit = True
        await serving


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("https://baker.example", "https://acme.example", "same name"),
        ("{folder}/baker/state.db", "{folder}/acme/state.db", "same state"),
        ("{folder}/baker/keys/seal.key", "{folder}/acme/keys/other.key", "same folder"),
        ("{folder}/baker/files", "{folder}/acme", "files folder of the other"),
        ('state = "{folder}/baker/state.db"', "", "does not say state"),
        ('files_folder = "{folder}/baker/files"', "", "does not say files_folder"),
        ("[http]", '[http]\naddress = "127.0.0.1:9999"', "once for all customers"),
        ("[http]", '[http]\njournal_head = { file = "{folder}/heads" }', "journal's end in the same file"),
        ("[http]", '[secrets]\nkeys = [{ id = "1", file = "{folder}/key" }]\n[http]', "a key in common"),
    ],
)
def test_two_that_would_share_something_are_refused(tmp_path: Path, old: str, new: str, why: str) -> None:
    def changed(text: str) -> str:
        was, now = (each.replace("{folder}", str(tmp_path)) for each in (old, new))
        assert was in text
        return text.replace(was, now)

    (tmp_path / "key").write_text("k" * 64)
    own = tmp_path / "acme" / "keys"
    own.mkdir(parents=True)
    (own / "seal.key").write_text("k" * 64)
    head = f'[http]\njournal_head = {{ file = "{tmp_path / "heads"}" }}'
    first = written(tmp_path, "acme", lambda text: text.replace("[http]", head))
    files = [first, written(tmp_path, "baker", changed)]
    with pytest.raises(ConfigurationError, match=why):
        customer_settings({"HARBOR": PASSWORD}, files)
    with pytest.raises(ConfigurationError, match="FILEMAKER_ACCESS is set"):
        customer_settings({"HARBOR": PASSWORD, "FILEMAKER_ACCESS": "read"}, files)


def test_one_name_and_one_state_are_told_however_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "state.db").touch()
    ports = [
        written(tmp_path, name, lambda text: text.replace("baker.example", "ACME.example:443"))
        for name in NAMES
    ]
    with pytest.raises(ConfigurationError, match="same name acme"):
        customer_settings({}, ports)
    other, same = tmp_path / "baker" / "state.db", tmp_path / "link" / "acme" / "state.db"
    links = [written(tmp_path, name, lambda text: text.replace(str(other), str(same))) for name in NAMES]
    with pytest.raises(ConfigurationError, match="same state"):
        customer_settings({}, links)
    monkeypatch.setenv("STATE_OF_ACME", "postgresql://fm@db.example/fm?sslmode=verify-full")
    named = [
        written(tmp_path, name, lambda text, name=name: re.sub("state = .*", STATE % name.upper(), text))
        for name in NAMES
    ]
    for url in ("other@db.example:5432/fm?sslmode=verify-full", "/fm?host=db.example&sslmode=verify-full"):
        monkeypatch.setenv("STATE_OF_BAKER", f"postgresql://{url}")
        with pytest.raises(ConfigurationError, match="same state"):
            customer_settings({}, named)
    monkeypatch.setenv(
        "STATE_OF_BAKER", "postgresql://fm@db.example/fm?sslmode=verify-full&options=-csearch_path%3Dbaker"
    )
    assert len(customer_settings({}, named)) == 2


@pytest.mark.parametrize("place", ["file", "env"])
def test_a_key_in_common_is_told_whatever_its_bytes_are_and_whatever_its_variable_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    files: list[Path] = []
    for name in NAMES:
        key = tmp_path / f"{name}.key"
        key.write_bytes(b"sixteen bytes...\n...sixteen bytes")
        monkeypatch.setenv(f"KEY_OF_{name.upper()}", key.read_text())
        told = f'file = "{key}"' if place == "file" else f'env = "KEY_OF_{name.upper()}"'
        keys = f'[secrets]\nkeys = [{{ id = "{name}", {told} }}]\n[http]'
        files.append(written(tmp_path, name, lambda text, keys=keys: text.replace("[http]", keys)))
    with pytest.raises(ConfigurationError, match="have a key in common"):
        customer_settings({}, files)


@pytest.mark.skipif(sys.platform != "linux", reason="a file that is there and cannot be read, by whomever")
def test_a_key_that_cannot_be_read_is_told_with_its_place(tmp_path: Path) -> None:
    files = [written(tmp_path, name) for name in NAMES]
    key = tmp_path / NAMES[0] / "keys" / "seal.key"
    key.parent.mkdir()
    key.symlink_to("/proc/self/mem")
    with pytest.raises(ConfigurationError, match=r"cannot be read from .*acme/keys/seal.key"):
        customer_settings({}, files)


async def test_a_customer_who_was_set_up_with_a_copy_of_anothers_records_is_refused(tmp_path: Path) -> None:
    first = SqliteState(tmp_path / "acme.db")
    await check_states([("acme", first), ("none", SqliteState(None))])
    await first.close()
    shutil.copyfile(tmp_path / "acme.db", tmp_path / "baker.db")
    first = SqliteState(tmp_path / "acme.db")
    second = SqliteState(tmp_path / "baker.db")
    with pytest.raises(ConfigurationError, match="acme and baker have the same state, or a copy of it"):
        await check_states([("acme", first), ("baker", second)])
    await first.close()
    await second.close()


async def test_the_command_serves_them_tells_whose_a_call_was_and_ends_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [written(tmp_path, name) for name in NAMES]
    metrics = f"127.0.0.1:{free_port()}"
    once = f'[http]\naddress = "127.0.0.1:0"\nlog = "json"\nmetrics = "{metrics}"'
    files[0].write_text(files[0].read_text().replace("[http]", once))
    assert await command("key", "add", "agent", "--config", str(files[1])) == 0, "before the first start, too"
    key = capsys.readouterr().out.strip()
    assert await command("key", "list", "--config", str(files[0])) == 2, "nothing is made by a look"
    own = {name: value for name, value in os.environ.items() if not name.startswith("FILEMAKER_")}
    words = [word for file in files for word in ("--customer", str(file))]
    process = await start(
        *("serve", "--http", *words),
        env=own | {"HARBOR": PASSWORD},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    async with asyncio.timeout(120), gone_at_last(process), httpx.AsyncClient() as http:
        url = json.loads(await process.stderr.readline())["event"].split()[-1]
        for host, status in (("acme.example", 401), ("baker.example", 401), ("127.0.0.1", 421)):
            answer = await http.post(url, content=json.dumps({}), headers={"Host": host})
            assert answer.status_code == status, host
        speaks = {"Accept": "application/json, text/event-stream", "Host": "baker.example"}
        call: dict[str, Any] = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": "list_jobs", "arguments": {}},
        }
        await http.post(url, json=call, headers=speaks | {"Authorization": f"Bearer {key}"})
        counted = (await http.get(f"http://{metrics}/metrics")).text
        process.terminate()
        told = [json.loads(line) for line in (await process.stderr.read()).splitlines()]
        assert await process.wait() == 0
    assert [each["customer"] for each in told if each["event"] == "call"] == ["baker.example"]
    for line in (
        'fm_open_callers{customer="baker.example"} 1.0',
        'fm_open_callers{customer="acme.example"} 0.0',
    ):
        assert line in counted
    assert 'fm_calls_total{customer="baker.example"' in counted
    assert 'fm_calls_total{customer="acme.example"' not in counted
