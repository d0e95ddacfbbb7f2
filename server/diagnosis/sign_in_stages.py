"""The steps of signing in that come before FileMaker is asked for a session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from ..auth.claris.claris_id import ClarisId
from ..auth.credentials import Credentials
from ..auth.oauth import OAuthHost, not_offered
from ..errors import SignInFailed, Unreachable
from .stages import StageFinding, failed, ok

Check = Callable[[], Awaitable[StageFinding]]

STEPS = {
    "busy": "service",
    "intercepted": "service",
    "pool_moved": "service",
    "unexpected": "service",
    "malformed_token": "service",
    "client_refused": "service",
    "refused_unsaid": "token service",
    "service_refused": "token service",
    "service_key": "token service",
    "denied": "password",
    "locked": "password",
    "blocked": "password",
    "reset_needed": "password",
    "new_password": "password",
    "password_expired": "password",
    "unconfirmed": "account",
    "disabled": "account",
    "unknown_user": "account",
    "inactive": "account",
    "mfa_needed": "second step",
    "bad_code": "second step",
    "code_too_late": "second step",
    "unsupported_challenge": "second step",
    "login_needed": "saved sign-in",
    "provider_refused": "identity provider",
    "otto_key": "API key",
}
"""Which step a refusal belongs to, by `SignInFailed.reason`. The others are FileMaker's own, at the session."""


def step_of(error: SignInFailed, otherwise: str) -> str:
    return STEPS.get(error.reason, otherwise)


class SignInProof(Protocol):
    def steps(self) -> Sequence[Check]: ...


class NoProof:
    """An account's name and password, or an API key: they are proved by opening a session."""

    def steps(self) -> Sequence[Check]:
        return ()


class ClarisProof:
    """An id token, from Claris ID itself or from a token service."""

    def __init__(self, credentials: Credentials, source: ClarisId | None) -> None:
        self._credentials = credentials
        self._source = source

    def steps(self) -> Sequence[Check]:
        return (self._id_token,)

    async def _id_token(self) -> StageFinding:
        where = "Claris ID" if self._source is not None else "the token service"
        try:
            await self._credentials.login()
        except SignInFailed as error:
            return failed(error.what, error.advice, step=step_of(error, "session"))
        except Unreachable as error:
            return failed(error.what, error.advice, step="service" if self._source else "token service")
        way = f" by {self._source.way}" if self._source is not None and self._source.way else ""
        return ok(f"{where} gave an id token{way}", step="id token", unchecked="whether the host admits it")


class OAuthProof:
    """An identity provider that the host must have switched on."""

    def __init__(self, host: OAuthHost, provider: str) -> None:
        self._host = host
        self._provider = provider

    def steps(self) -> Sequence[Check]:
        return (self._listed,)

    async def _listed(self) -> StageFinding:
        providers = await self._host.providers()
        if self._provider in providers:
            return ok(f"The host offers {self._provider}", step="identity provider")
        error = not_offered(self._provider, providers)
        return failed(error.what, error.advice, step="identity provider")
