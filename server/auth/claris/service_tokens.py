"""Id tokens from a token web service that runs beside with the JSON of Soliant's FileMakerID_token (reference on Claris ID, section 1)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

import httpx
from anyio import to_thread

from ...errors import CertificateRefused, FilemakerMcpError, SignInFailed, Unreachable
from ..clock import Clock, Moment
from ..credentials import sendable
from ..error_hold import ErrorHold
from ..http_connection import ConnectionFactory, unreachable
from .claris_refusals import NOTICED, login_needed
from .id_token import IdTokens, KeptIdToken
from .service_answers import BUSY_STATUS, busy, failure, refresh_refused, refresh_unsaid

GIVEN = "A token of the token service"
LONGEST_ANSWER = 256 * 1024
"""Three tokens of a few thousand characters are far below it."""
LIFE_SECONDS = 3600.0
"""The service does not say how long its tokens hold. Claris' hold an hour."""
OVER_AFTER_SECONDS = 60.0
"""Soliant's service answers a throttled refresh and one that is over alike. What lasts longer than this is over."""


class TokenService:
    """`POST /users` for a first token, `POST /users/refresh` afterwards. Failures answered as 200 are failures here.

    `own`: a sign-in that `filemaker-mcp login` kept on this machine comes first, since no service can answer a second step.
    """

    def __init__(
        self,
        *,
        address: str,
        user: str,
        password: Callable[[], str],
        key: Callable[[], str] | None,
        connect: ConnectionFactory,
        clock: Clock,
        own: IdTokens | None = None,
    ) -> None:
        self._address = address.rstrip("/")
        self._user = user
        self._password = password
        self._key = key
        self._connect = connect
        self._clock = clock
        self._own = own
        self._kept = KeptIdToken(clock)
        self._refresh_token: str | None = None
        self._unsaid_since: Moment | None = None
        """Since when refreshes are refused without a reason."""
        self._hold = ErrorHold(clock)

    def __repr__(self) -> str:
        return f"TokenService({self._user!r})"

    async def id_token(self, *, refused: str | None = None) -> str:
        if self._own is not None:
            try:
                return await self._own.id_token(refused=refused)
            except SignInFailed as error:
                if error.reason != "login_needed":
                    raise
        return await self._kept.id_token(refused, self._renew)

    def reconsider(self) -> None:
        self._hold.reconsider()
        if self._own is not None:
            self._own.reconsider()

    async def _renew(self) -> tuple[str, float]:
        password = await to_thread.run_sync(self._password)
        key = await to_thread.run_sync(self._key) if self._key else ""
        secret = f"{key}\n{password}"
        self._hold.check(secret)
        try:
            return await self._refreshed(key) or await self._first(key, password), LIFE_SECONDS
        except FilemakerMcpError as error:
            raise self._hold.hold(error, secret=secret) from None

    async def _refreshed(self, key: str) -> str | None:
        """None where there is no refresh token, or it is over. Anything else that is refused raises, and it is kept."""
        if self._refresh_token is None:
            return None
        body = {"username": self._user, "refresh_token": self._refresh_token}
        status, answer = await self._post("/users/refresh", body, key)
        token, refresh = answer.get("id_token"), answer.get("refresh_token")
        if status == 200 and isinstance(token, str) and token:
            self._unsaid_since = None
            if isinstance(refresh, str) and refresh:  # the old one is over
                self._refresh_token = refresh
            return sendable(token, GIVEN)
        if status in BUSY_STATUS:
            raise busy(f"HTTP {status}")
        if (error := refresh_refused(answer, self._user)) is not None:
            if error.reason != "login_needed":
                raise error
        elif not self._is_over():
            raise refresh_unsaid(status)
        self._refresh_token = self._unsaid_since = None
        return None

    def _is_over(self) -> bool:
        if self._unsaid_since is None:
            self._unsaid_since = Moment.now(self._clock)
        return self._unsaid_since.age(self._clock) >= OVER_AFTER_SECONDS

    async def _first(self, key: str, password: str) -> str:
        status, answer = await self._post("/users", {"username": self._user, "password": password}, key)
        tokens = answer.get("tokens")
        if status == 200 and isinstance(tokens, dict):
            given = cast("Mapping[str, Any]", tokens)
            refresh, token = given.get("refreshToken"), given.get("idToken")
            if isinstance(token, str) and token:
                self._refresh_token = refresh if isinstance(refresh, str) and refresh else None
                return sendable(token, GIVEN)
        error = failure(status, answer, self._user)
        if error.reason == "mfa_needed" and self._own is not None:
            error.advice = f"{login_needed(self._user, '').advice} The sign-in is kept on this machine and used before the service. {NOTICED}"
        raise error

    async def _post(self, path: str, body: Mapping[str, str], key: str) -> tuple[int, Mapping[str, Any]]:
        # Bytes, since a key may be of any script.
        headers = {b"Authorization": f"Bearer {key}".encode()} if key else {}
        try:
            async with (
                self._connect() as client,
                client.stream(
                    "POST", f"{self._address}{path}", json=dict(body), headers=headers, timeout=60
                ) as response,
            ):
                content = await _beginning(response)
        except httpx.RequestError as error:
            cause = unreachable(error, httpx.URL(self._address).host)
            raise Unreachable(
                f"The token service cannot be reached: {cause.what}",
                advice=f"{f'{cause.advice} ' if isinstance(cause, CertificateRefused) else ''}"
                "Check that the service runs, and its address in FILEMAKER_TOKEN_SERVICE.",
            ) from error
        try:
            answer: object = json.loads(content)
        except (ValueError, RecursionError):
            answer = None
        return response.status_code, cast("Mapping[str, Any]", answer) if isinstance(answer, dict) else {}


async def _beginning(response: httpx.Response) -> bytes:
    """The body, or as much of one without end as tells that it is no answer."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LONGEST_ANSWER:
            break
    return bytes(body)
