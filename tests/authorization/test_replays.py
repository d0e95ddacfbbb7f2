"""What was used once, sent once more: forms of agreement, acts, sealed state of a call, sessions, addresses of files."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest

from ..http.http_server import HttpServer
from ..http.test_replicas import TYPED, at, replicas, token_of
from .stand import ORIGIN, Browser

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def here(own_folders: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[HttpServer]:
    async with replicas(tmp_path_factory.mktemp("replays"), 1) as ((server,), _):
        yield server


async def acted(browser: Browser, plan: str) -> tuple[str, httpx.Response]:
    """The page of the act, and what came of it."""
    await browser.get(f"/agree/{plan}")
    act = (await browser.send(answer="yes")).text
    return act, await browser.send(**TYPED)


async def test_an_act_counts_once_and_for_its_own_plan(here: HttpServer) -> None:
    browser = at(here)
    token = await token_of(browser, at(here))
    await browser.get("/sign-in?next=/files/nothing")
    await browser.send(**TYPED)
    async with here.person(token) as person:
        plans = [
            str((await person.ask("delete_records", layout="Products", ids=[record]))["change_id"])
            for record in ("1", "2")
        ]
        used, answer = await acted(browser, plans[0])
        assert "You agreed" in answer.text
        browser.page = used
        assert (await browser.send(**TYPED)).status_code == 410, "the same act again"
        assert (await person.ask("apply_change", change_id=plans[1]))["state"] == "planned"
        assert (await person.ask("apply_change", change_id=plans[0]))["state"] == "done"
        browser.page = used
        assert (await browser.send(**TYPED)).status_code == 410
        again = await person.ask("apply_change", change_id=plans[0])
        assert (again["state"], again["records"]) == ("done", {"done": 1})


@pytest.mark.parametrize("state", ["", "invented", "x" * 5_000])
async def test_a_state_that_was_not_sealed_here_and_a_session_of_others_are_nothing(
    here: HttpServer, state: str
) -> None:
    token = await token_of(at(here), at(here))
    meta: dict[str, Any] = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    params: dict[str, Any] = {
        "name": "list_layouts",
        "arguments": {},
        "requestState": state,
        "inputResponses": {},
        "_meta": meta,
    }
    headers = {
        "Authorization": f"Bearer {token}", "Host": here.host, "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "list_layouts",
    }  # fmt: skip
    body: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    async with httpx.AsyncClient(headers=headers) as http:
        answer = await http.post(here.url, json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32602)
    session = {"Mcp-Session-Id": "somebody-elses"}
    assert (await here.status_of(token, **session))[0] == 200
    assert (await here.status_of("fmat_" + "x" * 43, **session))[0] == 401, "a session lets nobody in"


async def test_the_address_of_a_file_fetches_nothing_by_itself(here: HttpServer) -> None:
    browser = at(here)
    token = await token_of(browser, at(here))
    async with here.person(token) as person:
        file = str((await person.ask("export_records", layout="Products", file="list"))["file"])
    path = file.removeprefix(ORIGIN)
    stranger = at(here)
    for method in ("GET", "HEAD"):
        assert (await stranger.http.request(method, path)).headers.get("location", "").startswith("/sign-in")
    assert (await stranger.http.post(path, headers={"Origin": ORIGIN})).status_code in (303, 403)
    await browser.get("/sign-in?next=/files/nothing")
    await browser.send(**TYPED)
    page = await browser.get(path)
    assert "SKU" not in page.text, "a page with a button, which a preview may open"
    assert (await browser.http.post(path, headers={"Origin": "https://evil.example"})).status_code == 403
    assert "SKU" in (await browser.send(path)).text
