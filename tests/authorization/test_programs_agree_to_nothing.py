"""An assistant that answers by itself, a key, and a program that drives a person's signed-in browser: none of them agrees to anything."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitRequestParams, ElicitResult

from ..assistant import ACCOUNT, Mode
from ..changes.applying.faults import Swift
from ..http.agent_keys import agent_keys
from ..http.http_server import HttpServer, Person
from ..http.test_replicas import BACK, TYPED, at, replicas, token_of
from .stand import ORIGIN, Browser

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def here(own_folders: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[HttpServer]:
    async with replicas(tmp_path_factory.mktemp("programs"), 1, clock=Swift()) as ((server,), _):
        yield server


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_an_assistant_that_says_yes_to_every_form_is_shown_none(here: HttpServer, mode: Mode) -> None:
    asked: list[str] = []

    async def obliging(context: object, params: ElicitRequestParams) -> ElicitResult:
        asked.append(params.message)
        letters = re.findall(r"[a-z]{4}", params.message)[-1:]
        return ElicitResult(action="accept", content={"letters": "".join(letters)})

    token = await token_of(at(here), at(here))
    headers = {"Authorization": f"Bearer {token}", "Host": here.host}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60) as http,
        Client(
            streamable_http_client(here.url, http_client=http), mode=mode, elicitation_callback=obliging
        ) as client,
    ):
        person = Person(client)
        for tool, change in (
            ("delete_records", {"layout": "Products", "ids": ["1"]}),
            ("run_script", {"script": "Send Reminder", "parameter": "1"}),
        ):
            plan = str((await person.ask(tool, **change))["change_id"])
            for _ in range(2):
                waits = await person.ask("apply_change", change_id=plan)
                assert waits["state"] == "planned", waits
                assert "A person has to agree" in str(waits["next"])
    assert asked == []


async def test_a_key_waits_for_a_person_and_has_no_page(here: HttpServer) -> None:
    keys = agent_keys(here.parts.servers)
    made: dict[str, Any] = {"days": None, "networks": [], "now": 0.0}
    key = await keys.add("eraser", scopes=["fm:delete", "fm:run"], owner=ACCOUNT, **made)
    async with here.person(key) as agent:
        plan = str((await agent.ask("delete_records", layout="Products", ids=["2"]))["change_id"])
        assert (await agent.ask("apply_change", change_id=plan))["state"] == "planned"
        browser = at(here)
        lets_in = {"Authorization": f"Bearer {key}", "Origin": ORIGIN}
        for method in ("GET", "POST"):
            answer = await browser.http.request(method, f"/agree/{plan}", headers=lets_in)
            assert answer.headers.get("location", "").startswith("/sign-in"), "a bearer opens no page"
        assert (await agent.ask("apply_change", change_id=plan))["state"] == "planned"


async def test_who_drives_a_signed_in_browser_presses_agree_for_nothing(here: HttpServer) -> None:
    """The cookie is there, and every form of our pages can be sent. What is missing is an act of the person."""
    browser = at(here)
    token = await token_of(browser, at(here))
    async with here.person(token) as person:
        plan = str((await person.ask("delete_records", layout="Products", ids=["3"]))["change_id"])
        page = f"/agree/{plan}"
        await browser.get((await browser.get(page)).headers["location"])
        await browser.send(**TYPED)
        assert (await browser.get(page)).status_code == 200
        act = await browser.send(answer="yes")
        assert 'type="password"' in act.text
        for secret in ("", "guess", TYPED["password"].upper()):
            assert "You agreed" not in (await browser.send(account=ACCOUNT, password=secret)).text
        await browser.get(page)
        again = await browser.send(answer="yes", digest="0" * 64)
        assert again.status_code in (403, 409)
        await assert_not_agreed_elsewhere(browser, page)
        assert (await person.ask("apply_change", change_id=plan))["state"] == "planned"


async def assert_not_agreed_elsewhere(browser: Browser, page: str) -> None:
    """A sign-in of just now, for something else, is no act for this plan."""
    await browser.ask(client_id="desk", redirect_uri=BACK)
    await browser.send("/consent", answer="yes")
    await browser.send(**TYPED)
    assert "You agreed" not in (await browser.get(page)).text
