"""Somebody of the company acts as a FileMaker account of their own: they link it on their pages, and only the one that is theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from filemaker_mcp.server.app.sample_server import FILE
from filemaker_mcp.server.callers.halts import EVERYBODY, Halt, Halts

from ..assistant import ACCOUNT, PASSWORD
from ..authorization.served import asked
from .company import company
from .test_refused_account import Still, status_of

pytestmark = pytest.mark.anyio
TYPED = {"account": ACCOUNT, "password": PASSWORD}
ANYWHERE = {"accounts": {"password_page": "anywhere"}}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_what_the_owner_opens_later_is_allowed_anew_by_its_person(tmp_path: Path) -> None:
    async with company(tmp_path) as team:
        entry = {"match": {"issuer": team.provider.issuer, "claim": "groups", "has": "sales"}}
        await team.here.revised(callers=[entry | {"accounts": {}}])
        before = await team.token("ada")
        await team.here.revised(callers=[entry])
        assert await status_of(team, before) == 403
        assert await status_of(team, await team.token("ada")) == 200
        assert (await (await team.browser("ada")).get("/journal")).status_code == 200, "a page is no program"


async def test_a_program_that_was_let_in_while_all_was_stopped_works_when_that_is_lifted(
    tmp_path: Path,
) -> None:
    clock = Still()
    async with company(tmp_path, clock=clock) as team:
        halts = Halts(lambda: team.here.state, clock.monotonic)
        await halts.put(Halt(EVERYBODY, True, "Month end", clock.wall()))
        token = await team.token("ada")
        assert await status_of(team, token) == 403
        await halts.lift(EVERYBODY)
        clock.at += 5
        assert await status_of(team, token) == 200


async def test_who_has_linked_no_account_is_led_there_and_links_only_the_one_that_is_theirs(
    tmp_path: Path,
) -> None:
    async with company(tmp_path, ANYWHERE, names={"ada": ACCOUNT.upper(), "bob": "bob.api"}) as team:
        issuer = team.provider.issuer
        entry = {
            "match": {"issuer": issuer, "claim": "groups", "has": "sales"},
            "accounts": {FILE: "own"},
            "own_account": "{claim.name}",
        }
        await team.here.revised(callers=[entry])
        ada, bob = await team.browser("ada"), await team.browser("bob")
        for browser in (ada, bob):
            shut = await browser.get("/changes")
            assert (shut.status_code, 'action="/accounts"' in shut.text) == (403, True)
            begun = await browser.send("/accounts", team.origin, answer="begin")
            assert 'type="password"' in begun.text
        assert (await bob.send("/accounts", team.origin, **TYPED)).status_code == 422, (
            "it is not called as he is"
        )
        assert ACCOUNT in (await ada.send("/accounts", team.origin, **TYPED)).text
        page = await ada.get("/connection")
        assert (page.status_code, 'action="/accounts"' in page.text) == (200, True)
        async with team.assistant(await team.token("ada")) as client:
            assert (await asked(client, "list_layouts"))["layouts"]
        await team.here.revised(callers=[entry | {"own_account": "{claim.region}"}])
        assert (await ada.get("/changes")).status_code == 403, "what is kept counts by the rules of now"
