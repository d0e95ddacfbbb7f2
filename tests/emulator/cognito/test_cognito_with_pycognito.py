"""pycognito, unmodified and with boto3's own HTTP, signs in to the pool over a socket."""

from __future__ import annotations

import json
import random
from typing import Any

import anyio.to_thread
import pytest
from botocore.exceptions import ClientError
from pycognito import Cognito
from pycognito.exceptions import SoftwareTokenMFAChallengeException

from filemaker_mcp.server.emulator.clock import SystemClock
from filemaker_mcp.server.emulator.cognito.codes import authenticator_code
from filemaker_mcp.server.emulator.cognito.pool import UserPool
from filemaker_mcp.server.emulator.cognito.users import Factor, User
from filemaker_mcp.server.emulator.cognito.wire import application
from filemaker_mcp.server.emulator.serving import serving

pytestmark = pytest.mark.anyio

ADA = User("ada@example.com", "Analytical Engine 1843")
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture(autouse=True)
def aws_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "none")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    monkeypatch.delenv("AWS_PROFILE", raising=False)


@pytest.fixture
def pool() -> UserPool:
    pool = UserPool(SystemClock())
    pool.add(ADA)
    return pool


def by_endpoint(pool: UserPool, url: str, name: str) -> Any:
    kwargs = {"endpoint_url": url}
    return Cognito(pool.identity.pool_id, pool.identity.client_id, username=name, boto3_client_kwargs=kwargs)


async def test_by_endpoint_url_it_signs_in_checks_the_tokens_refreshes_and_revokes(pool: UserPool) -> None:
    async with serving(application(pool)) as url:
        user = by_endpoint(pool, url, ADA.name)
        await anyio.to_thread.run_sync(user.authenticate, ADA.password)
        first = user.id_token
        assert pool.verify_id_token(first) == ADA.name
        await anyio.to_thread.run_sync(user.renew_access_token)
        assert user.id_token != first
        await anyio.to_thread.run_sync(
            lambda: user.client.revoke_token(Token=user.refresh_token, ClientId=user.client_id)
        )
        with pytest.raises(ClientError, match="Refresh Token has been revoked"):
            await anyio.to_thread.run_sync(user.renew_access_token)


async def test_a_wrong_password_is_refused(pool: UserPool) -> None:
    async with serving(application(pool)) as url:
        user = by_endpoint(pool, url, ADA.name)
        with pytest.raises(ClientError, match="Incorrect username or password"):
            await anyio.to_thread.run_sync(user.authenticate, "wrong")


async def test_by_environment_it_signs_in_with_the_keys_it_is_given(
    pool: UserPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool.issuer = pool.identity.aws_issuer
    async with serving(application(pool)) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", url)
        monkeypatch.setenv("COGNITO_JWKS", json.dumps(pool.jwks))
        user: Any = Cognito(pool.identity.pool_id, pool.identity.client_id, username=ADA.name)
        await anyio.to_thread.run_sync(user.authenticate, ADA.password)
    assert pool.verify_id_token(user.id_token) == ADA.name


async def test_an_authenticator_code_completes_its_sign_in(pool: UserPool) -> None:
    user = User("two@example.com", "second step", (Factor.AUTHENTICATOR,), authenticator_secret=SECRET)
    pool.add(user)
    async with serving(application(pool)) as url:
        client = by_endpoint(pool, url, user.name)
        with pytest.raises(SoftwareTokenMFAChallengeException):
            await anyio.to_thread.run_sync(client.authenticate, user.password)
        code = authenticator_code(SECRET, pool.now())
        await anyio.to_thread.run_sync(client.respond_to_software_token_mfa_challenge, code)
    assert pool.verify_id_token(client.id_token) == user.name


async def test_fifteen_random_people_sign_in_whatever_their_alphabet(pool: UserPool) -> None:
    dice = random.Random(1843)
    letters = 'abcXYZ089 !"$%&/()=?äöüßéñçøłžαβγДжя日本語한글ñ🔑\u202e\u0301'
    async with serving(application(pool)) as url:
        for number in range(15):
            name = "".join(dice.choices(letters.strip(), k=dice.randint(1, 12))) + f"{number}@example.com"
            password = "".join(dice.choices(letters, k=dice.randint(1, 40)))
            pool.add(User(name, password))
            client = by_endpoint(pool, url, name)
            await anyio.to_thread.run_sync(client.authenticate, password)
            assert pool.verify_id_token(client.id_token) == name
