"""A company's identity provider on loopback: its signing keys, and tokens of every kind."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from filemaker_mcp.server.http.web_server import Listening, web_server

ISSUER = "https://login.example"
AUDIENCE = "https://fm.example/mcp"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def first_key() -> rsa.RSAPrivateKey:
    return new_key()


@dataclass
class IdentityProvider:
    url: str = ""
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=lambda: {"one": first_key()})
    asked: int = 0
    answer: Response | None = None
    """What is answered in place of the keys."""

    @property
    def settings(self) -> dict[str, Any]:
        return {"issuer": ISSUER, "audience": AUDIENCE, "keys": f"{self.url}/keys"}

    def token(
        self, subject: str, *, head: dict[str, Any] | None = None, kid: str = "one", **claims: Any
    ) -> str:
        """A token of this person; a claim that is None is left out."""
        now = time.time()
        usual = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + 600}
        body = {name: value for name, value in (usual | claims).items() if value is not None}
        return jwt.encode(body, self.keys[kid], algorithm="RS256", headers={"kid": kid} | (head or {}))

    async def serve_keys(self, request: Request) -> Response:
        self.asked += 1
        if self.answer is not None:
            return self.answer
        return Response(await self.key_set(), media_type="application/json")

    async def key_set(self) -> bytes:
        keys = [
            json.loads(RSAAlgorithm.to_jwk(key.public_key())) | {"kid": kid} for kid, key in self.keys.items()
        ]
        return json.dumps({"keys": keys}).encode()


@asynccontextmanager
async def identity_provider() -> AsyncGenerator[IdentityProvider]:
    provider = IdentityProvider()
    app = Starlette(routes=[Route("/keys", provider.serve_keys)])
    listening = Listening("127.0.0.1", 0, 100)
    socket = listening.socket()
    server = web_server(app, listening)
    serving = asyncio.create_task(server.serve([socket]))
    provider.url = f"http://127.0.0.1:{socket.getsockname()[1]}"
    try:
        yield provider
    finally:
        server.should_exit = True
        await serving
