"""Id tokens from a token web service that runs beside (JSON of Soliant's FileMakerID_token; reference on Claris ID, section 1)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

import httpx
from anyio import to_thread

from ...errors import CertificateRefused, FilemakerMcpError, SignInFailed, Unreachable
from ..clock import Clock
from ..error_hold import NEVER, Latch
from ..http_connection import ConnectionFactory, unreachable
from .claris_refusals import challenged, refusal
from .cognito import CognitoRefused
from .id_token import Kept

LIFE_SECONDS = 3600.0
"""The service does not say how long its tokens hold; Claris' hold an hour."""
HOLD_SECONDS = 15.0
FINAL = frozenset(
    {"denied", "mfa_needed", "reset_needed", "new_password", "unconfirmed", "disabled", "service_key"}
)


class TokenService:
    """`POST /users` for a first token, `POST /users/refresh` afterwards. Failures answered as 200 are failures here."""

    def __init__(
        self,
        *,
        address: str,
        user: str,
        password: Callable[[], str],
        key: Callable[[], str] | None,
        connect: ConnectionFactory,
        clock: Clock,
    ) -> None:
        self._address = address.rstrip("/")
        self._user = user
        self._password = password
        self._key = key
        self._connect = connect
        self._kept = Kept(clock)
        self._refresh_token: str | None = None
        self._latch = Latch(clock)

    def __repr__(self) -> str:
        return f"TokenService({self._user!r})"

    async def id_token(self, *, refused: str | None = None) -> str:
        return await self._kept.id_token(refused, self._renew)

    async def _renew(self) -> tuple[str, float]:
        self._latch.check()
        try:
            return await self._refreshed() or await self._first(), LIFE_SECONDS
        except FilemakerMcpError as error:
            final = isinstance(error, SignInFailed) and error.reason in FINAL
            seconds = getattr(error, "retry_after", None) or HOLD_SECONDS
            self._latch.close(error, NEVER if final else seconds)
            raise

    async def _refreshed(self) -> str | None:
        if self._refresh_token is None:
            return None
        status, answer = await self._post(
            "/users/refresh", {"username": self._user, "refresh_token": self._refresh_token}
        )
        if status == 200 and (token := self._accept(answer)) is not None:
            return token
        if status in (429, 502, 503, 504):
            raise self._busy(status)
        self._refresh_token = None
        return None

    async def _first(self) -> str:
        password = await to_thread.run_sync(self._password)
        status, answer = await self._post("/users", {"username": self._user, "password": password})
        tokens = answer.get("tokens")
        if isinstance(tokens, dict):
            given = cast("Mapping[str, Any]", tokens)
            refresh, token = given.get("refreshToken"), given.get("idToken")
            if isinstance(token, str) and token:
                self._refresh_token = refresh if isinstance(refresh, str) and refresh else None
                return token
        raise self._failed(status, answer)

    def _failed(self, status: int, answer: Mapping[str, Any]) -> SignInFailed:
        error = answer.get("error")
        if isinstance(error, dict):
            said = cast("Mapping[str, Any]", error)
            if said.get("advice"):  # the service of this program says all itself
                return _as_said(said)
            kind, message = str(said.get("code") or said.get("name") or ""), str(said.get("message") or "")
            if kind in ("mfa_needed", "MFARequired"):
                return challenged("MFA", self._user)
            return refusal(CognitoRefused(kind, message), self._user)
        if isinstance(error, str) and "mfa" in error.casefold():
            return challenged("MFA", self._user)
        if status in (401, 403):
            return SignInFailed(
                "The token service does not let this program in",
                reason="service_key",
                advice="Set FILEMAKER_TOKEN_SERVICE_KEY to the key that the service was started with.",
            )
        if status in (429, 502, 503, 504):
            return self._busy(status)
        if answer.get("errors"):
            return SignInFailed(
                "The token service found name or password malformed, or could not ask Claris",
                reason="service_refused",
                advice="It takes an e-mail address and a password of at least three characters; see its own log.",
                retry_after=HOLD_SECONDS,
            )
        return SignInFailed(
            f"The token service answered without a token (HTTP {status})",
            reason="service_refused",
            advice="Check FILEMAKER_TOKEN_SERVICE: it must be the address below which /users is found.",
            retry_after=HOLD_SECONDS,
        )

    def _accept(self, answer: Mapping[str, Any]) -> str | None:
        token, refresh = answer.get("id_token"), answer.get("refresh_token")
        if not isinstance(token, str) or not token:
            return None
        if isinstance(refresh, str) and refresh:  # the old one is over
            self._refresh_token = refresh
        return token

    @staticmethod
    def _busy(status: int) -> SignInFailed:
        return SignInFailed(
            f"The token service, or Claris behind it, is too busy at the moment (HTTP {status})",
            reason="busy",
            advice="It is asked again in 15 seconds at the earliest.",
            retry_after=HOLD_SECONDS,
        )

    async def _post(self, path: str, body: Mapping[str, str]) -> tuple[int, Mapping[str, Any]]:
        key = await to_thread.run_sync(self._key) if self._key else None
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        try:
            async with self._connect() as client:
                response = await client.post(
                    f"{self._address}{path}", json=dict(body), headers=headers, timeout=60
                )
        except httpx.TransportError as error:
            cause = unreachable(error, httpx.URL(self._address).host)
            raise Unreachable(
                f"The token service cannot be reached: {cause.what}",
                advice=f"{cause.advice if isinstance(cause, CertificateRefused) else ''}"
                "Check that the service runs, and its address in FILEMAKER_TOKEN_SERVICE.",
            ) from error
        try:
            answer: object = json.loads(response.content)
        except (ValueError, RecursionError):
            answer = None
        return response.status_code, cast("Mapping[str, Any]", answer) if isinstance(answer, dict) else {}


def _as_said(said: Mapping[str, Any]) -> SignInFailed:
    reason = str(said.get("code") or "service_refused")
    return SignInFailed(
        str(said.get("message") or "The token service refused"),
        reason=reason,
        advice=str(said["advice"]),
        retry_after=None if reason in FINAL else HOLD_SECONDS,
    )
