"""Without sign-in it serves this machine alone: loopback, nothing in between, a bearer that only its owner can read."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest

from filemaker_mcp.server.errors import ConfigurationError
from filemaker_mcp.server.local.places import bearer_file

from ..assistant import Mode
from .http_server import HttpServer, bearer, http_server

pytestmark = pytest.mark.anyio
LIST: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
SPEAKS = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def server(own_folders: None) -> AsyncGenerator[HttpServer]:
    async with http_server() as served:
        yield served


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_client_of_either_era_finds_plans_and_applies(server: HttpServer, mode: Mode) -> None:
    async with server.person(bearer(), mode) as person:
        assert len((await person.client.list_tools()).tools) == 18
        found = await person.ask("find_records", layout="Products", limit=1)
        assert found["found"] > 1
        name = f"Bolt {mode}"
        plan = await person.ask(
            "create_records", layout="Products", records=[{"SKU": f"B-{mode}", "Name": name, "Price": 2}]
        )
        assert (await person.ask("apply_change", change_id=plan["change_id"]))["state"] == "done"
    async with server.person(bearer(), "auto") as again:
        changes = await again.ask("list_changes")
        assert plan["change_id"] in str(changes)


async def test_whoever_has_no_bearer_is_told_how_to_get_in_and_nothing_else(server: HttpServer) -> None:
    async with httpx.AsyncClient(headers=SPEAKS) as http:
        without = await http.post(server.url, json=LIST)
        wrong = await http.post(server.url, json=LIST, headers={"Authorization": "Bearer " + "a" * 64})
        cookie = await http.post(server.url, json=LIST, headers={"Cookie": f"session={bearer()}"})
        right = await http.post(server.url, json=LIST, headers={"Authorization": f"Bearer {bearer()}"})
    assert (without.status_code, wrong.status_code, cookie.status_code, right.status_code) == (
        401,
        401,
        401,
        200,
    )
    assert without.headers["www-authenticate"] == 'Bearer scope="fm:read"'
    assert 'error="invalid_token"' in wrong.headers["www-authenticate"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example:80"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"X-Forwarded-For": "127.0.0.1"}, 403),
        ({"Forwarded": "for=127.0.0.1"}, 403),
        ({"Via": "1.1 tunnel"}, 403),
        ({"Host": "localhost:9", "Origin": "http://localhost:3000"}, 200),
    ],
)
async def test_only_requests_of_this_machine_itself_are_looked_at(
    server: HttpServer, headers: dict[str, str], status: int
) -> None:
    lets_in = {"Authorization": f"Bearer {bearer()}"}
    async with httpx.AsyncClient(headers=SPEAKS | lets_in) as http:
        assert (await http.post(server.url, json=LIST, headers=headers)).status_code == status


async def test_there_are_no_sessions_to_open_or_end(server: HttpServer) -> None:
    lets_in = {"Authorization": f"Bearer {bearer()}", "Mcp-Session-Id": "somebody-elses"}
    async with httpx.AsyncClient(headers=SPEAKS | lets_in) as http:
        assert [(await http.request(verb, server.url)).status_code for verb in ("GET", "DELETE")] == [
            405,
            405,
        ]
        answer = await http.post(server.url, json=LIST)
    assert answer.status_code == 200
    assert "mcp-session-id" not in answer.headers


def test_a_bearer_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    from filemaker_mcp.server.callers.machine_bearer import MachineBearer

    place = tmp_path / "http.bearer"
    MachineBearer(place, "ada")
    assert place.stat().st_mode & 0o777 == 0o600
    place.chmod(0o644)
    with pytest.raises(ConfigurationError, match="can read"):
        MachineBearer(place, "ada")


async def test_the_command_serves_until_it_is_told_to_end_and_logs_out() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "filemaker_mcp.server", "serve", "--demo", "--http", "127.0.0.1:0"),
        env={key: value for key, value in os.environ.items() if not key.startswith("FILEMAKER_")},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    async with asyncio.timeout(120):
        url = (await process.stderr.readline()).decode().split()[-1]
        async with httpx.AsyncClient(headers=SPEAKS) as http:
            assert (await http.get(url.replace("/mcp", "/live"))).text == "live\n"
            assert (await http.get(url.replace("/mcp", "/ready"))).text == "ready\n"
            lets_in = {"Authorization": f"Bearer {bearer_file().read_text('ascii')}"}
            call: dict[str, Any] = {"name": "list_layouts", "arguments": {}}
            asked = LIST | {"method": "tools/call", "params": call}
            assert "Customers" in (await http.post(url, json=asked, headers=lets_in)).text
        process.send_signal(signal.SIGTERM)
        rest = await process.stderr.read()
        assert await process.wait() == 0
    assert rest == b""
