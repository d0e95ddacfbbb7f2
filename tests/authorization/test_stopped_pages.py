"""A browser stays signed in for long. Whoever was stopped since sees no plan in it and agrees to none."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from filemaker_mcp.server.app.http.http_service import PATH, http_service
from filemaker_mcp.server.callers.halts import EVERYBODY, Halt, Halts

from ..assistant import ACCOUNT, PASSWORD
from ..http.later import Later
from .served import BACK, Served, asked, served
from .stand import Browser, returned

pytestmark = pytest.mark.anyio
TYPED = {"account": ACCOUNT, "password": PASSWORD}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_who_was_stopped_opens_no_plan_and_agrees_to_none(tmp_path: Path) -> None:
    clock = Later()
    async with served(tmp_path, {"accounts": {"password_page": "anywhere"}}, clock=clock) as here:
        browser = Browser(http_service(here.parts).app, "192.0.2.7", urlsplit(here.origin).netloc)
        plan = await planned(here, await let_in(browser, here.origin))
        page = f"/agree/{plan}"
        await browser.get((await browser.get(page)).headers["location"])
        assert (await browser.send(origin=here.origin, **TYPED)).headers["location"] == page
        assert (await browser.get(page)).status_code == 200
        act = await browser.send(origin=here.origin, answer="yes")
        assert 'type="password"' in act.text

        halts = Halts(lambda: here.state, clock.monotonic)
        await halts.put(Halt(EVERYBODY, False, "Month end", clock.wall()))
        clock.ahead += 5
        looked = await browser.get(page)
        assert (looked.status_code, "has stopped changes" in looked.text) == (200, True)
        assert (await browser.send(origin=here.origin, answer="yes")).status_code == 403
        browser.page = act.text
        late = await browser.send(origin=here.origin, **TYPED)
        assert (late.status_code, "Nothing was agreed to" in late.text) == (409, True)
        await halts.lift(EVERYBODY)
        clock.ahead += 5
        await browser.get(page)
        act = await browser.send(origin=here.origin, answer="yes")
        assert 'type="password"' in act.text
        await halts.put(Halt(EVERYBODY, True, "Month end", clock.wall()))
        clock.ahead += 5
        late = await browser.send(origin=here.origin, **TYPED)
        assert (late.status_code, "Month end" in late.text) == (403, True)
        shut = await browser.get(page)
        assert (shut.status_code, "Month end" in shut.text) == (403, True)
        await halts.lift(EVERYBODY)
        clock.ahead += 5
        assert (await browser.get(page)).status_code == 200


async def test_a_page_answers_to_no_method_but_its_own(tmp_path: Path) -> None:
    """Also where a whole application stands below an address."""
    async with served(tmp_path, {"accounts": {"password_page": "anywhere"}}) as here:
        browser = Browser(http_service(here.parts).app, "192.0.2.7", urlsplit(here.origin).netloc)
        paths = {str(getattr(route, "path", "")) for route in here.parts.routes} - {"/agree"}
        for path in sorted(paths | {"/agree/x", "/agree/x/plan.csv", "/mcp", "/live", "/files/x"}):
            for method in ("PUT", "PATCH", "DELETE", "BREW"):
                answer = await browser.http.request(method, path.replace("{name}", "x"))
                expected = (401,) if (path, method) == ("/files/x", "PUT") else (404, 405)
                assert answer.status_code in expected, (method, path)


async def let_in(browser: Browser, origin: str) -> str:
    """An access token of a program that the account's person let in."""
    asks = {"client_id": "desk", "redirect_uri": BACK}
    await browser.ask(**asks, resource=origin + PATH)
    await browser.send("/consent", origin, answer="yes", **{"fm:delete": "yes"})
    code = returned(await browser.send(origin=origin, **TYPED))["code"]
    return (await browser.redeem(code, **asks, resource=origin + PATH)).json()["access_token"]


async def planned(here: Served, token: str) -> str:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60) as http,
        Client(streamable_http_client(here.origin + PATH, http_client=http)) as client,
    ):
        plan = await asked(client, "delete_records", layout="Products", ids=["1"])
        return str(plan["change_id"])
