"""The token service, both ways: ours told honestly, and anybody's failures recognised even when answered as 200."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from filemaker_mcp.server.auth.claris.claris_account import ClarisAccount
from filemaker_mcp.server.auth.claris.cognito import UserPool
from filemaker_mcp.server.auth.claris.pool_discovery import PoolDiscovery
from filemaker_mcp.server.auth.claris.service_tokens import TokenService
from filemaker_mcp.server.auth.claris.token_giver import TokenGiver
from filemaker_mcp.server.auth.claris.token_service import application
from filemaker_mcp.server.auth.clock import SystemClock
from filemaker_mcp.server.auth.http_connection import connections
from filemaker_mcp.server.auth.sessions.session_pool import Pool
from filemaker_mcp.server.emulator.cognito.users import Factor, State
from filemaker_mcp.server.emulator.serving import serving
from filemaker_mcp.server.errors import SignInFailed

from .cloud import ADA, COGNITO, HOST, Cloud

pytestmark = pytest.mark.anyio

SERVICE = "localhost"


def our_service(cloud: Cloud, key: str = "") -> Starlette:
    finder = PoolDiscovery(UserPool(), cloud.internet.client)
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


async def raw(cloud: Cloud, path: str, body: bytes, **headers: str) -> httpx.Response:
    async with cloud.internet.client() as client:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await client.post(f"https://{SERVICE}{path}", content=body, headers=sent)


FORM = "application/x-www-form-urlencoded"


async def test_a_form_is_taken_like_json(cloud: Cloud) -> None:
    body = f"username={ADA.name.replace('@', '%40')}&password={ADA.password.replace(' ', '+')}".encode()
    first = await raw(cloud, "/users", body, Content_Type=FORM)
    assert first.json()["tokens"]["idToken"]
    token = first.json()["tokens"]["refreshToken"]
    body = f"username={ADA.name}&refresh_token={token}".encode()
    again = await raw(cloud, "/users/refresh", body, Content_Type=f"{FORM}; charset=utf-8")
    assert again.json()["id_token"]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"NaN", "application/json", 422),
        (b"[]", "application/json", 422),
        (b"", "application/json", 422),
        (b'{"username": null, "password": 5}', "application/json", 422),
        (b'{"username": "a@b", "password": "\\ud800"}', "application/json", 422),
        (b'{"username": "a@b", "password": "a\\u0000b"}', "application/json", 422),
        (b"username=%ff&password=abc", FORM, 400),
        (b"&".join([b"a=b"] * 50), FORM, 400),
        (b"username=a%40b", FORM, 422),
        (b"x" * 300_000, "application/json", 413),
        (b'{"username": "a@b.example", "password": "abc"}', "text/plain", 415),
        (b'{"username": "a@b.example", "password": "abc"}', "multipart/form-data; boundary=x", 415),
        (b"<a/>", "", 415),
    ],
)
async def test_a_body_that_is_none_is_told_so_and_asks_nobody(
    cloud: Cloud, body: bytes, content_type: str, status: int
) -> None:
    answer = await raw(cloud, "/users", body, Content_Type=content_type)
    assert answer.status_code == status, answer.text
    assert answer.json()["errors"]
    assert not cloud.users.calls


async def test_no_more_of_a_body_is_read_than_a_sign_in_can_have(cloud: Cloud) -> None:
    sent = 0

    async def endless() -> AsyncGenerator[bytes]:
        nonlocal sent
        while sent < 200_000_000:
            sent += 65_536
            yield b"x" * 65_536

    async with cloud.internet.client() as client:
        headers = {"Content-Type": "application/json"}
        answer = await client.post(f"https://{SERVICE}/users", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert sent < 1_000_000


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:3000"},
        {"Host": "evil.example"},
        {"Host": "localhost.evil.example:3000"},
        {"Host": "[::2]:3000"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_a_web_page_cannot_lock_an_account(cloud: Cloud, headers: dict[str, str]) -> None:
    body = json.dumps({"username": ADA.name, "password": "wrong"}).encode()
    for content_type in ("application/json", FORM):
        answer = await raw(cloud, "/users", body, **{"Content-Type": content_type, **headers})
        assert answer.status_code in (403, 415)
    assert not cloud.users.calls


@pytest.mark.parametrize("key", ["schlüssel", "ключ", "鍵🔑", "a key with spaces", "k" * 3000])
async def test_a_key_may_be_of_any_script(cloud: Cloud, key: str) -> None:
    cloud.internet.hosts[SERVICE] = our_service(cloud, key)
    assert await source(cloud, key=key).id_token()
    assert (await refused(source(cloud, key=key + "x"))).reason == "service_key"


async def test_calls_that_come_together_prove_a_password_once(cloud: Cloud) -> None:
    answers: list[int] = []

    async def call(password: str) -> None:
        body = {"username": ADA.name, "password": password}
        answers.append((await post(cloud, "/users", body)).status_code)

    for password in (ADA.password, "wrong"):
        async with anyio.create_task_group() as callers:
            for _ in range(20):
                callers.start_soon(call, password)
    await call("wrong")
    assert answers == [200] * 20 + [401] * 21
    assert cloud.users.count("RespondToAuthChallenge") == 2


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ({"state": State.UNCONFIRMED}, {"state": State.CONFIRMED}),
        ({"state": State.DISABLED}, {"state": State.CONFIRMED}),
        ({"state": State.RESET_REQUIRED}, {"state": State.CONFIRMED}),
        ({"factors": (Factor.SMS,)}, {"factors": ()}),
        ({"blocked": True}, {"blocked": False}),
    ],
)
async def test_the_service_forgets_a_state_that_has_passed(
    cloud: Cloud, broken: dict[str, object], mended: dict[str, object]
) -> None:
    body = {"username": ADA.name, "password": ADA.password}
    cloud.users.change(ADA.name, **broken)
    for _ in range(3):
        assert (await post(cloud, "/users", body)).status_code == 403
    assert cloud.users.count("RespondToAuthChallenge", "PASSWORD_VERIFIER") == 1
    cloud.users.change(ADA.name, **mended)
    cloud.clock.advance(301)
    assert (await post(cloud, "/users", body)).status_code == 200


async def test_a_block_at_a_refresh_keeps_the_token_and_says_its_own_name(cloud: Cloud) -> None:
    ids = source(cloud)
    await ids.id_token()
    cloud.clock.advance(3600)
    words = ("NotAuthorizedException", "Unable to login because of security reasons.")
    cloud.users.refuse_next(*words, operation="InitiateAuth")
    error = await refused(ids)
    assert (error.reason, error.retry_after) == ("blocked", 300)
    await refused(ids)
    cloud.clock.advance(301)
    assert await ids.id_token()
    assert cloud.users.count("InitiateAuth", "USER_SRP_AUTH") == 1


async def test_the_services_own_sign_in_answers_for_the_second_step(cloud: Cloud) -> None:
    await cloud.claris_id().id_token()  # as `filemaker-mcp login` keeps it
    giver = TokenGiver(
        cloud.internet.client,
        PoolDiscovery(UserPool(), cloud.internet.client),
        cloud.time,
        lambda user: cloud.kept(user=user),
    )
    cloud.internet.hosts[SERVICE] = application(giver)
    cloud.users.switches.rotation = True
    cloud.users.change(ADA.name, factors=(Factor.SMS,))
    body = {"username": ADA.name, "password": ADA.password}
    answers = [(await post(cloud, "/users", body)).json()["tokens"] for _ in range(3)]
    assert all(cloud.users.verify_id_token(tokens["idToken"]) == ADA.name for tokens in answers)
    assert len(cloud.users.outbox) == 1, "the password is proved once"
    wrong = await post(cloud, "/users", {"username": ADA.name, "password": "wrong"})
    assert wrong.status_code == 401, "and a sign-in is given to nobody without it"
    body = {"username": ADA.name, "refresh_token": answers[-1]["refreshToken"]}
    renewed = (await post(cloud, "/users/refresh", body)).json()
    assert renewed["id_token"]
    assert renewed["refresh_token"] != body["refresh_token"]
    assert await cloud.claris_id(password=None).id_token(), "what is kept stays good"


async def test_a_sign_in_kept_here_comes_before_the_service(cloud: Cloud) -> None:
    await cloud.claris_id().id_token()
    ids = source(cloud)
    ids._own = cloud.claris_id(password=None)  # pyright: ignore[reportPrivateUsage]
    cloud.internet.asked.clear()
    assert await ids.id_token()
    assert SERVICE not in cloud.internet.asked
    cloud.users.revoke_all(ADA.name)
    cloud.clock.advance(3600)
    assert await ids.id_token()
    assert SERVICE in cloud.internet.asked


@pytest.mark.parametrize(
    ("status", "answer", "reason", "seconds"),
    [
        (200, {"user": "a", "tokens": "", "error": {}}, "mfa_needed", 60),
        (200, {"user": "a", "tokens": "", "error": ""}, "mfa_needed", 60),
        (
            200,
            {"tokens": "", "error": {"name": "NotAuthorizedException", "code": "NotAuthorizedException"}},
            "refused_unsaid",
            900,
        ),
        (200, {"tokens": "", "error": {"name": "UserNotConfirmedException"}}, "unconfirmed", 60),
        (200, {"tokens": "", "error": {"code": "TooManyRequestsException"}}, "busy", 15),
        (200, {"tokens": {"idToken": "a\r\nb"}, "error": ""}, "malformed_token", 60),
        (200, {"tokens": [], "error": [1]}, "service_refused", 15),
        (403, {"errors": "Without a key ..."}, "service_refused", 15),
    ],
)
async def test_soliants_service_is_read_as_it_answers(
    cloud: Cloud, status: int, answer: dict[str, object], reason: str, seconds: int
) -> None:
    cloud.internet.hosts[SERVICE] = somebody_elses(status, answer)
    ids = source(cloud)
    assert (await refused(ids)).reason == reason
    await refused(ids)
    assert cloud.internet.asked.count(SERVICE) == 1
    cloud.clock.advance(seconds)
    await refused(ids)
    assert cloud.internet.asked.count(SERVICE) == 2


async def test_a_corrected_password_or_key_is_sent_at_once(cloud: Cloud) -> None:
    secrets = ["wrong"]
    ids = source(cloud)
    ids._password = lambda: secrets[-1]  # pyright: ignore[reportPrivateUsage] -- the file behind the setting
    assert (await refused(ids)).reason == "denied"
    secrets.append(ADA.password)
    assert await ids.id_token()


async def test_an_answer_without_end_is_read_to_a_bound() -> None:
    sent = 0

    async def endless() -> AsyncGenerator[bytes]:
        nonlocal sent
        while sent < 200_000_000:
            sent += 65_536
            await anyio.lowlevel.checkpoint()  # the server notices who has gone
            yield b" " * 65_536

    async def answer(_: Request) -> StreamingResponse:
        return StreamingResponse(endless(), media_type="application/json")

    async with serving(Starlette(routes=[Route("/users", answer, methods=["POST"])])) as url:
        ids = TokenService(
            address=url,
            user=ADA.name,
            password=lambda: ADA.password,
            key=None,
            connect=connections(),
            clock=SystemClock(),
        )
        assert (await refused(ids)).reason == "service_refused"
    assert sent < 50_000_000
