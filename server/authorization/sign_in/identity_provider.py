"""The company's identity provider, by OpenID Connect: where it is, and what it gives for a code or a refresh token."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import anyio
import httpx

from ...callers.signing_keys import ANSWER_SECONDS, LONGEST, SigningKeys, fetched

Http = Callable[[], httpx.AsyncClient]
KEPT_SECONDS = 3_600.0
DOCUMENT = "/.well-known/openid-configuration"
UNREADABLE = (OSError, httpx.HTTPError, ValueError, RecursionError)  # TimeoutError is an OSError
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class ProviderTerms:
    """How this server is registered there."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...] = ("openid", "profile", "email", "offline_access")
    algorithms: tuple[str, ...] = (
        "RS256",
        "PS256",
        "ES256",
        "RS384",
        "PS384",
        "ES384",
        "RS512",
        "PS512",
        "ES512",
        "EdDSA",
    )
    """Never taken from a token, and never one with a shared secret."""
    hosted_domain: str = ""
    """Google: the company's domain."""
    label: str = "Sign in with your company's account"
    asks_userinfo: bool = True


class NoAnswer(Exception):
    """The provider is away, or answers nothing that can be read."""


class Denied(Exception):
    """The provider says no: `invalid_grant`, or what it said instead."""


class IdentityProvider:
    def __init__(self, terms: ProviderTerms, http: Http, now: Callable[[], float]) -> None:
        """`now` is a clock that only goes forward."""
        self.terms = terms
        self._http = http
        self._now = now
        self._known: tuple[float, dict[str, Any]] | None = None
        self._keys: SigningKeys | None = None

    async def metadata(self) -> Mapping[str, Any]:
        """Raises NoAnswer, also for a document of another issuer."""
        if self._known is not None and self._now() - self._known[0] < KEPT_SECONDS:
            return self._known[1]
        try:
            with anyio.fail_after(ANSWER_SECONDS):
                told: object = json.loads(
                    await fetched(f"{self.terms.issuer.rstrip('/')}{DOCUMENT}", self._http)
                )
        except UNREADABLE as problem:
            if self._known is not None:
                return self._known[1]
            raise NoAnswer(type(problem).__name__) from problem
        if not isinstance(told, dict) or cast("dict[str, Any]", told).get("issuer") != self.terms.issuer:
            raise NoAnswer("its document names another issuer")
        found = cast("dict[str, Any]", told)
        scheme = urlsplit(self.terms.issuer).scheme
        if any(urlsplit(str(found.get(name))).scheme != scheme for name in ENDPOINTS):
            raise NoAnswer("its document names no endpoints, or unprotected ones")
        if self._keys is None or self._known is None or self._known[1]["jwks_uri"] != found["jwks_uri"]:
            keys = str(found["jwks_uri"])
            self._keys = SigningKeys(lambda: fetched(keys, self._http), self._now)
        self._known = (self._now(), found)
        return found

    async def keys(self) -> SigningKeys:
        await self.metadata()
        if self._keys is None:
            raise AssertionError("made with the metadata")
        return self._keys

    async def address(self, **query: str) -> str:
        """Where a person signs in."""
        at = str((await self.metadata())["authorization_endpoint"])
        given = {
            "response_type": "code",
            "client_id": self.terms.client_id,
            "scope": " ".join(self.terms.scopes),
            **query,
        }
        return f"{at}{'&' if '?' in at else '?'}{urlencode(given)}"

    async def tokens(self, **form: str) -> Mapping[str, Any]:
        """Raises Denied and NoAnswer."""
        metadata = await self.metadata()
        methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        auth: httpx.BasicAuth | None = None
        if "client_secret_basic" in methods:
            auth = httpx.BasicAuth(
                *(_quoted(each) for each in (self.terms.client_id, self.terms.client_secret))
            )
        else:
            form |= {"client_id": self.terms.client_id, "client_secret": self.terms.client_secret}
        status, told = await self._answer("POST", str(metadata["token_endpoint"]), data=form, auth=auth)
        if status != 200:
            if 400 <= status < 500 and status != 429 and isinstance(told.get("error"), str):
                raise Denied(told["error"])
            raise NoAnswer(f"HTTP {status}")
        return told

    async def userinfo(self, access_token: str) -> Mapping[str, Any]:
        """What else the provider says; nothing where it has no such place. Raises NoAnswer."""
        at = (await self.metadata()).get("userinfo_endpoint")
        if not self.terms.asks_userinfo or not isinstance(at, str):
            return {}
        headers = {"Authorization": f"Bearer {access_token}"}
        status, told = await self._answer("GET", at, headers=headers)
        if status != 200:
            raise NoAnswer(f"HTTP {status}")
        return told

    async def _answer(self, method: str, address: str, **request: Any) -> tuple[int, dict[str, Any]]:
        try:
            with anyio.fail_after(ANSWER_SECONDS):
                async with self._http() as client, client.stream(method, address, **request) as answer:
                    body = b""
                    async for piece in answer.aiter_bytes():
                        body += piece
                        if len(body) > LONGEST:
                            raise NoAnswer("too long an answer")
                    told: object = json.loads(body) if body else {}
                    found = cast("dict[str, Any]", told) if isinstance(told, dict) else {}
                    return answer.status_code, found
        except UNREADABLE as failed:
            raise NoAnswer(type(failed).__name__) from failed


def _quoted(text: str) -> str:
    """As RFC 6749 section 2.3.1 has it."""
    return urlencode({"": text})[1:]
