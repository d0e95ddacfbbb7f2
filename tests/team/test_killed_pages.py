"""The pages beside /mcp are looked at, another program opens and closes the records, and the server is killed: nothing is missing."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest

from filemaker_mcp.server.app.sample_server import everything_allowed
from filemaker_mcp.server.authorization.team_pages import PATHS
from filemaker_mcp.server.emulator.serving import serving

from ..assistant import ACCOUNT, SAMPLE
from ..authorization.stand import Browser
from ..authorization.test_stopped_pages import TYPED, let_in
from ..changes.applying.test_killed_over_http import over_http
from ..changes.applying.test_other_processes import answered, come_and_go, lost_files
from ..changes.workshop_host import command
from ..free_port import free_port
from ..host_of import host_of

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        not Path("/proc/self/fd").is_dir(), reason="open files are looked at as Linux shows them"
    ),
]
OWNERS = """\
[http]
public_url = "{origin}"
people = "{origin}"
[http.sign_in]
name = "Rope & Sons"
accounts = {{ password_page = "anywhere" }}
more_clients = [{{ id = "desk", name = "Desk", redirects = ["http://localhost/callback"] }}]
[[callers]]
match = {{ issuer = "{origin}", claim = "account", has = "{account}" }}
role = "owner"
"""
OF_A_CHANGE = ("/changes/{plan}", "/changes/{plan}/1", "/changes/{plan}/plan.csv", "/journal?check=1")


class Plain(httpx.AsyncHTTPTransport):
    """To the server itself, as a proxy that ends TLS goes there: cookies are kept for https."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http")
        return await super().handle_async_request(request)


class Window(Browser):
    """A browser that goes to a process of its own."""

    def __init__(self, address: str) -> None:
        self.http = httpx.AsyncClient(transport=Plain(), base_url=f"https://{address}", timeout=60)
        self.page = ""


async def test_a_server_that_is_killed_after_any_of_its_pages_has_lost_nothing(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    origin, state, made = f"http://{address}", tmp_path / "state.db", list[str]()
    config = tmp_path / "config.toml"
    config.write_text(OWNERS.format(origin=origin, account=ACCOUNT), encoding="utf-8")
    async with serving(host_of().app) as host:
        place = {"FILEMAKER_HOST": host, "FILEMAKER_STATE": str(state), "FILEMAKER_CONFIG": str(config)}
        place |= {"FILEMAKER_APPROVAL": "client", "FILEMAKER_FILES_FOLDER": str(tmp_path / "files")}
        browser = Window(address)

        async def token() -> str:
            return await let_in(browser, origin)

        async with over_http(SAMPLE | everything_allowed() | place, address, token) as (process, client):
            await browser.get((await browser.get("/")).headers["location"])
            assert (await browser.send(origin=origin, **TYPED)).headers["location"] == "/"
            for path in ("/", *(each for each in PATHS if "{" not in each), *OF_A_CHANGE):
                values = {"Title": f"Written {len(made)} times"}
                plan = await answered(
                    client, "edit_records", {"layout": "Tasks", "ids": ["1"], "values": values}
                )
                made.append(plan["change_id"])
                assert (await answered(client, "apply_change", {"change_id": made[-1]}))["state"] == "done"
                page = await browser.get(path.format(plan=made[-1]))
                assert page.status_code == 200, (path, page.text)
                await come_and_go(state)
                assert not lost_files(process.pid), path
            with suppress(ProcessLookupError):
                process.kill()
        await browser.http.aclose()
    with closing(sqlite3.connect(state)) as file:
        assert {row[0] for row in file.execute("SELECT plan FROM journal WHERE event = 'ended'")} == set(made)
    assert await command("journal", "--state", str(state), "verify") == 0
