"""An identity provider in one process, with every fault that a test wants of it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from filemaker_mcp.server.authorization.pkce import challenge_of

ISSUER = "https://id.example"
CLIENT, SECRET = "fm-server", "shh:%"


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """`change` alters the claims of each ID token, `header` its header; `away` answers 503 to everything."""

    now: Callable[[], float]
    issuer: str = ISSUER
    claims: dict[str, Any] = field(
        default_factory=lambda: {"sub": "u-1", "name": "Ada L.", "groups": ["sales"]}
    )
    userinfo: dict[str, Any] = field(default_factory=lambda: {"sub": "u-1", "region": "North"})
    change: dict[str, Any] = field(default_factory=dict[str, Any])
    key_id: str = "k1"
    away: bool = False
    denies: bool = False
    asked: list[str] = field(default_factory=list[str])
    renewals: dict[str, str] = field(default_factory=dict[str, str])
    """Refresh token -> whose it is."""
    people: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """What is said of each person who has come, by subject; of the one in `claims` what stands there."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    document: dict[str, Any] = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        self.key = _key()
        at = urlsplit(self.issuer).path
        routes = [
            Route(f"{at}/.well-known/openid-configuration", self._document),
            Route(f"{at}/jwks", self._jwks),
            Route(f"{at}/token", self._token, methods=["POST"]),
            Route(f"{at}/userinfo", self._userinfo),
        ]
        self.app = Starlette(routes=routes)

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app))

    def signed_in(self, address: str, **change: str) -> str:
        """What the browser brings back, when the person signed in at the address."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.issuer, **change}
        return f"{urlsplit(asked['redirect_uri']).path}?{httpx.QueryParams(back)}"

    async def _document(self, request: Request) -> Response:
        self.asked.append("document")
        if self.away:
            return Response(status_code=503)
        at = self.issuer
        told = {
            "issuer": at, "authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/jwks", "userinfo_endpoint": f"{at}/userinfo",
        }  # fmt: skip
        return JSONResponse({**told, **self.document})

    async def _jwks(self, request: Request) -> Response:
        self.asked.append("jwks")
        if self.away:
            return Response(status_code=503)
        key = {**json.loads(RSAAlgorithm.to_jwk(self.key.public_key())), "kid": self.key_id, "use": "sig"}
        shared = {"kty": "oct", "k": "c2VjcmV0", "kid": "shared"}
        return JSONResponse({"keys": [shared, key]})

    async def _userinfo(self, request: Request) -> Response:
        whose = request.headers.get("authorization", "").rpartition("theirs-")[2]
        return JSONResponse(self.userinfo if whose == self.claims["sub"] else {"sub": whose})

    async def _token(self, request: Request) -> Response:
        self.asked.append("token")
        if self.away:
            return Response(status_code=503)
        form = {name: str(value) for name, value in (await request.form()).items()}
        if httpx.BasicAuth(CLIENT, "shh%3A%25")._auth_header != request.headers.get("authorization"):  # pyright: ignore[reportPrivateUsage]
            return JSONResponse({"error": "invalid_client"}, 401)
        asked: Mapping[str, str] = {}
        whose = str(self.claims["sub"])
        if form["grant_type"] == "authorization_code":
            asked = self.codes.pop(form["code"], {})
            if not asked or challenge_of(form["code_verifier"]) != asked["code_challenge"]:
                return JSONResponse({"error": "invalid_grant"}, 400)
        elif self.denies or form["refresh_token"] not in self.renewals:
            return JSONResponse({"error": "invalid_grant"}, 400)
        else:
            whose = self.renewals.pop(form["refresh_token"])
        self.people[str(self.claims["sub"])] = dict(self.claims)
        renewal = secrets.token_urlsafe(8)
        self.renewals[renewal] = whose
        told = {
            "access_token": f"theirs-{whose}",
            "token_type": "Bearer",
            "id_token": self._id_token(asked, whose),
        }
        return JSONResponse(
            told
            | ({"refresh_token": renewal} if "offline_access" in asked.get("scope", "offline_access") else {})
        )

    def _id_token(self, asked: Mapping[str, str], whose: str) -> str:
        now = int(self.now())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            **self.people[whose],
        }
        if asked:
            claims["nonce"] = asked["nonce"]
        whole = {name: value for name, value in {**claims, **self.change}.items() if value is not None}
        algorithm = str(whole.pop("_alg", "RS256"))
        if whole.pop("_deep", False):  # deeper than any reader of JSON goes
            text = json.dumps(whole)[:-1] + ', "deep": ' + "[" * 5_000 + "]" * 5_000 + "}"
            return jwt.PyJWS().encode(text.encode(), self.key, "RS256", {"kid": self.key_id})
        key: Any = self.key if algorithm == "RS256" else None if algorithm == "none" else "secret" * 8
        return jwt.encode(whole, key, algorithm, headers={"kid": whole.pop("_kid", self.key_id)})
