"""Whatever arrives, the pool answers in Cognito's own form."""

from __future__ import annotations

import json
from typing import Any

import anyio
import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.emulator.cognito.pool import UserPool
from filemaker_mcp.server.emulator.cognito.users import User
from filemaker_mcp.server.emulator.cognito.wire import application

POOL = UserPool(ManualClock())
POOL.add(User("ada@example.com", "Analytical Engine 1843"))

texts = (
    st.text() | st.text(alphabet=st.characters(categories=["Cs", "Cc"])) | st.sampled_from(["", "x" * 10_000])
)
parameters = st.dictionaries(
    st.sampled_from(
        [
            "USERNAME",
            "SRP_A",
            "REFRESH_TOKEN",
            "TIMESTAMP",
            "PASSWORD_CLAIM_SIGNATURE",
            "PASSWORD_CLAIM_SECRET_BLOCK",
            "NEW_PASSWORD",
            "ANSWER",
        ]
    ),
    texts | st.just("ada@example.com") | st.integers() | st.none(),
)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "ClientId": st.just(POOL.identity.client_id) | texts | st.integers(),
        "AuthFlow": st.sampled_from(["USER_SRP_AUTH", "REFRESH_TOKEN_AUTH"]) | texts,
        "AuthParameters": parameters | texts,
        "ChallengeName": st.sampled_from(["PASSWORD_VERIFIER", "SMS_MFA", "SELECT_MFA_TYPE"]) | texts,
        "ChallengeResponses": parameters,
        "Session": texts | st.booleans(),
        "Token": texts,
        "RefreshToken": texts,
    },
)
operations = st.sampled_from(
    ["InitiateAuth", "RespondToAuthChallenge", "RevokeToken", "GetTokensFromRefreshToken"]
)


def ask(operation: str, content: bytes) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(application(POOL))
        async with httpx.AsyncClient(transport=transport, base_url="https://cognito.test") as client:
            return await client.post("/", content=content, headers={"X-Amz-Target": operation})

    return anyio.run(send)


@settings(deadline=None, max_examples=60)
@given(operations, bodies)
def test_no_request_is_too_strange(operation: str, body: dict[str, Any]) -> None:
    answer = ask(operation, json.dumps(body).encode())
    assert answer.status_code in (200, 400)
    assert answer.status_code == 200 or answer.json()["__type"].endswith("Exception")


@settings(deadline=None, max_examples=30)
@given(st.binary() | st.just(b"[" * 100_000))
def test_no_body_is_too_strange(content: bytes) -> None:
    assert ask("InitiateAuth", content).status_code == 400
