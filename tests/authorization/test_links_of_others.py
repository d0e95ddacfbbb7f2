"""Addresses that one person was given, opened in the browser of somebody else who is signed in: they show nothing and do nothing."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from ..assistant import PASSWORD
from ..http.http_server import HttpServer
from ..http.test_replicas import TYPED, at, replicas, token_of
from .stand import Browser

pytestmark = pytest.mark.anyio
OTHER = {"account": "reader", "password": PASSWORD}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def here(own_folders: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[HttpServer]:
    async with replicas(tmp_path_factory.mktemp("links"), 1) as ((server,), _):
        yield server


async def signed_in(here: HttpServer, typed: dict[str, str]) -> Browser:
    """At our pages, beside what a program of theirs was given."""
    browser = at(here)
    await token_of(browser, at(here), **typed)
    await browser.get("/sign-in?next=/files/nothing")
    await browser.send(**typed)
    return browser


async def test_a_plan_and_a_file_are_there_for_their_person_alone(here: HttpServer) -> None:
    token = await token_of(at(here), at(here))
    async with here.person(token) as person:
        plan = str((await person.ask("delete_records", layout="Products", ids=["1"]))["change_id"])
        file = str((await person.ask("export_records", layout="Products", file="mine"))["file"])
    own, other = await signed_in(here, TYPED), await signed_in(here, OTHER)
    path = file.removeprefix(f"https://{own.http.base_url.host}")
    for address in (f"/agree/{plan}", f"/agree/{plan}/1", f"/agree/{plan}/plan.csv", path):
        assert (await own.get(address)).status_code == 200, address
        theirs = await other.get(address)
        assert theirs.status_code == 404, address
        assert "Products" not in theirs.text.replace(plan, "").replace(path, "")
    await own.get(f"/agree/{plan}")
    other.page = own.page
    assert (await other.send(f"/agree/{plan}", answer="yes")).status_code == 404
    assert (await other.http.post(path, headers={"Origin": "https://fm.example.com"})).status_code in (
        404,
        422,
    )


async def test_a_sign_in_that_one_browser_began_ends_in_no_other(here: HttpServer) -> None:
    """Mallory sends on the address at which she is half signed in; whoever ends it is not signed in as her, nor she as them."""
    mallory, victim = at(here), at(here)
    await mallory.ask(client_id="desk", redirect_uri="http://localhost:48219/callback")
    await mallory.send("/consent", answer="yes")
    victim.page = mallory.page
    assert (await victim.send(**TYPED)).status_code == 410
    assert (await mallory.get("/agree/anything")).headers["location"].startswith("/sign-in")
    assert (await victim.get("/agree/anything")).headers["location"].startswith("/sign-in")
