"""The token service, both ways: ours told honestly, and anybody's failures recognised even when answered as 200."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from filemaker_mcp.server.auth.claris.claris_account import ClarisAccount
from filemaker_mcp.server.auth.claris.cognito import UserPool
from filemaker_mcp.server.auth.claris.pool_discovery import PoolFinder
from filemaker_mcp.server.auth.claris.service_tokens import TokenService
from filemaker_mcp.server.auth.claris.token_giver import TokenGiver
from filemaker_mcp.server.auth.claris.token_service import application
from filemaker_mcp.server.auth.session_pool import Pool
from filemaker_mcp.server.emulator.cognito.users import Factor
from filemaker_mcp.server.errors import SignInFailed

from .cloud import ADA, COGNITO, HOST, Cloud

pytestmark = pytest.mark.anyio

SERVICE = "localhost"


def our_service(cloud: Cloud, key: str = "") -> Starlette:
    finder = PoolFinder(UserPool(), cloud.internet.client)
    return application(TokenGiver(cloud.internet.client, finder, cloud.time), key)


def somebody_elses(status: int, users: object, refresh: object = None) -> Starlette:
    """A service of the same interface that answers what it is told."""

    async def answer(request: Request) -> JSONResponse:
        return JSONResponse(refresh if request.url.path.endswith("refresh") else users, status)

    return Starlette(
        routes=[Route("/users", answer, methods=["POST"]), Route("/users/refresh", answer, methods=["POST"])]
    )


def source(cloud: Cloud, password: str = ADA.password, key: str | None = None) -> TokenService:
    return TokenService(
        address=f"https://{SERVICE}",
        user=ADA.name,
        password=lambda: password,
        key=None if key is None else lambda: key,
        connect=cloud.internet.client,
        clock=cloud.time,
    )


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    cloud = Cloud(tmp_path)
    cloud.internet.hosts[SERVICE] = our_service(cloud)
    return cloud


async def post(cloud: Cloud, path: str, body: Mapping[str, Any], **headers: str) -> httpx.Response:
    async with cloud.internet.client() as client:
        return await client.post(f"https://{SERVICE}{path}", json=body, headers=headers)


async def refused(ids: TokenService) -> SignInFailed:
    with pytest.raises(SignInFailed) as raised:
        await ids.id_token()
    return raised.value


async def test_a_session_is_opened_with_a_token_of_the_service(cloud: Cloud) -> None:
    pool = Pool(
        base_url=f"https://{HOST}",
        database="Sales",
        credentials=ClarisAccount(source(cloud), ADA.name, cloud.time),
        size=1,
        http=cloud.internet.client,
        clock=cloud.time,
    )
    async with pool.channel():
        assert len(cloud.host.open) == 1
    await pool.close()


async def test_the_second_token_comes_by_the_refresh_route(cloud: Cloud) -> None:
    ids = source(cloud)
    await ids.id_token()
    cloud.clock.advance(3600)
    await ids.id_token()
    assert cloud.users.count("InitiateAuth", "USER_SRP_AUTH") == 1
    assert cloud.users.count("InitiateAuth", "REFRESH_TOKEN_AUTH") == 1


async def test_the_service_tells_failures_by_their_status(cloud: Cloud) -> None:
    wrong = await post(cloud, "/users", {"username": ADA.name, "password": "wrong"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "denied")
    malformed = await post(cloud, "/users", {"username": "ada", "password": "x"})
    assert malformed.status_code == 422
    assert {error["param"] for error in malformed.json()["errors"]} == {"username", "password"}
    bogus = await post(cloud, "/users/refresh", {"username": ADA.name, "refresh_token": "x" * 30})
    assert (bogus.status_code, bogus.json()["error"]["code"]) == (401, "login_needed")
    cloud.users.add(replace(ADA, factors=(Factor.SMS,)))
    second_step = await post(cloud, "/users", {"username": ADA.name, "password": ADA.password})
    assert (second_step.status_code, second_step.json()["error"]["code"]) == (403, "mfa_needed")
    del cloud.internet.hosts[COGNITO]
    away = await post(cloud, "/users/refresh", {"username": ADA.name, "refresh_token": "x" * 30})
    assert (away.status_code, away.json()["error"]["code"]) == (503, "unreachable")


async def test_a_program_that_repeats_a_wrong_password_does_not_lock_the_account(cloud: Cloud) -> None:
    for _ in range(10):
        await post(cloud, "/users", {"username": ADA.name, "password": "wrong"})
    assert cloud.users.count("RespondToAuthChallenge") == 1
    right = await post(cloud, "/users", {"username": ADA.name, "password": ADA.password})
    assert right.status_code == 200


async def test_a_key_keeps_others_out(cloud: Cloud) -> None:
    cloud.internet.hosts[SERVICE] = our_service(cloud, "the key")
    body = {"username": ADA.name, "password": ADA.password}
    assert (await post(cloud, "/users", body)).status_code == 401
    assert (await post(cloud, "/users", body, Authorization="Bearer nokey")).status_code == 401
    assert (await post(cloud, "/users", body, Authorization="Bearer the key")).status_code == 200
    assert (await refused(source(cloud, key="wrong"))).reason == "service_key"
    assert await source(cloud, key="the key").id_token()


@pytest.mark.parametrize(
    ("status", "answer", "reason"),
    [
        (200, {"user": "a", "tokens": "", "error": "MFA required"}, "mfa_needed"),
        (
            200,
            {
                "user": "a",
                "tokens": "",
                "error": {
                    "code": "NotAuthorizedException",
                    "name": "NotAuthorizedException",
                    "message": "Incorrect username or password.",
                },
            },
            "denied",
        ),
        (
            200,
            {
                "user": "a",
                "tokens": "",
                "error": {
                    "code": "NotAuthorizedException",
                    "message": "Unable to login because of security reasons.",
                },
            },
            "blocked",
        ),
        (200, {"user": "a", "tokens": ""}, "service_refused"),
        (200, [], "service_refused"),
        (422, {"errors": "could not get pool data from Cognito"}, "service_refused"),
        (
            422,
            {"errors": [{"msg": "Invalid value", "param": "username", "location": "body"}]},
            "service_refused",
        ),
        (503, {}, "busy"),
        (404, {}, "service_refused"),
    ],
)
async def test_a_failure_is_a_failure_whatever_its_status(
    cloud: Cloud, status: int, answer: object, reason: str
) -> None:
    cloud.internet.hosts[SERVICE] = somebody_elses(status, answer)
    assert (await refused(source(cloud))).reason == reason


async def test_a_refresh_refused_without_a_reason_is_over_when_it_lasts(cloud: Cloud) -> None:
    tokens = {"accessToken": "a", "idToken": "first", "refreshToken": "r" * 30}
    answer = {"user": ADA.name, "tokens": tokens, "error": ""}
    failing = {"errors": "could not get new id_token from Cognito"}
    cloud.internet.hosts[SERVICE] = somebody_elses(200, answer, failing)
    ids = source(cloud)
    assert await ids.id_token() == "first"
    for _ in range(4):
        with pytest.raises(SignInFailed) as raised:
            await ids.id_token(refused="first")
        assert raised.value.reason == "busy"
        cloud.clock.advance(16)
    assert await ids.id_token(refused="first") == "first"
    assert cloud.internet.asked.count(SERVICE) == 7, "one sign-in, five refreshes, one sign-in"


async def test_no_answer_of_the_service_repeats_a_secret(cloud: Cloud) -> None:
    answers = [
        await post(cloud, "/users", {"username": ADA.name, "password": "canary-password"}),
        await post(cloud, "/users/refresh", {"username": ADA.name, "refresh_token": "canary" * 5}),
        await post(cloud, "/users", {"username": "canary", "password": "canary-password"}),
    ]
    for answer in answers:
        assert "canary" not in json.dumps(answer.json())
