"""A pool that remembers devices: tokens are bound to one, and one that is known needs no code."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest
from pycognito import aws_srp

from filemaker_mcp.server.emulator.clock import SystemClock
from filemaker_mcp.server.emulator.cognito.pool import UserPool
from filemaker_mcp.server.emulator.cognito.users import Factor, User

from .cognito_client import PoolClient, refusal

pytestmark = pytest.mark.anyio

ADA = User("ada@example.com", "Analytical Engine 1843")


@pytest.fixture
def client() -> PoolClient:
    pool = UserPool(SystemClock())
    pool.switches.remembers_devices = True
    pool.add(ADA)
    return PoolClient(pool)


async def first_tokens(client: PoolClient) -> dict[str, Any]:
    return (await client.sign_in(ADA.name, ADA.password)).json()["AuthenticationResult"]


async def confirmed(client: PoolClient, tokens: dict[str, Any]) -> tuple[str, str, str]:
    """Key, group and password of a device that the pool knows from now on."""
    key, group = tokens["NewDeviceMetadata"]["DeviceKey"], tokens["NewDeviceMetadata"]["DeviceGroupKey"]
    password, config = cast("Any", aws_srp).generate_hash_device(group, key)
    body = {"AccessToken": tokens["AccessToken"], "DeviceKey": key, "DeviceSecretVerifierConfig": config}
    answer = await client.ask("ConfirmDevice", body)
    assert answer.json() == {"UserConfirmationNecessary": False}
    return key, group, password


async def refresh(client: PoolClient, token: str, key: str = "") -> Any:
    parameters = {"REFRESH_TOKEN": token} | ({"DEVICE_KEY": key} if key else {})
    body = {"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters}
    return await client.ask("InitiateAuth", body)


async def test_a_token_is_refreshed_under_the_key_of_its_device_alone(client: PoolClient) -> None:
    tokens = await first_tokens(client)
    key, token = tokens["NewDeviceMetadata"]["DeviceKey"], tokens["RefreshToken"]
    assert refusal(await refresh(client, token)) == ("NotAuthorizedException", "Invalid Refresh Token.")
    assert refusal(await refresh(client, token, "another"))[1] == "Invalid Refresh Token."
    assert (await refresh(client, token, key)).status_code == 200
    client.pool.forget_devices(ADA.name)
    assert refusal(await refresh(client, token, key))[1] == "Invalid Refresh Token."


async def test_a_known_device_proves_itself_in_place_of_a_code(client: PoolClient) -> None:
    key, group, password = await confirmed(client, await first_tokens(client))
    client.pool.add(replace(ADA, factors=(Factor.SMS,)))
    identity = client.pool.identity
    proof = cast("Any", aws_srp).AWSSRP(
        ADA.name,
        ADA.password,
        identity.pool_id,
        identity.client_id,
        client=object(),
        device_key=key,
        device_group_key=group,
        device_password=password,
    )
    parameters = proof.get_auth_params()
    question = await client.ask("InitiateAuth", {"AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters})
    asked = await client.respond(
        "PASSWORD_VERIFIER", proof.process_challenge(question.json()["ChallengeParameters"], parameters)
    )
    assert asked.json()["ChallengeName"] == "DEVICE_SRP_AUTH"
    begun = {"USERNAME": ADA.name, "DEVICE_KEY": key, "SRP_A": parameters["SRP_A"]}
    question = await client.respond("DEVICE_SRP_AUTH", begun)
    answer = await client.respond(
        "DEVICE_PASSWORD_VERIFIER", proof.process_device_challenge(question.json()["ChallengeParameters"])
    )
    assert "NewDeviceMetadata" not in answer.json()["AuthenticationResult"]
    assert not client.pool.outbox


async def test_a_device_nobody_knows_is_refused_before_the_password(client: PoolClient) -> None:
    parameters = {"USERNAME": ADA.name, "SRP_A": "ab", "DEVICE_KEY": "us-west-2_nobody"}
    answer = await client.ask("InitiateAuth", {"AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters})
    assert refusal(answer) == ("ResourceNotFoundException", "Device does not exist.")


@pytest.mark.parametrize("config", [{}, {"Salt": "!", "PasswordVerifier": "!"}, {"Salt": 5}])
async def test_a_malformed_confirmation_is_refused(client: PoolClient, config: dict[str, Any]) -> None:
    tokens = await first_tokens(client)
    key = tokens["NewDeviceMetadata"]["DeviceKey"]
    body = {"AccessToken": tokens["AccessToken"], "DeviceKey": key, "DeviceSecretVerifierConfig": config}
    assert refusal(await client.ask("ConfirmDevice", body))[0] in (
        "InvalidParameterException",
        "SerializationException",
    )


async def test_a_person_signs_out_everywhere(client: PoolClient) -> None:
    client.pool.switches.remembers_devices = False
    here, there = await first_tokens(client), await first_tokens(client)
    person = await client.ask("GetUser", {"AccessToken": here["AccessToken"]})
    assert {"Name": "email", "Value": ADA.name} in person.json()["UserAttributes"]
    assert (await client.ask("GlobalSignOut", {"AccessToken": here["AccessToken"]})).json() == {}
    for tokens in (here, there):
        assert refusal(await client.refresh(tokens["RefreshToken"]))[1] == "Refresh Token has been revoked"
        again = await client.ask("GetUser", {"AccessToken": tokens["AccessToken"]})
        assert refusal(again)[1] == "Access Token has been revoked"
    assert refusal(await client.ask("GetUser", {"AccessToken": here["IdToken"]}))[1] == "Invalid Access Token"
    assert refusal(await client.ask("GlobalSignOut", {}))[1] == "Invalid Access Token"


async def test_a_client_may_be_without_password_sign_in(client: PoolClient) -> None:
    client.pool.switches.password_sign_in = False
    body = {"AuthFlow": "USER_SRP_AUTH", "AuthParameters": {"USERNAME": ADA.name, "SRP_A": "ab"}}
    assert (
        refusal(await client.ask("InitiateAuth", body))[1] == "USER_SRP_AUTH is not enabled for the client."
    )


async def test_a_pool_may_distinguish_capitals(client: PoolClient) -> None:
    assert (await client.sign_in(ADA.name.upper(), ADA.password)).status_code == 200
    client.pool.switches.distinguishes_case = True
    assert (
        refusal(await client.sign_in(ADA.name.upper(), ADA.password))[1] == "Incorrect username or password."
    )
