"""The server as its owner runs it: figures, one JSON object a line, a reload at SIGHUP."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from filemaker_mcp.server.app.sample_server import ACCOUNT, FILE, PASSWORD
from filemaker_mcp.server.callers.caller_keys import BREAK_GLASS_DAYS, CallerKeys
from filemaker_mcp.server.changes.plans.plan_seal import Seal
from filemaker_mcp.server.emulator.serving import serving
from filemaker_mcp.server.http.call_watch import JsonLines
from filemaker_mcp.server.local.state.sqlite_state import SqliteState

from ..free_port import free_port
from ..host_of import host_of
from ..started import gone_at_last, start

pytestmark = pytest.mark.anyio
SPEAKS = {"Accept": "application/json, text/event-stream", "Host": "fm.example"}
CALLERS = '[[callers]]\nmatch = { issuer = "keys" }\n'


@pytest.fixture
async def host() -> AsyncGenerator[str]:
    async with serving(host_of().app) as address:
        yield address


def settings(host: str, metrics: int, folder: Path) -> str:
    return f"""
state = "{folder / "state.db"}"
files_folder = "{folder / "files"}"
seal_key = "{folder / "seal.key"}"
{{callers}}
[http]
public_url = "https://fm.example"
address = "127.0.0.1:0"
metrics = "127.0.0.1:{metrics}"
log = "json"
[database.harbor]
host = "{host}"
file = "{FILE}"
account = "{ACCOUNT}"
password = {{{{ env = "HARBOR" }}}}
access = "edit"
"""


async def test_it_tells_calls_and_figures_without_contents_and_takes_new_rules_whole(
    tmp_path: Path, host: str
) -> None:
    metrics = free_port()
    text = settings(host, metrics, tmp_path)
    file = tmp_path / "config.toml"
    file.write_text(text.format(callers=CALLERS), "utf-8")
    state, seal = SqliteState(tmp_path / "state.db"), Seal.of_file(tmp_path / "seal.key")
    key = await CallerKeys(lambda: state, lambda: seal).add(
        "agent", scopes=["fm:edit"], days=None, networks=[], owner="", now=0.0
    )
    rescue = await CallerKeys(lambda: state, lambda: seal).add(
        "rescue", scopes=[], days=BREAK_GLASS_DAYS, networks=[], owner="", now=time.time()
    )
    await state.close()
    own = {name: value for name, value in os.environ.items() if not name.startswith("FILEMAKER_")}
    process = await start(
        *("serve", "--config", str(file), "--http"),
        env=own | {"HARBOR": PASSWORD},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    lines = process.stderr

    async def told(event: str) -> dict[str, Any]:
        while line := await lines.readline():
            if (facts := json.loads(line))["event"].startswith(event):
                return facts
        raise AssertionError(f"nothing was told of {event!r}")

    async with (
        asyncio.timeout(240),
        gone_at_last(process),
        httpx.AsyncClient(headers=SPEAKS | {"Authorization": f"Bearer {key}"}) as http,
    ):
        url = (await told("serving at"))["event"].split()[-1]

        async def call(tool: str, **arguments: object) -> httpx.Response:
            body = {
                "jsonrpc": "2.0",
                "id": 1,
                "method": "tools/call",
                "params": {"name": tool, "arguments": arguments},
            }
            return await http.post(url, json=body)

        assert (await call("find_records", layout="Customers", where={"Name": "Jansen*"})).status_code == 200
        call_told = await told("call")
        assert (call_told["tool"], call_told["outcome"]) == ("find_records", "answered")
        await call("no\r\nsuch tool")
        assert (await told("call"))["tool"] == "other"
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "list_layouts"}}
        await http.post(url, json=body, headers={"Authorization": f"Bearer {rescue}"})
        assert (await told("call"))["emergency"] is True
        scraped = {"Host": f"127.0.0.1:{metrics}"}
        figures_now = (await http.get(f"http://127.0.0.1:{metrics}/metrics", headers=scraped)).text
        assert 'fm_calls_total{outcome="answered",tool="find_records"} 1.0' in figures_now
        assert "fm_emergency_calls_total 1.0" in figures_now
        families = {family.name: family for family in text_string_to_metric_families(figures_now)}
        assert [sample.value for sample in families["fm_open_callers"].samples] == [2.0]
        for named in ({"Host": "figures.evil.example"}, {"Origin": "https://evil.example"}):
            refused = await http.get(f"http://127.0.0.1:{metrics}/metrics", headers=named)
            assert refused.status_code in (403, 421), "another page's script reads no figures"
        for secret in ("Jansen", "agent", key):
            assert secret not in figures_now + json.dumps(call_told)

        file.write_text(text.format(callers='[[callers]]\nmatch = { issuer = "keys", has = "x" }\n'), "utf-8")
        process.send_signal(signal.SIGHUP)
        assert (await told("the settings were not taken"))["level"] == "ERROR"
        assert (await call("list_layouts")).status_code == 200
        await told("call")
        file.write_text(
            text.format(callers='[[callers]]\nmatch = { issuer = "keys", subject = "other" }\n'), "utf-8"
        )
        process.send_signal(signal.SIGHUP)
        await told("callers and policies were read anew")
        file.write_text(
            file.read_text("utf-8").replace('log = "json"', 'log = "json"\nbody_limit = 99999'), "utf-8"
        )
        process.send_signal(signal.SIGHUP)
        await told("what changed in [http] waits for a restart")
        await told("callers and policies were read anew")
        assert (await call("list_layouts")).status_code == 403
        file.write_text(text.format(callers=CALLERS), "utf-8")
        process.send_signal(signal.SIGHUP)
        await told("callers and policies were read anew")
        port = httpx.URL(url).port
        half, upload = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        head = f"HTTP/1.1\r\nHost: fm.example\r\nAuthorization: Bearer {key}\r\nContent-Length: 9\r\n\r\n{{"
        half[1].write(f"POST /mcp {head}".encode())  # the rest never comes
        upload[1].write(f"PUT /files/leads.csv {head}".encode())
        assert (await call("list_layouts")).status_code == 200  # those were read, too
        process.send_signal(signal.SIGTERM)
        assert (await half[0].readline()).split()[1] == b"503", "another server can be asked for it"
        for _ in range(100):  # for as long as a server that waits for nobody would take to go
            assert (await http.get(url.replace("/mcp", "/ready"))).status_code == 503
        upload[1].write(b"12345678")
        assert (await upload[0].readline()).split()[1] == b"201", "what had begun to come is waited for"
        for _, writer in (half, upload):
            writer.close()
        rest = await lines.read()
        assert await process.wait() == 0
    ended = [json.loads(line) for line in rest.splitlines()]
    assert [each for each in ended if each["level"] == "ERROR"] == []
    assert [each.read_text("utf-8") for each in (tmp_path / "files").rglob("leads.csv")] == ["{12345678"]


def test_a_line_of_the_log_stays_one_line_whatever_is_in_it() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 1, 'a\r\n{"event": "%s"}\u2028\x1b[2J', ("b\n",), None)
    record.facts = {"tool": "c\r\nd", "seconds": 1}
    line = JsonLines().format(record)
    assert line.isascii()
    assert len(line.splitlines()) == 1
    assert json.loads(line)["tool"] == "c\r\nd"
