"""The token web service: two routes that give id tokens of Claris IDs, with HTTP statuses that mean what they say."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ...errors import FilemakerMcpError, SignInFailed
from ..clock import Clock
from ..error_hold import NEVER, Latch
from ..http_connection import ConnectionFactory
from .claris_refusals import login_needed, refusal
from .claris_sign_in import ClarisSignIn, Question, unanswered
from .cognito import Cognito, CognitoRefused, Tokens
from .pool_discovery import PoolFinder

STATUS = {
    "denied": 401,
    "login_needed": 401,
    "service_key": 401,
    "locked": 429,
    "busy": 503,
    "intercepted": 502,
    "pool_moved": 502,
    "unexpected": 502,
}
"""By reason; whatever else stands between a right password and a token is 403."""
REMEMBERED = 1000


class TokenGiver:
    """Asks Claris ID. A password that was refused is not asked about again: other programs repeat, and Claris locks accounts."""

    def __init__(self, connect: ConnectionFactory, finder: PoolFinder, clock: Clock) -> None:
        self._cognito = Cognito(connect, clock)
        self._finder = finder
        self._clock = clock
        self._refused: dict[str, Latch] = {}

    async def first(self, user: str, password: str) -> Tokens:
        """Raises SignInFailed or Unreachable."""
        pair = hashlib.sha256(f"{user.casefold()}\0{password}".encode()).hexdigest()
        if pair in self._refused:
            self._refused[pair].check()
        sign_in = ClarisSignIn(self._cognito, self._clock)
        try:
            asked = await self._finder.with_pool(lambda pool: sign_in.begin(pool, user, password))
            if isinstance(asked, Question):
                raise unanswered(asked)
        except CognitoRefused as refused:
            raise refusal(refused, user) from None
        except SignInFailed as error:
            if error.reason not in ("busy", "intercepted"):
                self._remember(pair, error)
            raise
        return asked

    async def refreshed(self, user: str, refresh_token: str) -> Tokens:
        try:
            return await self._finder.with_pool(lambda pool: self._cognito.refresh(pool, refresh_token))
        except CognitoRefused as refused:
            if refused.kind == "NotAuthorizedException" and "disabled" not in refused.message:
                raise login_needed(user, "The refresh token was refused") from None
            raise refusal(refused, user) from None

    def _remember(self, pair: str, error: SignInFailed) -> None:
        if len(self._refused) >= REMEMBERED:
            del self._refused[next(iter(self._refused))]
        self._refused[pair] = Latch(self._clock)
        self._refused[pair].close(error, error.retry_after or NEVER)


def application(giver: TokenGiver, key: str = "") -> Starlette:
    """`key`, where there is one, must come as bearer of every call."""

    async def users(request: Request) -> Response:
        body, problem = await _read(request, key, "password", 3)
        if problem is not None:
            return problem
        user = body["username"]
        try:
            tokens = await giver.first(user, body["password"])
        except FilemakerMcpError as error:
            return _refusal(user, error)
        given = {
            "accessToken": tokens.access_token,
            "idToken": tokens.id_token,
            "refreshToken": tokens.refresh_token or "",
        }
        return JSONResponse({"user": user, "tokens": given, "error": ""})

    async def refresh(request: Request) -> Response:
        body, problem = await _read(request, key, "refresh_token", 20)
        if problem is not None:
            return problem
        user = body["username"]
        try:
            tokens = await giver.refreshed(user, body["refresh_token"])
        except FilemakerMcpError as error:
            return _refusal(user, error)
        answer = {"user": user, "id_token": tokens.id_token}
        if tokens.refresh_token:  # the pool replaces refresh tokens; the old one is over
            answer["refresh_token"] = tokens.refresh_token
        return JSONResponse(answer)

    return Starlette(
        routes=[
            Route("/users", users, methods=["POST"]),
            Route("/users/refresh", refresh, methods=["POST"]),
        ]
    )


async def _read(
    request: Request, key: str, secret: str, shortest: int
) -> tuple[Mapping[str, str], Response | None]:
    if key:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), key.encode()):
            error = SignInFailed(
                "This service wants its key",
                reason="service_key",
                advice="Send it as 'Authorization: Bearer KEY'.",
            )
            return {}, _refusal("", error)
    try:
        body: object = json.loads(await request.body())
    except ValueError:
        body = None
    fields: Mapping[str, Any] = (
        cast("Mapping[str, Any]", body) if isinstance(body, dict) else dict[str, Any]()
    )
    wrong = [
        name
        for name, least in (("username", 3), (secret, shortest))
        if not _long_enough(fields.get(name), least)
    ]
    if "@" not in str(fields.get("username", "")) and "username" not in wrong:
        wrong.append("username")
    if wrong:
        errors = [{"msg": "Invalid value", "param": name, "location": "body"} for name in wrong]
        return {}, JSONResponse({"errors": errors}, 422)
    return {name: str(fields[name]) for name in ("username", secret)}, None


def _long_enough(value: object, least: int) -> bool:
    return isinstance(value, str) and len(value) >= least


def _refusal(user: str, error: FilemakerMcpError) -> Response:
    reason = error.reason if isinstance(error, SignInFailed) else "unreachable"
    status = 503 if reason == "unreachable" else STATUS.get(reason, 403)
    told = {"code": reason, "name": reason, "message": error.what, "advice": error.advice}
    after = getattr(error, "retry_after", None)
    headers = {"Retry-After": str(int(after))} if after else None
    return JSONResponse({"user": user, "tokens": "", "error": told}, status, headers)
