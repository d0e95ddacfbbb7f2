"""Signing in through an identity provider, as a client and a person at a browser go through it."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette

from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.emulator.model import Account, File
from filemaker_mcp.server.emulator.sign_in.oauth import OAuth, providers_of

pytestmark = pytest.mark.anyio

ACCOUNTS = (
    Account("ada@example.com", "[Full Access]", identity="Microsoft"),
    Account('<b>"bob"</b>', "[Full Access]", identity="Microsoft"),
    Account("admin", "[Full Access]", "secret"),
    Account("eve@example.com", "[Full Access]", identity="claris"),
    Account("ada@example.com", "[Full Access]", identity="Google"),
)
SALES = File("Sales", {}, {}, (), {}, (), (), (), {}, ACCOUNTS, {})

HEADERS = {
    "X-FMS-Application-Type": "9",
    "X-FMS-Application-Version": "15",
    "X-FMS-Return-URL": "http://127.0.0.1:49152/back?mine=1",
}
QUERY = {
    "trackingID": "track-1",
    "provider": "Microsoft",
    "address": "127.0.0.1",
    "X-FMS-OAuth-AuthType": "2",
}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def oauth(clock: ManualClock) -> OAuth:
    return OAuth(clock, providers_of([SALES]))


def browser(oauth: OAuth) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Starlette(routes=oauth.routes()))
    return httpx.AsyncClient(transport=transport, base_url="http://fm.test")


async def begun(client: httpx.AsyncClient) -> tuple[str, str]:
    """Request id, and the page's hidden `state`."""
    answer = await client.get("/oauth/getoauthurl", params=QUERY, headers=HEADERS)
    page = await client.get(answer.text)
    state = re.search(r'name="state" value="([^"]+)"', page.text)
    assert state is not None
    return answer.headers["X-FMS-Request-ID"], state[1]


async def decide(client: httpx.AsyncClient, state: str, **choice: str) -> dict[str, list[str]]:
    back = await client.post("/pretend-provider", data={"state": state, **choice})
    assert back.status_code == 302
    address = urlsplit(back.headers["location"])
    assert address.netloc == "127.0.0.1:49152"
    assert address.path == "/back"
    return parse_qs(address.query)


async def test_the_providers_that_accounts_name_are_listed(oauth: OAuth) -> None:
    answer = await browser(oauth).get("/fmws/oauthproviderinfo")
    assert answer.json() == {"data": {"Provider": [{"Name": "Microsoft"}, {"Name": "Google"}]}}


async def test_without_providers_the_list_says_nothing(clock: ManualClock) -> None:
    answer = await browser(OAuth(clock, {})).get("/fmws/oauthproviderinfo")
    assert answer.json() == {}


async def test_choosing_an_account_makes_request_id_and_identifier_stand_for_it(oauth: OAuth) -> None:
    client = browser(oauth)
    request_id, state = await begun(client)
    back = await decide(client, state, account="ada@example.com")
    assert (back["mine"], back["trackingID"], back["error"]) == (["1"], ["track-1"], ["0"])
    identifier = back["identifier"][0]
    assert oauth.account_for(request_id, identifier) == "ada@example.com"
    assert oauth.account_for(request_id, identifier) == "ada@example.com"
    assert oauth.provider_for(request_id) == "Microsoft"
    assert oauth.account_for(request_id, "another") is None
    assert oauth.account_for("another", identifier) is None


async def test_a_person_the_solution_does_not_know_can_consent_too(oauth: OAuth) -> None:
    client = browser(oauth)
    request_id, state = await begun(client)
    back = await decide(client, state, other=" stranger@example.com ")
    assert oauth.account_for(request_id, back["identifier"][0]) == "stranger@example.com"


async def test_denying_brings_an_error_and_no_identifier(oauth: OAuth) -> None:
    client = browser(oauth)
    request_id, state = await begun(client)
    back = await decide(client, state, deny="1")
    assert "identifier" not in back
    assert back["error"] == ["1"]
    assert oauth.account_for(request_id, "") is None


async def test_a_request_is_decided_once_and_not_for_ever(oauth: OAuth, clock: ManualClock) -> None:
    client = browser(oauth)
    request_id, state = await begun(client)
    back = await decide(client, state, account="ada@example.com")
    again = await client.post("/pretend-provider", data={"state": state, "account": "ada@example.com"})
    assert again.status_code == 400
    assert (await client.get(f"/pretend-provider?state={state}")).status_code == 404
    clock.advance(901)
    assert oauth.account_for(request_id, back["identifier"][0]) is None


async def test_a_pair_may_be_made_to_serve_once(clock: ManualClock) -> None:
    oauth = OAuth(clock, providers_of([SALES]), single_use=True)
    client = browser(oauth)
    request_id, state = await begun(client)
    identifier = (await decide(client, state, account="ada@example.com"))["identifier"][0]
    assert oauth.account_for(request_id, identifier) == "ada@example.com"
    assert oauth.account_for(request_id, identifier) is None


async def test_names_on_the_page_are_text_and_never_markup(oauth: OAuth) -> None:
    client = browser(oauth)
    _, state = await begun(client)
    page = await client.get(f"/pretend-provider?state={state}")
    assert "<b>" not in page.text
    assert "&lt;b&gt;&quot;bob&quot;&lt;/b&gt;" in page.text


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ({"trackingID": ""}, {}),
        ({"provider": "Nobody"}, {}),
        ({"address": ""}, {}),
        ({"X-FMS-OAuth-AuthType": "1"}, {}),
        ({}, {"X-FMS-Application-Type": "x"}),
        ({}, {"X-FMS-Application-Version": ""}),
        ({}, {"X-FMS-Return-URL": "javascript:alert(1)"}),
        ({}, {"X-FMS-Return-URL": ""}),
        ({}, {"X-FMS-Return-URL": "http://["}),
    ],
)
async def test_a_request_without_what_the_guide_asks_for_is_refused(
    oauth: OAuth, query: dict[str, str], headers: dict[str, str]
) -> None:
    answer = await browser(oauth).get(
        "/oauth/getoauthurl", params={**QUERY, **query}, headers={**HEADERS, **headers}
    )
    assert answer.status_code == 400
    assert "X-FMS-Request-ID" not in answer.headers
