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
from ..credentials import sendable
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
LIFE_SECONDS = 3600.0
"""Of an id token where the answer does not say (reference on Claris ID, section 1)."""
LONGEST_SECONDS = 24 * 3600.0
GIVEN = "A token in the answer of Claris ID"


@dataclass(frozen=True, slots=True)
class UserPool:
    """Which pool and client sign in. Claris has one pool for the whole world."""

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
class Device:
    """A device that a pool remembers: tokens given to it are refreshed under its key alone."""

    key: str
    group: str = ""
    password: str = field(default="", repr=False)
    """What the device proves itself by at a later sign-in. Empty where it was not confirmed."""

    @property
    def proves_itself(self) -> bool:
        return bool(self.group and self.password)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a completed sign-in gives."""

    id_token: str = field(repr=False)
    life: float
    """Seconds, as `ExpiresIn` says."""
    refresh_token: str | None = field(default=None, repr=False)
    """None where the one that was used stays good."""
    access_token: str = field(default="", repr=False)
    """Of no use to FileMaker. Other programs expect it of a token service."""
    device: Device | None = field(default=None, repr=False)
    """The device that the tokens are bound to. A new one has no password yet."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """The next question of a sign-in."""

    name: str
    parameters: Mapping[str, str] = field(repr=False)
    session: str = field(default="", repr=False)


class CognitoRefused(Exception):
    """Cognito's own refusal. `claris_refusals` gives it words."""

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

    async def refresh(self, pool: UserPool, refresh_token: str, device_key: str = "") -> Tokens:
        """New tokens for a refresh token, by the operation that the pool allows for it."""
        known = {"DEVICE_KEY": device_key} if device_key else {}
        try:
            answer = await self.initiate(
                pool, "REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": refresh_token, **known}
            )
        except CognitoRefused as refused:
            if refused.kind != "InvalidParameterException" or "not enabled" not in refused.message:
                raise
            body = {"ClientId": pool.client_id, "RefreshToken": refresh_token}
            if device_key:
                body["DeviceKey"] = device_key
            answer = _read(await self._call(pool, "GetTokensFromRefreshToken", body))
        if isinstance(answer, Challenge):
            raise CognitoRefused("UnsupportedChallenge", answer.name)
        return answer

    async def confirm(self, pool: UserPool, access_token: str, key: str, verifier: Mapping[str, str]) -> None:
        """Makes the pool remember a new device."""
        body = {
            "AccessToken": access_token,
            "DeviceKey": key,
            "DeviceSecretVerifierConfig": dict(verifier),
            "DeviceName": "filemaker-mcp",
        }
        await self._call(pool, "ConfirmDevice", body)

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
        except httpx.RequestError as error:
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
        message = str(answer.get("message") or answer.get("Message") or "")
        if kind == "ResourceNotFoundException" and "device" in message.casefold():
            kind = "DeviceNotFound"  # and not the pool or its client
        raise CognitoRefused(kind, message)


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
        if given.get("IdToken"):
            refresh = given.get("RefreshToken")
            return Tokens(
                sendable(given["IdToken"], GIVEN),
                _life(given.get("ExpiresIn")),
                sendable(refresh, GIVEN) if refresh else None,
                str(given.get("AccessToken") or ""),
                _device(given.get("NewDeviceMetadata")),
            )
    name = answer.get("ChallengeName")
    if not isinstance(name, str):
        raise CognitoRefused("UnsupportedChallenge", "an answer without tokens")
    parameters: object = answer.get("ChallengeParameters")
    given = cast("Mapping[str, object]", parameters if isinstance(parameters, dict) else {})
    return Challenge(name, {k: str(v) for k, v in given.items()}, str(answer.get("Session") or ""))


def _life(seconds: object) -> float:
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 < seconds <= LONGEST_SECONDS:
        return float(seconds)
    return LIFE_SECONDS


def _device(metadata: object) -> Device | None:
    if not isinstance(metadata, dict):
        return None
    named = cast("Mapping[str, object]", metadata)
    key, group = named.get("DeviceKey"), named.get("DeviceGroupKey")
    return Device(key, group) if isinstance(key, str) and isinstance(group, str) and key else None
