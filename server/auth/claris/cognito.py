"""The calls of Amazon Cognito that Claris ID needs: unsigned JSON over HTTPS (reference on Claris ID, section 1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, cast

import httpx

from ...errors import CertificateRefused, SignInFailed, Unreachable
from ..clock import Clock
from ..http_connection import ConnectionFactory, unreachable

TIMEOUT = httpx.Timeout(20, connect=10)
BUSY = frozenset(
    {
        "TooManyRequestsException",
        "LimitExceededException",
        "ThrottlingException",
        "InternalErrorException",
        "ServiceUnavailableException",
    }
)
BUSY_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class UserPool:
    """Which pool and client sign in; Claris has one pool for the whole world."""

    pool_id: str = "us-west-2_NqkuZcXQY"
    client_id: str = "4l9rvl4mv5es1eep1qe97cautn"
    endpoint: str = ""
    """Empty: Amazon's own, in the region that the pool's id begins with (never `Region` of the discovery document)."""

    @property
    def url(self) -> str:
        region = self.pool_id.partition("_")[0]
        return self.endpoint or f"https://cognito-idp.{region}.amazonaws.com/"

    @property
    def host(self) -> str:
        return httpx.URL(self.url).host


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a completed sign-in gives."""

    id_token: str = field(repr=False)
    life: float
    """Seconds, as `ExpiresIn` says."""
    refresh_token: str | None = field(default=None, repr=False)
    """None where the one that was used stays good."""
    access_token: str = field(default="", repr=False)
    """Of no use to FileMaker; other programs expect it of a token service."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """The next question of a sign-in."""

    name: str
    parameters: Mapping[str, str] = field(repr=False)
    session: str = field(default="", repr=False)


class CognitoRefused(Exception):
    """Cognito's own refusal; `claris_refusals` gives it words."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(kind)
        self.kind = kind
        self.message = message


class Cognito:
    """One user pool. `skew` is how many seconds its clock is ahead of this machine's, as its last answer told."""

    def __init__(self, connect: ConnectionFactory, clock: Clock) -> None:
        self._connect = connect
        self._clock = clock
        self.skew = 0.0

    async def initiate(self, pool: UserPool, flow: str, parameters: Mapping[str, str]) -> Tokens | Challenge:
        body = {"AuthFlow": flow, "ClientId": pool.client_id, "AuthParameters": dict(parameters)}
        return _read(await self._call(pool, "InitiateAuth", body))

    async def respond(
        self, pool: UserPool, challenge: str, responses: Mapping[str, str], session: str = ""
    ) -> Tokens | Challenge:
        body: dict[str, Any] = {
            "ChallengeName": challenge,
            "ClientId": pool.client_id,
            "ChallengeResponses": dict(responses),
        }
        if session:
            body["Session"] = session
        return _read(await self._call(pool, "RespondToAuthChallenge", body))

    async def refresh(self, pool: UserPool, refresh_token: str) -> Tokens:
        """New tokens for a refresh token; where the pool replaces refresh tokens, by the operation that this needs."""
        try:
            answer = await self.initiate(pool, "REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": refresh_token})
        except CognitoRefused as refused:
            if refused.kind != "InvalidParameterException" or "not enabled" not in refused.message:
                raise
            body = {"ClientId": pool.client_id, "RefreshToken": refresh_token}
            answer = _read(await self._call(pool, "GetTokensFromRefreshToken", body))
        if isinstance(answer, Challenge):
            raise CognitoRefused("UnsupportedChallenge", answer.name)
        return answer

    async def revoke(self, pool: UserPool, refresh_token: str) -> None:
        await self._call(pool, "RevokeToken", {"ClientId": pool.client_id, "Token": refresh_token})

    async def _call(self, pool: UserPool, operation: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            async with self._connect() as client:
                response = await client.post(
                    pool.url,
                    content=json.dumps(body).encode(),
                    headers={
                        "Content-Type": "application/x-amz-json-1.1",
                        "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
                    },
                    timeout=TIMEOUT,
                )
        except httpx.TransportError as error:
            raise _away(unreachable(error, pool.host), pool.host) from error
        self._note_time(response)
        return self._opened(response, pool)

    def _note_time(self, response: httpx.Response) -> None:
        try:
            told = parsedate_to_datetime(response.headers.get("Date", ""))
        except ValueError:
            return
        self.skew = told.timestamp() - self._clock.wall()

    @staticmethod
    def _opened(response: httpx.Response, pool: UserPool) -> Mapping[str, Any]:
        try:
            body: object = json.loads(response.content or b"{}")
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict) or response.status_code in range(300, 400):
            if response.status_code >= 500:
                raise _busy(pool, f"HTTP {response.status_code}")
            raise SignInFailed(
                f"Something other than Claris ID answers at {pool.host} (HTTP {response.status_code})",
                reason="intercepted",
                advice="A proxy or a login page of the network stands in between; open it in a browser, or set HTTPS_PROXY.",
                retry_after=BUSY_SECONDS,
            )
        answer = cast("Mapping[str, Any]", body)
        if response.status_code == 200:
            return answer
        named = str(answer.get("__type") or response.headers.get("x-amzn-ErrorType", "")).partition(":")[0]
        kind = named.rpartition("#")[2]
        if kind in BUSY or response.status_code >= 500:
            raise _busy(pool, kind or f"HTTP {response.status_code}")
        raise CognitoRefused(kind, str(answer.get("message") or answer.get("Message") or ""))


def _away(cause: Unreachable, host: str) -> Unreachable:
    reach = f"This machine must reach {host} on port 443: check network, firewall and HTTPS_PROXY."
    return Unreachable(
        f"The sign-in service of Claris ID cannot be reached: {cause.what}",
        advice=f"{cause.advice if isinstance(cause, CertificateRefused) else reach} Nothing was tried with the password.",
    )


def _busy(pool: UserPool, why: str) -> SignInFailed:
    return SignInFailed(
        f"The sign-in service of Claris ID is too busy at the moment ({why} from {pool.host})",
        reason="busy",
        advice="It is asked again in 15 seconds at the earliest; the password was not judged.",
        retry_after=BUSY_SECONDS,
    )


def _read(answer: Mapping[str, Any]) -> Tokens | Challenge:
    result = answer.get("AuthenticationResult")
    if isinstance(result, dict):
        given = cast("Mapping[str, Any]", result)
        if isinstance(given.get("IdToken"), str):
            token = given.get("RefreshToken")
            return Tokens(
                given["IdToken"],
                float(given.get("ExpiresIn") or 3600),
                token if isinstance(token, str) else None,
                str(given.get("AccessToken") or ""),
            )
    name = answer.get("ChallengeName")
    if not isinstance(name, str):
        raise CognitoRefused("UnsupportedChallenge", "an answer without tokens")
    parameters = cast("Mapping[str, object]", answer.get("ChallengeParameters") or {})
    return Challenge(name, {k: str(v) for k, v in parameters.items()}, str(answer.get("Session") or ""))
