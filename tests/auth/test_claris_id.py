"""Claris ID: one proof of the password, then refreshes; what only a person can mend is said and not repeated."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import anyio
import pytest

from filemaker_mcp.server.auth.claris.claris_id import ClarisId
from filemaker_mcp.server.auth.claris.cognito import UserPool
from filemaker_mcp.server.auth.sessions.session_pool import Pool
from filemaker_mcp.server.emulator.cognito.pool_switches import Identity
from filemaker_mcp.server.emulator.cognito.users import Factor, State
from filemaker_mcp.server.emulator.cognito.wire import application
from filemaker_mcp.server.errors import SignInFailed, Unreachable

from .cloud import ADA, COGNITO, HOST, Cloud

pytestmark = pytest.mark.anyio

MINUTE = 60.0


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path / "sign-in")


async def call_through(pool: Pool) -> None:
    async with pool.channel() as channel:
        response = await channel.send(channel.build_request("GET", "/fmi/data/vLatest/call"))
        assert response.status_code == 200


async def refused(ids: ClarisId) -> SignInFailed:
    with pytest.raises(SignInFailed) as raised:
        await ids.id_token()
    return raised.value


async def test_a_password_opens_a_session_on_filemaker_cloud(cloud: Cloud) -> None:
    await call_through(cloud.pool())
    assert [call.outcome for call in cloud.users.calls] == ["PASSWORD_VERIFIER", "tokens"]


@pytest.mark.parametrize("password", ["pässwörd ünïcode 密码 🔐", "x" * 10_000, " leading and trailing "])
async def test_any_password_can_be_proved(tmp_path: Path, password: str) -> None:
    cloud = Cloud(tmp_path, replace(ADA, password=password))
    assert await cloud.claris_id(password).id_token()


async def test_fifty_callers_with_an_expired_id_token_cause_one_request(cloud: Cloud) -> None:
    ids = cloud.claris_id()
    await ids.id_token()
    cloud.clock.advance(61 * MINUTE)
    before = len(cloud.users.calls)
    async with anyio.create_task_group() as callers:
        for _ in range(50):
            callers.start_soon(ids.id_token)
    assert [call.detail for call in cloud.users.calls[before:]] == ["REFRESH_TOKEN_AUTH"]


async def test_fifty_callers_whose_id_token_was_refused_cause_one_request(cloud: Cloud) -> None:
    ids = cloud.claris_id()
    old = await ids.id_token()
    before = len(cloud.users.calls)
    async with anyio.create_task_group() as callers:
        for _ in range(50):
            callers.start_soon(lambda: ids.id_token(refused=old))
    assert len(cloud.users.calls) == before + 1


async def test_a_wrong_password_is_tried_once_whoever_asks(cloud: Cloud) -> None:
    ids = cloud.claris_id("wrong")
    errors: list[SignInFailed] = []

    async def caller() -> None:
        errors.append(await refused(ids))

    async with anyio.create_task_group() as callers:
        for _ in range(50):
            callers.start_soon(caller)
    cloud.clock.advance(24 * 60 * MINUTE)
    errors.append(await refused(ids))
    assert {error.reason for error in errors} == {"denied"}
    assert cloud.users.count("RespondToAuthChallenge") == 1


async def test_a_renewal_cancelled_half_way_is_finished_by_the_next_caller(cloud: Cloud) -> None:
    ids = cloud.claris_id()
    await ids.id_token()
    cloud.clock.advance(61 * MINUTE)
    async with anyio.create_task_group() as callers:
        callers.start_soon(ids.id_token)
        await anyio.lowlevel.checkpoint()
        callers.cancel_scope.cancel()
    await ids.id_token()
    assert cloud.users.count("InitiateAuth", "REFRESH_TOKEN_AUTH") == 1
    assert cloud.users.count("InitiateAuth", "USER_SRP_AUTH") == 1


async def test_four_hours_of_calls_need_no_password_and_five_refreshes_at_most(cloud: Cloud) -> None:
    await cloud.claris_id().id_token()  # somebody signed in yesterday
    cloud.front.switches.sessions_end_with_id_token = True
    cloud.clock.advance(24 * 60 * MINUTE)
    cloud.users.calls.clear()
    pool = cloud.pool(cloud.claris_id(password=None))
    for _ in range(24):
        await call_through(pool)
        cloud.clock.advance(10 * MINUTE)
    await pool.close()
    assert cloud.users.count("InitiateAuth", "USER_SRP_AUTH") == 0
    assert 1 <= cloud.users.count("InitiateAuth", "REFRESH_TOKEN_AUTH") <= 5


async def test_a_session_refused_in_html_is_opened_again_with_the_same_id_token(cloud: Cloud) -> None:
    pool = cloud.pool()
    await call_through(pool)
    before = len(cloud.users.calls)
    cloud.host.open.clear()
    await call_through(pool)
    assert len(cloud.users.calls) == before


async def test_an_id_token_that_the_host_refuses_is_replaced_once(cloud: Cloud) -> None:
    pool = cloud.pool()
    await call_through(pool)
    cloud.host.open.clear()
    cloud.users.end_id_tokens(ADA.name)
    await call_through(pool)
    assert cloud.users.count("InitiateAuth", "REFRESH_TOKEN_AUTH") == 1


async def test_a_claris_id_that_the_host_does_not_admit_is_told_what_helped_others(cloud: Cloud) -> None:
    cloud.users.switches.not_admitted.add(ADA.name)
    pool = cloud.pool()
    for _ in range(3):
        with pytest.raises(SignInFailed, match=r"console\.claris\.com") as raised:
            await call_through(pool)
        assert raised.value.reason == "not_admitted"
    assert cloud.users.count("InitiateAuth") == 2, "one sign-in, one new id token, no loop"


@pytest.mark.parametrize("minutes", [-20, 20])
async def test_a_wrong_clock_is_corrected_by_the_services_own(cloud: Cloud, minutes: int) -> None:
    cloud.time.offset = minutes * MINUTE
    assert await cloud.claris_id().id_token()


async def test_a_wrong_password_on_a_machine_with_a_wrong_clock_mentions_both(cloud: Cloud) -> None:
    cloud.time.offset = -20 * MINUTE
    error = await refused(cloud.claris_id("wrong"))
    assert "20 minutes slow" in error.advice
    assert "console.claris.com" in error.advice


@pytest.mark.parametrize(
    ("change", "reason", "hint"),
    [
        ({"blocked": True}, "blocked", "confirm"),
        ({"state": State.RESET_REQUIRED}, "reset_needed", "Forgot password"),
        ({"state": State.MUST_CHANGE_PASSWORD}, "new_password", "choose one"),
        ({"state": State.UNCONFIRMED}, "unconfirmed", "activation mail"),
        ({"state": State.DISABLED}, "disabled", "manager"),
        ({"factors": (Factor.SMS,)}, "mfa_needed", "filemaker-mcp login"),
        (
            {"factors": (Factor.AUTHENTICATOR,), "authenticator_secret": "JBSWY3DPEHPK3PXP"},
            "mfa_needed",
            "login",
        ),
        ({"factors": (Factor.EMAIL,)}, "mfa_needed", "login"),
        ({"factors": (Factor.SMS, Factor.EMAIL)}, "mfa_needed", "login"),
        ({"unusual_challenge": "MFA_SETUP"}, "unsupported_challenge", "browser"),
        ({"unusual_challenge": "CUSTOM_CHALLENGE"}, "unsupported_challenge", "browser"),
    ],
)
async def test_each_state_of_an_account_has_its_own_words(
    tmp_path: Path, change: dict[str, object], reason: str, hint: str
) -> None:
    cloud = Cloud(tmp_path, replace(ADA, **change))  # pyright: ignore[reportArgumentType] -- the table's columns are of many types
    ids = cloud.claris_id()
    error = await refused(ids)
    assert error.reason == reason
    assert hint in error.advice
    before = len(cloud.users.calls)
    await refused(ids)
    assert len(cloud.users.calls) == before, "not asked again, and no second code sent"


async def test_a_locked_account_is_left_alone_for_a_quarter_of_an_hour(cloud: Cloud) -> None:
    for _ in range(5):
        await refused(cloud.claris_id("wrong"))
    ids = cloud.claris_id()
    assert (await refused(ids)).reason == "locked"
    before = len(cloud.users.calls)
    cloud.clock.advance(14 * MINUTE)
    await refused(ids)
    assert len(cloud.users.calls) == before
    cloud.clock.advance(2 * MINUTE)
    assert await ids.id_token()


async def test_throttling_never_leads_to_the_password_and_passes(cloud: Cloud) -> None:
    await cloud.claris_id().id_token()
    ids = cloud.claris_id()
    cloud.users.refuse_next("TooManyRequestsException", "Rate exceeded", times=99)
    cloud.users.calls.clear()
    for _ in range(3):
        assert (await refused(ids)).reason == "busy"
    assert [call.detail for call in cloud.users.calls] == ["REFRESH_TOKEN_AUTH"]
    cloud.users.refuse_next("", "", times=0)
    cloud.users._outages.clear()  # pyright: ignore[reportPrivateUsage] -- the throttling ends
    cloud.clock.advance(16)
    assert await ids.id_token()


async def test_a_broken_network_never_leads_to_the_password_and_passes(cloud: Cloud) -> None:
    await cloud.claris_id().id_token()
    ids = cloud.claris_id()
    service = cloud.internet.hosts.pop(COGNITO)
    with pytest.raises(Unreachable, match=COGNITO):
        await ids.id_token()
    cloud.internet.hosts[COGNITO] = service
    cloud.clock.advance(6)
    cloud.users.calls.clear()
    assert await ids.id_token()
    assert [call.detail for call in cloud.users.calls] == ["REFRESH_TOKEN_AUTH"]


async def test_a_revoked_sign_in_is_forgotten_and_the_password_used(cloud: Cloud) -> None:
    await cloud.claris_id().id_token()
    cloud.users.revoke_all(ADA.name)
    ids = cloud.claris_id()
    assert await ids.id_token()
    assert cloud.users.calls[-1].outcome == "tokens"
    assert await cloud.claris_id(password=None).id_token(), "and the new one is kept"


async def test_a_revoked_sign_in_without_a_password_asks_for_login(cloud: Cloud) -> None:
    await cloud.claris_id().id_token()
    cloud.users.revoke_all(ADA.name)
    error = await refused(cloud.claris_id(password=None))
    assert error.reason == "login_needed"
    assert not list(cloud.folder.glob("*.json"))


async def test_a_sign_in_made_meanwhile_in_another_process_is_noticed(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path, replace(ADA, factors=(Factor.SMS,)))
    ids = cloud.claris_id()
    assert (await refused(ids)).reason == "mfa_needed"
    cloud.users.add(ADA)
    elsewhere = cloud.claris_id()
    elsewhere.reconsider()
    await elsewhere.id_token()
    assert await ids.id_token()


async def test_a_refresh_token_of_the_settings_needs_neither_password_nor_file(cloud: Cloud) -> None:
    await cloud.claris_id().id_token()
    file = next(cloud.folder.glob("*.json"))
    token = json.loads(file.read_text(encoding="utf-8"))["refresh_token"]
    file.unlink()
    assert await cloud.claris_id(password=None, refresh_token=token).id_token()


async def test_replaced_refresh_tokens_are_kept_at_once(cloud: Cloud) -> None:
    cloud.users.switches.rotation = True
    ids = cloud.claris_id()
    for _ in range(3):
        await ids.id_token()
        cloud.clock.advance(61 * MINUTE)
    assert await cloud.claris_id(password=None).id_token()
    assert cloud.users.count("InitiateAuth", "USER_SRP_AUTH") == 1


async def test_a_kept_sign_in_is_a_file_that_only_its_owner_reads_and_holds_no_password(cloud: Cloud) -> None:
    await cloud.claris_id().id_token()
    file = next(cloud.folder.glob("*.json"))
    if os.name == "posix":  # elsewhere the user's folder keeps others out
        assert (file.stat().st_mode & 0o777, cloud.folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert set(json.loads(file.read_text(encoding="utf-8"))) == {
        "user",
        "pool_id",
        "client_id",
        "refresh_token",
    }
    assert ADA.password not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"refresh_token": 5}', "\x00\xff"])
async def test_a_damaged_file_counts_as_none(cloud: Cloud, content: str) -> None:
    await cloud.claris_id().id_token()
    next(cloud.folder.glob("*.json")).write_text(content, encoding="utf-8")
    assert await cloud.claris_id().id_token()


async def test_a_pool_that_has_moved_is_looked_up_where_claris_publishes_it(cloud: Cloud) -> None:
    cloud.users.identity = Identity("eu-west-1_Moved1234", "newclient")
    moved = type(cloud.users)(cloud.clock, Identity("eu-west-1_Moved1234", "newclient"))
    moved.add(ADA)
    cloud.internet.hosts["www.ifmcloud.com"] = application(moved)
    cloud.internet.hosts["cognito-idp.eu-west-1.amazonaws.com"] = application(moved)
    assert await cloud.claris_id().id_token()
    assert moved.count("InitiateAuth") == 1


async def test_without_trouble_nothing_but_the_pool_and_the_host_is_asked(cloud: Cloud) -> None:
    await call_through(cloud.pool())
    assert set(cloud.internet.asked) == {COGNITO, HOST}


async def test_a_pool_that_cannot_be_found_says_so(cloud: Cloud) -> None:
    error = await refused(cloud.claris_id(pool=UserPool(client_id="gone")))
    assert error.reason == "pool_moved"


async def test_the_users_aws_environment_changes_nothing(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nosuch")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
    monkeypatch.setenv("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "http://localhost:4566")
    assert await cloud.claris_id().id_token()
    assert set(cloud.internet.asked) == {COGNITO}


async def test_a_page_in_place_of_the_service_is_not_taken_for_a_refused_password(cloud: Cloud) -> None:
    async def portal(scope: object, receive: object, send: object) -> None:
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]}
        )  # type: ignore[operator]
        await send({"type": "http.response.body", "body": b"<html>Welcome to Hotel WiFi"})  # type: ignore[operator]

    service = cloud.internet.hosts[COGNITO]
    cloud.internet.hosts[COGNITO] = portal  # type: ignore[assignment]
    ids = cloud.claris_id()
    assert (await refused(ids)).reason == "intercepted"
    cloud.internet.hosts[COGNITO] = service
    cloud.clock.advance(20)
    assert await ids.id_token()


async def test_reprs_show_no_secret(cloud: Cloud) -> None:
    ids = cloud.claris_id()
    token = await ids.id_token()
    shown = repr(ids) + repr(vars(ids)) + repr(cloud.pool(ids))
    assert ADA.password not in shown
    assert token not in shown


def test_importing_what_signs_in_brings_neither_pycognito_nor_boto3() -> None:
    modules = [
        "claris.claris_id",
        "claris.claris_account",
        "claris.claris_sign_in",
        "claris.cognito",
        "claris.service_tokens",
        "oauth",
        "otto",
        "sessions.session_pool",
    ]
    imports = "; ".join(f"import filemaker_mcp.server.auth.{module}" for module in modules)
    code = f"{imports}; import sys; print([m for m in ('pycognito', 'boto3', 'keyring') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_clock_jumps_make_an_id_token_old(cloud: Cloud) -> None:
    ids = cloud.claris_id()
    await ids.id_token()
    cloud.time.offset = timedelta(hours=2).total_seconds()
    before = len(cloud.users.calls)
    await ids.id_token()
    assert len(cloud.users.calls) == before + 1
