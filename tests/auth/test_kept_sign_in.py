"""A kept sign-in ends by what ends it and by nothing else; it knows its pool and its device, and processes share it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import anyio
import anyio.lowlevel
import httpx
import pytest

from filemaker_mcp.server.auth.claris.claris_id import ClarisId
from filemaker_mcp.server.auth.claris.cognito import UserPool
from filemaker_mcp.server.auth.process_lock import ProcessLock
from filemaker_mcp.server.emulator.cognito.pool import UserPool as EmulatedPool
from filemaker_mcp.server.emulator.cognito.pool_switches import Identity
from filemaker_mcp.server.emulator.cognito.users import Factor, State
from filemaker_mcp.server.emulator.cognito.wire import application
from filemaker_mcp.server.errors import FilemakerMcpError, SignInFailed

from .cloud import ADA, COGNITO, Cloud

pytestmark = pytest.mark.anyio

MINUTE = 60.0
BLOCKED = ("NotAuthorizedException", "Unable to login because of security reasons.")


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path / "sign-in")


def kept_token(cloud: Cloud) -> str:
    return json.loads(next(cloud.folder.glob("*.json")).read_text(encoding="utf-8"))["refresh_token"]


async def refused(ids: ClarisId) -> SignInFailed:
    with pytest.raises(SignInFailed) as raised:
        await ids.id_token()
    return raised.value


ENDS = (
    ("NotAuthorizedException", "Refresh Token has expired"),
    ("NotAuthorizedException", "Refresh Token has been revoked"),
    ("NotAuthorizedException", "Invalid Refresh Token"),
    ("RefreshTokenReuseException", "Refresh token has been invalidated by rotation"),
)
PASSING = (
    (*BLOCKED, "blocked", 300),
    ("NotAuthorizedException", "Request not allowed due to security reasons.", "blocked", 300),
    ("NotAuthorizedException", "Password attempts exceeded", "locked", 900),
    ("NotAuthorizedException", "User is disabled.", "disabled", 60),
    ("NotAuthorizedException", "Something that nobody has seen yet", "unexpected", 300),
    ("PasswordResetRequiredException", "Password reset required for the user", "reset_needed", 60),
    ("UserNotConfirmedException", "User is not confirmed.", "unconfirmed", 60),
    ("UserNotFoundException", "User does not exist.", "unknown_user", 60),
    ("TooManyRequestsException", "Rate exceeded", "busy", 15),
    ("InternalErrorException", "", "busy", 15),
    ("InvalidParameterException", "1 validation error detected", "unexpected", 300),
    ("ForbiddenException", "Request not allowed by AWS WAF", "unexpected", 300),
)


@pytest.mark.parametrize("password", [ADA.password, None, "wrong"])
async def test_only_what_ends_a_sign_in_ends_it(cloud: Cloud, password: str | None) -> None:
    await cloud.claris_id().id_token()
    token = kept_token(cloud)
    for kind, message, reason, seconds in PASSING:
        cloud.users.refuse_next(kind, message, operation="InitiateAuth")
        cloud.users.calls.clear()
        ids = cloud.claris_id(password)
        error = await refused(ids)
        assert error.reason == reason, message
        await refused(ids)
        assert [call.detail for call in cloud.users.calls] == ["REFRESH_TOKEN_AUTH"], "no password is proved"
        assert kept_token(cloud) == token
        cloud.clock.advance(seconds + 1)
        assert await ids.id_token()
        assert cloud.users.count("InitiateAuth", "USER_SRP_AUTH") == 0


async def test_what_ends_it_leads_to_the_password_once(cloud: Cloud) -> None:
    await cloud.claris_id().id_token()
    for proofs, (kind, message) in enumerate(ENDS, 2):
        token = kept_token(cloud)
        cloud.users.refuse_next(kind, message, operation="InitiateAuth")
        assert await cloud.claris_id().id_token()
        assert cloud.users.count("InitiateAuth", "USER_SRP_AUTH") == proofs
        assert kept_token(cloud) != token


@pytest.mark.parametrize("text", ["x", "token with spaces", "päss", "a\r\nb", "密" * 10_000, "#"])
async def test_a_refresh_token_of_the_settings_that_cannot_be_one_is_not_sent(
    cloud: Cloud, text: str
) -> None:
    error = await refused(cloud.claris_id(password=None, refresh_token=text))
    assert error.reason == "login_needed"
    assert len(cloud.users.calls) == (text == "x")
    assert text not in str(error) or text in "x#"


async def test_a_new_refresh_token_in_the_settings_is_taken_at_once(cloud: Cloud) -> None:
    texts = ["x" * 40]
    ids = cloud.claris_id(password=None, refresh_token="")
    ids._configured = lambda: texts[-1]  # pyright: ignore[reportPrivateUsage] -- the file behind the setting
    assert (await refused(ids)).reason == "login_needed"
    await cloud.claris_id().id_token()
    texts.append(kept_token(cloud))
    next(cloud.folder.glob("*.json")).unlink()
    assert await ids.id_token()


async def test_a_corrected_password_is_proved_at_once_and_the_refused_one_never_again(cloud: Cloud) -> None:
    passwords = ["wrong"]
    ids = cloud.claris_id()
    ids._password = lambda: passwords[-1]  # pyright: ignore[reportPrivateUsage] -- the file behind the setting
    for _ in range(3):
        await refused(ids)
        cloud.clock.advance(24 * 60 * MINUTE)
        ids.reconsider()
    assert "This was said" in (await refused(ids)).advice
    assert cloud.users.count("RespondToAuthChallenge") == 1
    passwords.append(ADA.password)
    assert await ids.id_token()


async def test_an_older_word_says_when_it_was_said_and_when_it_is_asked_again(cloud: Cloud) -> None:
    cloud.users.change(ADA.name, state=State.UNCONFIRMED)
    ids = cloud.claris_id()
    assert "This was said" not in (await refused(ids)).advice
    cloud.clock.advance(20)
    error = await refused(ids)
    assert error.advice.endswith("(This was said 20 seconds ago; it is asked again in 40 seconds.)")


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ({"state": State.UNCONFIRMED}, {"state": State.CONFIRMED}),
        ({"state": State.DISABLED}, {"state": State.CONFIRMED}),
        ({"state": State.RESET_REQUIRED}, {"state": State.CONFIRMED}),
        ({"factors": (Factor.AUTHENTICATOR,), "authenticator_secret": "JBSWY3DPEHPK3PXP"}, {"factors": ()}),
        ({"factors": (Factor.SMS,)}, {"factors": ()}),
        ({"unusual_challenge": "MFA_SETUP"}, {"unusual_challenge": None}),
    ],
)
async def test_what_a_person_ended_is_noticed_when_somebody_asks(
    cloud: Cloud, broken: dict[str, object], mended: dict[str, object]
) -> None:
    cloud.users.change(ADA.name, **broken)
    ids = cloud.claris_id()
    await refused(ids)
    cloud.users.change(ADA.name, **mended)
    await refused(ids)
    cloud.clock.advance(MINUTE)
    ids.reconsider()
    assert await ids.id_token()


async def test_no_start_sends_a_second_text_message(cloud: Cloud) -> None:
    cloud.users.change(ADA.name, factors=(Factor.SMS,))
    ids = cloud.claris_id()
    for _ in range(5):
        ids = cloud.claris_id()
        assert (await refused(ids)).reason == "mfa_needed"
        cloud.clock.advance(24 * 60 * MINUTE)
        assert (await refused(ids)).reason == "mfa_needed"
    assert len(cloud.users.outbox) == 1
    ids.reconsider()
    assert (await refused(ids)).reason == "mfa_needed"
    ids.reconsider()
    await refused(ids)
    assert len(cloud.users.outbox) == 2, "one for whoever asks, once a minute at most"
    cloud.users.change(ADA.name, factors=())
    cloud.clock.advance(MINUTE)
    ids.reconsider()
    assert await ids.id_token()
    cloud.users.change(ADA.name, factors=(Factor.SMS,))
    cloud.users.revoke_all(ADA.name)
    await refused(cloud.claris_id())
    assert len(cloud.users.outbox) == 3, "it was off in between"


@pytest.mark.parametrize("rotation", [False, True])
async def test_a_pool_that_remembers_devices_keeps_its_sign_in(cloud: Cloud, rotation: bool) -> None:
    cloud.users.switches.remembers_devices = True
    cloud.users.switches.rotation = rotation
    await cloud.claris_id().id_token()
    for _ in range(3):
        cloud.clock.advance(61 * MINUTE)
        assert await cloud.claris_id(password=None).id_token()
    assert cloud.users.count("InitiateAuth", "USER_SRP_AUTH") == 1
    assert cloud.users.count("ConfirmDevice") == 1


async def test_a_device_that_the_pool_knows_needs_no_code(cloud: Cloud) -> None:
    cloud.users.switches.remembers_devices = True
    ids = cloud.claris_id()
    await ids.id_token()
    cloud.users.change(ADA.name, factors=(Factor.SMS,))
    cloud.users.revoke_all(ADA.name)
    cloud.clock.advance(61 * MINUTE)
    assert await ids.id_token()
    assert not cloud.users.outbox
    assert cloud.users.count("RespondToAuthChallenge", "DEVICE_PASSWORD_VERIFIER") == 1


async def test_a_device_that_the_pool_forgot_leads_to_a_new_one(cloud: Cloud) -> None:
    cloud.users.switches.remembers_devices = True
    ids = cloud.claris_id()
    await ids.id_token()
    cloud.users.forget_devices(ADA.name)
    cloud.clock.advance(61 * MINUTE)
    assert await ids.id_token()
    cloud.clock.advance(61 * MINUTE)
    assert await cloud.claris_id(password=None).id_token()


async def test_a_sign_in_bound_to_a_device_can_be_brought_to_another_machine(cloud: Cloud) -> None:
    cloud.users.switches.remembers_devices = True
    await cloud.claris_id().id_token()
    sign_in = cloud.kept().read()
    assert sign_in is not None
    cloud.kept().delete()
    assert await cloud.claris_id(password=None, refresh_token=sign_in.text).id_token()


def moved(cloud: Cloud) -> EmulatedPool:
    """Claris moves to another pool; the one before is gone."""
    identity = Identity("eu-west-1_Moved1234", "newclient")
    cloud.users.identity = Identity("us-west-2_NqkuZcXQY", "nobodys")
    there = EmulatedPool(cloud.clock, identity)
    there.add(ADA)
    cloud.internet.hosts["www.ifmcloud.com"] = application(there)
    cloud.internet.hosts["cognito-idp.eu-west-1.amazonaws.com"] = application(there)
    return there


async def test_a_start_after_the_pool_moved_makes_no_refused_call(cloud: Cloud) -> None:
    there = moved(cloud)
    await cloud.claris_id().id_token()
    cloud.users.calls.clear()
    there.calls.clear()
    assert await cloud.claris_id(password=None).id_token()
    assert not cloud.users.calls
    assert [call.detail for call in there.calls] == ["REFRESH_TOKEN_AUTH"]
    named = UserPool(there.identity.pool_id, there.identity.client_id)
    assert await cloud.claris_id(password=None, pool=named).id_token(), "and where the settings name it since"


async def test_a_sign_in_of_the_pool_before_is_found_while_that_pool_serves(cloud: Cloud) -> None:
    await cloud.claris_id().id_token()
    newer = UserPool("eu-west-1_Moved1234", "newclient")
    ids = ClarisId(
        user=ADA.name,
        password=None,
        configured=None,
        cognito=cloud.claris_id()._cognito,  # pyright: ignore[reportPrivateUsage]
        finder=type(cloud.claris_id()._finder)(newer, cloud.internet.client),  # pyright: ignore[reportPrivateUsage]
        kept=type(cloud.kept())(cloud.saved, ADA.name, newer, pool_is_named=False),
        clock=cloud.time,
    )
    assert await ids.id_token(), "as after an update that has another pool built in"


async def test_a_sign_in_of_one_named_pool_does_not_serve_another(cloud: Cloud) -> None:
    await cloud.claris_id().id_token()
    other = UserPool("us-west-2_Another12", "otherclient")
    assert cloud.kept(other).read() is None
    assert cloud.kept(UserPool()).read() is not None


async def test_processes_take_turns_and_none_waits_for_a_dead_one(cloud: Cloud, tmp_path: Path) -> None:
    lock, order = tmp_path / "x.lock", list[int]()

    async def turn(number: int) -> None:
        async with ProcessLock(lock, cloud.time).held():
            order.append(number)
            await anyio.lowlevel.checkpoint()
            order.append(number)

    async with anyio.create_task_group() as group:
        for number in range(3):
            group.start_soon(turn, number)
    assert order[::2] == order[1::2]
    async with ProcessLock(lock, cloud.time).held():
        with pytest.raises(SignInFailed, match="Another process"):
            async with ProcessLock(lock, cloud.time).held():
                pass


async def test_three_that_renew_at_once_lose_nothing_to_rotation(cloud: Cloud) -> None:
    cloud.users.switches.rotation = True
    await cloud.claris_id().id_token()
    three = [cloud.claris_id(password=None) for _ in range(3)]
    for _ in range(5):
        async with anyio.create_task_group() as group:
            for ids in three:
                group.start_soon(ids.id_token)
        cloud.clock.advance(61 * MINUTE)
    assert cloud.users.count("GetTokensFromRefreshToken") == 15
    assert cloud.users.count("InitiateAuth", "USER_SRP_AUTH") == 1


@pytest.mark.parametrize("grace", [0, 10])
async def test_a_renewal_ended_at_any_step_loses_the_sign_in_only_without_grace(
    cloud: Cloud, grace: int
) -> None:
    cloud.users.switches.rotation = True
    cloud.users.switches.rotation_grace = timedelta(seconds=grace)
    await cloud.claris_id().id_token()
    for step in range(40):
        async with anyio.create_task_group() as group:
            group.start_soon(cloud.claris_id(password=None).tokens)
            for _ in range(step):
                await anyio.lowlevel.checkpoint()
            group.cancel_scope.cancel()
        cloud.users.calls.clear()
        if grace:
            assert await cloud.claris_id(password=None).id_token()
        assert await cloud.claris_id().id_token()
        assert cloud.users.count("InitiateAuth", "USER_SRP_AUTH") <= (0 if grace else 1)
        cloud.clock.advance(MINUTE)


def answering(body: object, headers: dict[str, str] | None = None) -> Callable[..., object]:
    async def answer(scope: object, receive: object, send: Callable[..., object]) -> None:
        response = httpx.Response(200, json=body)
        pairs = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": pairs})  # type: ignore[misc]
        await send({"type": "http.response.body", "body": response.content})  # type: ignore[misc]

    return answer


@pytest.mark.parametrize(
    "body",
    [
        {"ChallengeName": "PASSWORD_VERIFIER"},
        {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": []},
        {
            "ChallengeName": "PASSWORD_VERIFIER",
            "ChallengeParameters": {
                "USER_ID_FOR_SRP": "a",
                "SALT": "",
                "SRP_B": "no hex",
                "SECRET_BLOCK": "?",
            },
        },
        {"ChallengeName": "DEVICE_SRP_AUTH", "ChallengeParameters": {}},
        {"ChallengeName": "SELECT_MFA_TYPE", "ChallengeParameters": {"MFAS_CAN_CHOOSE": "5"}},
        {"ChallengeName": 5},
        {"AuthenticationResult": {"IdToken": "a\r\nb", "ExpiresIn": 3600}},
        {"AuthenticationResult": {"IdToken": "eyJ", "ExpiresIn": 3600, "RefreshToken": "ü"}},
        {"AuthenticationResult": {"IdToken": ["eyJ"]}},
        {},
    ],
)
async def test_a_malformed_answer_is_one_sentence(cloud: Cloud, body: object) -> None:
    cloud.internet.hosts[COGNITO] = answering(body)  # type: ignore[assignment]
    with pytest.raises(FilemakerMcpError) as raised:
        await cloud.claris_id().id_token()
    assert raised.value.what
    assert "\r" not in str(raised.value)


@pytest.mark.parametrize("life", ["x", None, -1, 1e300, True, []])
async def test_a_life_that_is_none_counts_as_an_hour(cloud: Cloud, life: object) -> None:
    cloud.internet.hosts[COGNITO] = answering(  # type: ignore[assignment]
        {"AuthenticationResult": {"IdToken": "eyJ", "ExpiresIn": life}}
    )
    assert (await cloud.claris_id().tokens()).life == 3600


async def test_a_client_without_password_sign_in_is_named_as_that(cloud: Cloud) -> None:
    cloud.users.switches.password_sign_in = False
    error = await refused(cloud.claris_id())
    assert error.reason == "client_refused"
    assert "FILEMAKER_CLARIS_CLIENT_ID" in error.advice


async def test_capitals_are_mentioned_where_they_may_matter(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path, replace(ADA, name="ada@example.com"))
    cloud.users.switches.distinguishes_case = True
    ids = cloud.claris_id()
    ids.user = "Ada@Example.com"
    assert "ada@example.com" in (await refused(ids)).advice
