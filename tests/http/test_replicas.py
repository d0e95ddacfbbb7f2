"""Three servers at one address on one state: a person is asked by one, agrees at another, and a third one carries it out."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.app.http.http_service import http_service
from filemaker_mcp.server.app.sample_server import everything_allowed
from filemaker_mcp.server.auth.clock import Clock
from filemaker_mcp.server.config.configuration import overlaid
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.local.state.state_place import is_address

from ..assistant import ACCOUNT, PASSWORD, SAMPLE
from ..authorization.stand import ORIGIN, RESOURCE, Browser, returned
from ..host_of import host_of
from ..postgres import stored
from .agent_keys import agent_keys
from .http_server import HttpServer, http_server

pytestmark = pytest.mark.anyio
BACK = "http://localhost:48219/callback"
TYPED = {"account": ACCOUNT, "password": PASSWORD}


@asynccontextmanager
async def replicas(
    folder: Path, number: int = 3, *, clock: Clock | None = None, **environment: str
) -> AsyncGenerator[tuple[Sequence[HttpServer], Emulator]]:
    """`environment` is of the owner."""
    emulator = host_of()
    state = stored({"FILEMAKER_STATE": str(folder / "state.db")})["FILEMAKER_STATE"]
    own = {"id": "desk", "name": "Desk", "redirects": ["http://localhost/callback"]}
    accounts: dict[str, Any] = {"password_page": "anywhere", "deny_accounts": []}
    tree: dict[str, Any] = {
        "state": {"postgres": {"env": "STATE_OF_ALL"}} if is_address(state) else state,
        "seal_key": str(folder / "seal.key"),
        "files_folder": str(folder / "files"),
        "http": {"public_url": ORIGIN, "sign_in": {"accounts": accounts, "more_clients": [own]}},
        "callers": [
            {"match": {"issuer": ORIGIN, "claim": "account", "has": ACCOUNT}},
            {"match": {"issuer": ORIGIN, "claim": "account", "has": "reader"}},
            {"match": {"issuer": "keys"}},
        ],
    }
    settings: Mapping[str, Any] = overlaid(tree, everything_allowed() | SAMPLE | environment)
    async with AsyncExitStack() as running:
        patch = running.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("STATE_OF_ALL", state)
        served = [
            await running.enter_async_context(http_server(settings, emulator=emulator, clock=clock))
            for _ in range(number)
        ]
        yield served, emulator
    assert emulator.open_sessions == 0


def at(server: HttpServer, cookies: Browser | None = None) -> Browser:
    """A person's browser, which the balancer leads to that server."""
    browser = Browser(http_service(server.parts).app, "192.0.2.7")
    if cookies is not None:
        browser.http.cookies, browser.page = cookies.http.cookies, cookies.page
    return browser


async def token_of(first: Browser, second: Browser, **typed: str) -> str:
    """Allowed at the one, redeemed at the other. `typed`: who it is, where not the assistant's account."""
    asks = {"client_id": "desk", "redirect_uri": BACK}
    await first.ask(**asks)
    await first.send("/consent", answer="yes", **{"fm:delete": "yes", "fm:run": "yes"})
    code = returned(await first.send(**(TYPED | typed)))["code"]
    return (await second.redeem(code, **asks, resource=RESOURCE)).json()["access_token"]


async def test_a_plan_is_asked_at_one_agreed_to_at_another_and_applied_at_a_third(tmp_path: Path) -> None:
    async with replicas(tmp_path) as ((one, two, three), emulator):
        known = at(one)
        token = await token_of(known, at(two))
        async with one.person(token) as person:
            plan = str((await person.ask("delete_records", layout="Products", ids=["1"]))["change_id"])
            waits = str(await person.ask("apply_change", change_id=plan))
        (page,) = set(re.findall(rf"{ORIGIN}(/agree/[\w-]+)", waits))
        browser = at(two, known)  # and on to the third one before the act: nothing of it is one process's own
        await browser.get((await browser.get(page)).headers["location"])
        assert (await browser.send(**TYPED)).headers["location"] == page
        assert (await browser.get(page)).status_code == 200
        assert plan in (await at(one, browser).get("/")).text
        browser = at(three, browser)  # which did not show the page, and knows that it was opened
        assert 'type="password"' in (await browser.send(page, answer="yes")).text
        assert "You agreed" in (await at(one, browser).send(**TYPED)).text
        async with three.person(token) as person:
            assert (await person.ask("apply_change", change_id=plan))["state"] == "done"
            assert "by their password" in str(await person.ask("list_changes", change_id=plan))
        assert emulator.record("Harbor", "Products", 1) is None
        for server in (one, two, three):
            ended = await at(server, browser).get(f"/changes/{plan}")
            assert ended.status_code == 200
            assert "1 of 1 records were shown" in ended.text
        async with one.person(token) as person:
            again = await person.ask("apply_change", change_id=plan)
        assert (again["state"], again["records"]) == ("done", {"done": 1}), "told, and not done again"


async def test_what_outsiders_wrote_and_one_server_showed_asks_a_person_at_another(tmp_path: Path) -> None:
    theirs = json.dumps({"Customers": ["Email"]})
    async with replicas(tmp_path, 2, FILEMAKER_UNTRUSTED_FIELDS=theirs) as ((one, two), _):
        keys = agent_keys(one.parts.servers)
        made: dict[str, Any] = {"scopes": ["fm:edit"], "days": None, "networks": [], "owner": "", "now": 0.0}
        ada, bo = await keys.add("ada", **made), await keys.add("bo", **made)
        async with one.person(ada) as person:
            await person.ask("find_records", layout="Customers", fields=["Name", "Email"], limit=3)
        change: dict[str, Any] = {"layout": "Products", "ids": ["2"], "values": {"Name": "Rope"}}
        async with two.person(ada) as person, two.person(bo) as other:
            plan = await person.ask("edit_records", **change)
            assert "outsiders" in str(plan["next"])
            waits = await person.ask("apply_change", change_id=plan["change_id"])
            assert waits["state"] == "planned"
            free = await other.ask("edit_records", **change)
            assert "outsiders" not in str(free["next"]), "somebody else read nothing of theirs"


async def test_who_was_let_out_at_one_server_is_out_at_all(tmp_path: Path) -> None:
    async with replicas(tmp_path) as (servers, _):
        one, two, three = servers
        browser = at(one)
        token = await token_of(browser, at(two))
        assert [(await each.status_of(token))[0] for each in servers] == [200, 200, 200]
        await at(three).http.post("/revoke", data={"token": token, "client_id": "desk"})
        assert [(await each.status_of(token))[0] for each in servers] == [401, 401, 401]
