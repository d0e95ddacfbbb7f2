"""Signed id and access tokens, and the refresh tokens that the pool remembers."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from .pool_errors import not_authorized

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Signer:
    """RS256 with a key of its own, made when it is first needed."""

    @cached_property
    def _key(self) -> RSAPrivateKey:
        from cryptography.hazmat.primitives.asymmetric import rsa

        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public key as `/<pool>/.well-known/jwks.json` publishes it."""
        numbers = self._key.public_key().public_numbers()
        modulus, exponent = numbers.n.to_bytes(256, "big"), numbers.e.to_bytes(3, "big")
        key_id = _text(hashlib.sha256(modulus).digest())
        return {
            "keys": [
                {
                    "alg": "RS256",
                    "e": _text(exponent),
                    "kid": key_id,
                    "kty": "RSA",
                    "n": _text(modulus),
                    "use": "sig",
                }
            ]
        }

    def sign(self, claims: dict[str, Any]) -> str:
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        header = {"kid": self.jwks["keys"][0]["kid"], "alg": "RS256"}
        parts = [_text(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims)]
        signature = self._key.sign(".".join(parts).encode(), PKCS1v15(), SHA256())
        return ".".join([*parts, _text(signature)])

    def read(self, token: str) -> dict[str, Any] | None:
        """The claims of a token this key signed, else None. Says nothing of its age."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        try:
            signed, _, signature = token.rpartition(".")
            header: Any = json.loads(_bytes(signed.partition(".")[0]))
            if not isinstance(header, dict) or cast("dict[str, Any]", header).get("alg") != "RS256":
                return None
            self._key.public_key().verify(_bytes(signature), signed.encode(), PKCS1v15(), SHA256())
            claims: Any = json.loads(_bytes(signed.partition(".")[2]))
        except (InvalidSignature, ValueError):
            return None
        return cast("dict[str, Any]", claims) if isinstance(claims, dict) else None


@dataclass
class RefreshToken:
    """What the pool keeps of a refresh token that it gave out."""

    value: str = field(repr=False)
    subject: str
    expires: datetime
    authenticated: datetime
    origin: str = field(default_factory=lambda: str(uuid.uuid4()))
    """Shared by all tokens that descend from one sign-in (`origin_jti`)."""
    revoked: bool = False
    retired: datetime | None = None
    """When rotation replaced it."""
    device: str = ""
    """The key of the device that it is bound to."""


class RefreshTokens:
    """Opaque and about 1,780 characters long, as Cognito's are (section 4, M): some stores cannot hold that."""

    def __init__(self) -> None:
        self._known: dict[str, RefreshToken] = {}

    def issue(
        self, subject: str, now: datetime, life: timedelta, descends_from: RefreshToken | None = None
    ) -> RefreshToken:
        header = _text(b'{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}')
        value = ".".join([header, *(_text(secrets.token_bytes(size)) for size in (256, 12, 980, 16))])
        token = RefreshToken(value, subject, now + life, now)
        if descends_from is not None:
            token.origin, token.authenticated = descends_from.origin, descends_from.authenticated
            token.expires, token.device = descends_from.expires, descends_from.device
        self._known[value] = token
        return token

    def accept(self, value: str, now: datetime) -> RefreshToken:
        """The token if it may still be used. The three refusals are told apart by message alone (section 1)."""
        token = self._known.get(value)
        if token is None:
            raise not_authorized("Invalid Refresh Token.")
        if token.revoked:
            raise not_authorized("Refresh Token has been revoked")
        if now >= token.expires:
            raise not_authorized("Refresh Token has expired")
        return token

    def revoke(self, value: str) -> bool:
        """Revoke a token with all that descend from the same sign-in. False for one never issued."""
        known = self._known.get(value)
        if known is None:
            return False
        for token in self._known.values():
            token.revoked = token.revoked or token.origin == known.origin
        return True

    def is_revoked(self, origin: str) -> bool:
        """Whether the sign-in that a token descends from was ended."""
        return any(token.revoked and token.origin == origin for token in self._known.values())

    def revoke_all(self, subject: str) -> None:
        for token in self._known.values():
            token.revoked = token.revoked or token.subject == subject


def seconds(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp())
