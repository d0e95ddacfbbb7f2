"""Cognito's wire: JSON 1.1 by `X-Amz-Target`, and the documents beside it (section 1, H)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC
from email.utils import format_datetime
from typing import Any, cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .pool import PoolRequest, UserPool
from .pool_errors import Refused

DISCOVERY_PATH = "/endpoint/userpool/2.2.0.my.claris.com.json"
_TARGET = "AWSCognitoIdentityProviderService."


def routes(pool: UserPool) -> list[Route]:
    """POST `/`, the pool's public keys and Claris' discovery document, for any ASGI application to mount.

    Run the server without a `Date` header of its own: the pool sends the time that it believes.
    """

    async def operate(http: Request) -> Response:
        issuer = (
            pool.issuer
            or f"{http.url.scheme}://{http.headers.get('host', 'localhost')}/{pool.identity.pool_id}"
        )
        try:
            operation = http.headers.get("x-amz-target", "").removeprefix(_TARGET)
            answer = pool.answer(operation, PoolRequest(_decoded(await http.body()), issuer))
        except Refused as refused:
            return _refusal(pool, refused)
        return _respond(pool, 200, answer)

    async def keys(_: Request) -> Response:
        return _document(pool, pool.jwks)

    async def discovery(_: Request) -> Response:
        data = {
            "Region": pool.identity.region,
            "UserPool_ID": pool.identity.pool_id,
            "Client_ID": pool.identity.client_id,
            "API_Host": "api-cp-global.ifmcloud.com/2-2",
            "FCC_Host": "console.claris.com",
        }
        return _document(pool, {"errcode": "Ok", "errmessage": None, "data": data, "csrid": None})

    return [
        Route("/", operate, methods=["POST"]),
        Route(f"/{pool.identity.pool_id}/.well-known/jwks.json", keys, methods=["GET"]),
        Route(DISCOVERY_PATH, discovery, methods=["GET"]),
    ]


def application(pool: UserPool) -> Starlette:
    """The pool as a server of its own."""
    return Starlette(routes=routes(pool))


def _decoded(body: bytes) -> Mapping[str, Any]:
    try:
        value: Any = json.loads(body)
        json.dumps(value, ensure_ascii=False).encode()  # half a character is no text
    except (ValueError, RecursionError):
        raise Refused("SerializationException", "") from None
    if not isinstance(value, dict):
        raise Refused("SerializationException", "Start of structure or map found where not expected.")
    return cast("Mapping[str, Any]", value)


def _respond(pool: UserPool, status: int, answer: Mapping[str, Any]) -> Response:
    response = _document(pool, answer, status, "application/x-amz-json-1.1")
    response.headers["x-amzn-RequestId"] = str(uuid.uuid4())
    return response


def _refusal(pool: UserPool, refused: Refused) -> Response:
    response = _respond(pool, refused.status, {"__type": refused.kind, "message": refused.message})
    response.headers["x-amzn-ErrorType"] = f"{refused.kind}:"
    response.headers["x-amzn-ErrorMessage"] = "".join(
        character if " " <= character <= "~" else "?" for character in refused.message
    )
    return response


def _document(
    pool: UserPool, value: Mapping[str, Any], status: int = 200, media_type: str = "application/json"
) -> Response:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(
        body,
        status,
        {"Date": format_datetime(pool.now().astimezone(UTC), usegmt=True)},
        media_type=media_type,
    )
