"""The token web service: two routes that give id tokens of Claris IDs, with HTTP statuses that mean what they say."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ...errors import FilemakerMcpError, SignInFailed
from .token_giver import TokenGiver

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
"""The HTTP status of each reason. Every other is 403."""
LONGEST_BODY = 256 * 1024
"""A password of ten thousand characters of any script, written as JSON or as a form, is shorter."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Malformed(Exception):
    """A request that names nobody. `response` says what is wrong with it."""

    def __init__(self, status: int, what: str, wrong: list[str] | None = None) -> None:
        super().__init__(what)
        listed = [{"msg": "Invalid value", "param": name, "location": "body"} for name in wrong or []]
        self.response = JSONResponse({"errors": listed or what}, status)


def application(giver: TokenGiver, key: str = "") -> Starlette:
    """`key`, where there is one, must come as bearer of every call."""

    async def users(request: Request) -> Response:
        try:
            _check_caller(request, key)
            user, password = await _read(request, "password", 3)
            tokens = await giver.first(user, password)
        except Malformed as malformed:
            return malformed.response
        except FilemakerMcpError as error:
            return _refusal(error)
        given = {
            "accessToken": tokens.access_token,
            "idToken": tokens.id_token,
            "refreshToken": tokens.refresh_token,
        }
        return JSONResponse({"user": user, "tokens": given, "error": ""})

    async def refresh(request: Request) -> Response:
        try:
            _check_caller(request, key)
            user, refresh_token = await _read(request, "refresh_token", 20)
            tokens = await giver.refreshed(user, refresh_token)
        except Malformed as malformed:
            return malformed.response
        except FilemakerMcpError as error:
            return _refusal(error)
        answer = {"user": user, "id_token": tokens.id_token}
        if tokens.refresh_token and tokens.refresh_token != refresh_token:  # the old one is over
            answer["refresh_token"] = tokens.refresh_token
        return JSONResponse(answer)

    return Starlette(
        routes=[
            Route("/users", users, methods=["POST"]),
            Route("/users/refresh", refresh, methods=["POST"]),
        ]
    )


def _check_caller(request: Request, key: str) -> None:
    """Programs of this machine, or those that have the key. A page in a browser could send wrong passwords until an account is
    locked, by a form or under a name that leads to this machine."""
    host = request.headers.get("host", "")
    origin = request.headers.get("origin")
    foreign = origin is not None and origin != f"{request.url.scheme}://{host}"
    if foreign or request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise Malformed(403, "This service answers programs, not web pages of other hosts.")
    if not key:
        if (
            host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        ).lower() not in LOOPBACK:
            raise Malformed(403, "Without a key this service answers under localhost alone.")
        return
    scheme, _, given = _raw(request, b"authorization").strip().partition(b" ")
    if scheme.lower() != b"bearer" or not any(
        hmac.compare_digest(given.strip(), written) for written in _written(key)
    ):
        raise SignInFailed(
            "This service wants its key",
            reason="service_key",
            advice="Send it as 'Authorization: Bearer KEY'.",
        )


def _raw(request: Request, name: bytes) -> bytes:
    return next((value for header, value in request.scope["headers"] if header == name), b"")


def _written(key: str) -> list[bytes]:
    """As programs put a text into a header: UTF-8, or Latin-1 where it fits."""
    try:
        return [key.encode(), key.encode("latin-1")]
    except UnicodeEncodeError:
        return [key.encode()]


async def _read(request: Request, secret: str, shortest: int) -> tuple[str, str]:
    """Name and secret. Raises Malformed."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise Malformed(413, f"The body is longer than {LONGEST_BODY} bytes.")
    fields = _fields(request.headers.get("content-type", ""), bytes(body))
    user, given = fields.get("username"), fields.get(secret)
    wrong = [
        name
        for name, value, least in (("username", user, 3), (secret, given, shortest))
        if not isinstance(value, str) or len(value) < least or not _is_text(value)
    ]
    if "@" not in str(user) and "username" not in wrong:
        wrong.append("username")
    if wrong:
        raise Malformed(422, "", wrong)
    return str(user), str(given)


def _fields(content_type: str, body: bytes) -> Mapping[str, Any]:
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == "application/x-www-form-urlencoded":
            pairs = parse_qsl(
                body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20
            )
            return dict(pairs)
        if kind == "application/json":
            read: object = json.loads(body or b"{}")
            return cast("Mapping[str, Any]", read) if isinstance(read, dict) else {}
    except (ValueError, RecursionError):
        raise Malformed(400, "The body cannot be read as its content type says.") from None
    raise Malformed(415, "The body must be application/json or application/x-www-form-urlencoded.")


def _is_text(value: str) -> bool:
    """Whether it is whole: half a character has no bytes, and none of what is sent has a zero byte."""
    try:
        return b"\0" not in value.encode()
    except UnicodeEncodeError:
        return False


def _refusal(error: FilemakerMcpError) -> Response:
    reason = error.reason if isinstance(error, SignInFailed) else "unreachable"
    status = 503 if reason == "unreachable" else STATUS.get(reason, 403)
    after = getattr(error, "retry_after", None)
    told = {
        "code": reason,
        "name": reason,
        "message": error.what,
        "advice": error.advice,
        "retry_after": after,
    }
    headers = {"Retry-After": str(int(after))} if after else None
    return JSONResponse({"tokens": "", "error": told}, status, headers)
