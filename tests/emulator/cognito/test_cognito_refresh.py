"""Refreshing, rotating and revoking."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.emulator.cognito.pool import UserPool
from filemaker_mcp.server.emulator.cognito.users import State, User

from .cognito_client import PoolClient, refusal

pytestmark = pytest.mark.anyio

ADA = User("ada@example.com", "Analytical Engine 1843")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def client(clock: ManualClock) -> PoolClient:
    pool = UserPool(clock)
    pool.add(ADA)
    return PoolClient(pool)


async def tokens(client: PoolClient) -> dict[str, Any]:
    return (await client.sign_in(ADA.name, ADA.password)).json()["AuthenticationResult"]


@pytest.mark.parametrize("flow", ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"])
async def test_a_refresh_token_yields_a_new_id_token_and_no_other_refresh_token(
    client: PoolClient, clock: ManualClock, flow: str
) -> None:
    first = await tokens(client)
    clock.advance(4000)
    again = (await client.refresh(first["RefreshToken"], flow)).json()["AuthenticationResult"]
    assert "RefreshToken" not in again
    assert client.pool.verify_id_token(first["IdToken"]) is None
    assert client.pool.verify_id_token(again["IdToken"]) == ADA.name


async def test_a_refresh_token_that_is_foreign_expired_or_revoked_is_told_apart_by_its_words(
    client: PoolClient, clock: ManualClock
) -> None:
    assert refusal(await client.refresh("made up")) == ("NotAuthorizedException", "Invalid Refresh Token.")
    old, revoked = await tokens(client), await tokens(client)
    assert (await client.ask("RevokeToken", {"Token": revoked["RefreshToken"]})).json() == {}
    assert refusal(await client.refresh(revoked["RefreshToken"]))[1] == "Refresh Token has been revoked"
    assert (await client.refresh(old["RefreshToken"])).status_code == 200
    clock.advance(365 * 86400)
    assert refusal(await client.refresh(old["RefreshToken"]))[1] == "Refresh Token has expired"


async def test_a_disabled_user_cannot_refresh(client: PoolClient) -> None:
    given = await tokens(client)
    client.pool.add(replace(ADA, state=State.DISABLED))
    assert refusal(await client.refresh(given["RefreshToken"]))[1] == "User is disabled."


async def test_an_administrator_can_end_what_a_user_holds(client: PoolClient) -> None:
    given = await tokens(client)
    client.pool.end_id_tokens(ADA.name)
    assert client.pool.verify_id_token(given["IdToken"]) is None
    fresh = (await client.refresh(given["RefreshToken"])).json()["AuthenticationResult"]
    assert client.pool.verify_id_token(fresh["IdToken"]) == ADA.name
    client.pool.revoke_all(ADA.name)
    assert refusal(await client.refresh(given["RefreshToken"]))[1] == "Refresh Token has been revoked"
    assert client.pool.verify_id_token(fresh["IdToken"]) == ADA.name


async def test_only_refresh_tokens_can_be_revoked_and_an_unknown_one_is_no_error(client: PoolClient) -> None:
    given = await tokens(client)
    refused = await client.ask("RevokeToken", {"Token": given["AccessToken"]})
    assert refusal(refused)[0] == "UnsupportedTokenTypeException"
    assert (await client.ask("RevokeToken", {"Token": "unknown"})).status_code == 200


async def test_where_rotation_is_off_tokens_from_a_refresh_token_keep_it(client: PoolClient) -> None:
    given = await tokens(client)
    answer = await client.ask("GetTokensFromRefreshToken", {"RefreshToken": given["RefreshToken"]})
    assert "RefreshToken" not in answer.json()["AuthenticationResult"]


async def test_with_rotation_each_refresh_token_serves_once(client: PoolClient, clock: ManualClock) -> None:
    client.pool.switches.rotation = True
    client.pool.switches.rotation_grace = timedelta(seconds=30)
    given = await tokens(client)
    refused = await client.refresh(given["RefreshToken"])
    assert refusal(refused) == (
        "InvalidParameterException",
        "REFRESH_TOKEN_AUTH flow not enabled for this client",
    )
    body = {"RefreshToken": given["RefreshToken"]}
    rotated = (await client.ask("GetTokensFromRefreshToken", body)).json()["AuthenticationResult"]
    assert rotated["RefreshToken"] != given["RefreshToken"]
    clock.advance(29)
    assert (await client.ask("GetTokensFromRefreshToken", body)).status_code == 200
    clock.advance(1)
    assert refusal(await client.ask("GetTokensFromRefreshToken", body))[0] == "RefreshTokenReuseException"
    after = await client.ask("GetTokensFromRefreshToken", {"RefreshToken": rotated["RefreshToken"]})
    assert refusal(after)[1] == "Refresh Token has been revoked"
