"""Several customers in one process share nothing, and two that would are refused at the start."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from filemaker_mcp.server.app.http.customers import customer_settings
from filemaker_mcp.server.app.http.http_application import put_together
from filemaker_mcp.server.app.http.http_service import PATH, http_services
from filemaker_mcp.server.app.sample_server import ACCOUNT, FILE, PASSWORD
from filemaker_mcp.server.callers.caller_keys import CallerKeys
from filemaker_mcp.server.callers.halts import EVERYBODY, Halt, Halts
from filemaker_mcp.server.errors import ConfigurationError
from filemaker_mcp.server.http.web_server import Listening, web_server

from ..host_of import host_of
from ..started import start

pytestmark = pytest.mark.anyio
NAMES = ("acme", "baker")


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
            await CallerKeys(lambda state=state: state).add(
                "agent", scopes=["fm:edit"], days=1, networks=[], owner="", now=2e9
            )
            for state in states
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
    ],
)
def test_two_that_would_share_something_are_refused(tmp_path: Path, old: str, new: str, why: str) -> None:
    def changed(text: str) -> str:
        was, now = (each.replace("{folder}", str(tmp_path)) for each in (old, new))
        assert was in text
        return text.replace(was, now)

    files = [written(tmp_path, "acme"), written(tmp_path, "baker", changed)]
    with pytest.raises(ConfigurationError, match=why):
        customer_settings({"HARBOR": PASSWORD}, files)
    with pytest.raises(ConfigurationError, match="FILEMAKER_ACCESS is set"):
        customer_settings({"HARBOR": PASSWORD, "FILEMAKER_ACCESS": "read"}, files)


def test_one_name_and_one_state_are_told_however_they_are_written(tmp_path: Path) -> None:
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


async def test_the_command_serves_them_and_ends_whole(tmp_path: Path) -> None:
    files = [written(tmp_path, name) for name in NAMES]
    first = files[0].read_text().replace("[http]", '[http]\naddress = "127.0.0.1:0"')
    files[0].write_text(first)
    own = {name: value for name, value in os.environ.items() if not name.startswith("FILEMAKER_")}
    words = [word for file in files for word in ("--customer", str(file))]
    process = await start(
        *("serve", "--http", *words),
        env=own | {"HARBOR": PASSWORD},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    async with asyncio.timeout(60), httpx.AsyncClient() as http:
        url = (await process.stderr.readline()).decode().split()[-1]
        for host, status in (("acme.example", 401), ("baker.example", 401), ("127.0.0.1", 421)):
            answer = await http.post(url, content=json.dumps({}), headers={"Host": host})
            assert answer.status_code == status, host
        process.terminate()
        assert await process.wait() == 0
