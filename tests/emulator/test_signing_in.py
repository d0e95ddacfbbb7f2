"""Every way to sign in, through the Data API of a whole emulated host."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from filemaker_mcp.server.emulator.cognito.pool import UserPool

from .cognito.cognito_client import PoolClient
from .emulated_host import Client, code, host, rows

pytestmark = pytest.mark.anyio

SHOP = Path(__file__).parent / "ways_in"
SESSIONS = "/fmi/data/vLatest/databases/Shop/sessions"


@pytest.fixture
async def shop() -> AsyncGenerator[Client]:
    async with host(SHOP, database="Shop") as client:
        yield client


def pool(shop: Client) -> UserPool:
    assert shop.emulator.pool is not None
    return shop.emulator.pool


async def id_token(shop: Client) -> str:
    signed_in = await PoolClient(pool(shop)).sign_in("ada@example.com", "Analytical Engine 1843")
    return signed_in.json()["AuthenticationResult"]["IdToken"]


async def by_claris_id(shop: Client, token: str) -> httpx.Response:
    return await shop.http.post(SESSIONS, headers={"Authorization": f"FMID {token}"}, json={})


async def consent(shop: Client, account: str) -> tuple[str, str]:
    """Request id and identifier, as a person at a browser and a listening client get them."""
    begun = await shop.http.get(
        "/oauth/getoauthurl",
        params={
            "trackingID": "t1",
            "provider": "Microsoft",
            "address": "127.0.0.1",
            "X-FMS-OAuth-AuthType": "2",
        },
        headers={
            "X-FMS-Application-Type": "9",
            "X-FMS-Application-Version": "15",
            "X-FMS-Return-URL": "http://127.0.0.1:49152/",
        },
    )
    page = await shop.http.get(begun.text)
    state = re.search(r'name="state" value="([^"]+)"', page.text)
    assert state is not None
    back = await shop.http.post("/pretend-provider", data={"state": state[1], "account": account})
    identifier = parse_qs(urlsplit(back.headers["location"]).query)["identifier"][0]
    return begun.headers["X-FMS-Request-ID"], identifier


async def by_oauth(shop: Client, request_id: str, identifier: str, **body: object) -> httpx.Response:
    headers = {"X-FM-Data-OAuth-Request-Id": request_id, "X-FM-Data-OAuth-Identifier": identifier}
    return await shop.http.post(SESSIONS, headers=headers, json=body)


async def test_a_file_account_and_an_extended_account_sign_in_by_basic(shop: Client) -> None:
    assert code(await shop.log_in("till", "cash")) == "0"
    assert code(await shop.log_in("joan@example.com", "extended")) == "0"


async def test_a_claris_id_is_no_file_account(shop: Client) -> None:
    refused = await shop.log_in("ada@example.com", "Analytical Engine 1843")
    assert (refused.status_code, code(refused)) == (401, "212")


async def test_an_id_token_opens_the_claris_id_account(shop: Client) -> None:
    admitted = await by_claris_id(shop, await id_token(shop))
    assert code(admitted) == "0"
    assert shop.emulator.sessions[0].account == "ada@example.com"


async def test_an_id_token_that_is_foreign_expired_or_ended_is_refused(shop: Client) -> None:
    token = await id_token(shop)
    assert code(await by_claris_id(shop, "made.up.token")) == "212"
    pool(shop).end_id_tokens("ada@example.com")
    assert code(await by_claris_id(shop, token)) == "212"
    token = await id_token(shop)
    shop.clock.advance(3600)
    assert code(await by_claris_id(shop, token)) == "212"


async def test_consent_at_a_provider_opens_the_account_of_that_provider(shop: Client) -> None:
    admitted = await by_oauth(shop, *await consent(shop, "grace@example.com"))
    assert code(admitted) == "0"
    assert shop.emulator.sessions[0].account == "grace@example.com"


async def test_consent_of_a_stranger_or_without_the_data_api_is_refused(shop: Client) -> None:
    assert code(await by_oauth(shop, *await consent(shop, "stranger@example.com"))) == "212"
    assert code(await by_oauth(shop, *await consent(shop, "eve@example.com"))) == "212"
    request_id, _ = await consent(shop, "grace@example.com")
    assert code(await by_oauth(shop, request_id, "made up")) == "212"


async def test_an_external_file_opens_lazily_with_an_account_or_a_providers_word(shop: Client) -> None:
    request_id, identifier = await consent(shop, "grace@example.com")
    sources = [
        {"database": "Stock", "username": "clerk", "password": "shelf"},
        {"database": "Stock", "oAuthRequestId": request_id, "oAuthIdentifier": identifier},
    ]
    for source in sources:
        assert code(await shop.log_in("till", "cash", fmDataSource=[source])) == "0"
        assert rows(await shop.find("Sales", {"Item": "Rope"}))[0]["fieldData"]["Articles::Price"] == 12.5


async def test_wrong_credentials_for_an_external_file_show_late(shop: Client) -> None:
    wrong = {"database": "Stock", "username": "clerk", "password": "wrong"}
    assert code(await shop.log_in("till", "cash", fmDataSource=[wrong])) == "0"
    assert rows(await shop.find("Sales", {"Item": "Rope"}))[0]["fieldData"]["Articles::Price"] == ""


async def test_the_host_publishes_its_pool_beside_the_data_api(shop: Client) -> None:
    published = await shop.http.get("/endpoint/userpool/2.2.0.my.claris.com.json")
    keys = await shop.http.get(f"/{published.json()['data']['UserPool_ID']}/.well-known/jwks.json")
    assert keys.json() == pool(shop).jwks
