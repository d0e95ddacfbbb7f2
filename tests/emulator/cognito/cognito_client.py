"""pycognito's proof without its network: a client that a test can stop between question and answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

import httpx
from pycognito.aws_srp import AWSSRP

from filemaker_mcp.server.emulator.cognito.pool import UserPool
from filemaker_mcp.server.emulator.cognito.wire import application

Answer = dict[str, Any]


class PoolClient:
    """Speaks to a pool in this process; `moment` is the client's own clock."""

    def __init__(self, pool: UserPool, moment: datetime | None = None) -> None:
        self.pool = pool
        self.moment = moment
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(application(pool)), base_url="https://cognito.test"
        )

    async def ask(self, operation: str, body: Answer) -> httpx.Response:
        return await self.http.post(
            "/",
            json={"ClientId": self.pool.identity.client_id, **body},
            headers={
                "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
                "Content-Type": "application/x-amz-json-1.1",
            },
        )

    async def start(self, name: str, password: str) -> Answer:
        """The right answer to the pool's first question, not yet sent."""
        proof = cast("Any", AWSSRP)(
            name, password, self.pool.identity.pool_id, self.pool.identity.client_id, client=object()
        )
        signed_at = self.moment or self.pool.now()
        format_time = proof.get_cognito_formatted_timestamp
        proof.get_cognito_formatted_timestamp = lambda _now: format_time(signed_at)  # pyright: ignore[reportUnknownLambdaType]  (pycognito has no types)
        parameters = proof.get_auth_params()
        question = await self.ask("InitiateAuth", {"AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters})
        if question.status_code != 200:
            raise AssertionError(question.text)
        return proof.process_challenge(question.json()["ChallengeParameters"], parameters)

    async def respond(self, challenge: str, responses: Answer, session: str | None = None) -> httpx.Response:
        body: Answer = {"ChallengeName": challenge, "ChallengeResponses": responses}
        if session is not None:
            body["Session"] = session
        return await self.ask("RespondToAuthChallenge", body)

    async def sign_in(self, name: str, password: str) -> httpx.Response:
        return await self.respond("PASSWORD_VERIFIER", await self.start(name, password))

    async def refresh(self, token: str, flow: str = "REFRESH_TOKEN_AUTH") -> httpx.Response:
        return await self.ask("InitiateAuth", {"AuthFlow": flow, "AuthParameters": {"REFRESH_TOKEN": token}})


def refusal(response: httpx.Response) -> tuple[str, str]:
    """Kind and message of a refusal, checked to say the same in body and headers."""
    body = response.json()
    assert response.headers["x-amzn-ErrorType"] == f"{body['__type']}:"
    assert response.headers["x-amzn-ErrorMessage"] == body["message"]
    assert response.headers["content-type"] == "application/x-amz-json-1.1"
    return body["__type"], body["message"]


INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")
EXCEEDED = ("NotAuthorizedException", "Password attempts exceeded")
