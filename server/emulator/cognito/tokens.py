"""Signed id and access tokens, and the refresh tokens that the pool remembers."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from .pool_errors import not_authorized

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey


@cache
def _key() -> RSAPrivateKey:
    """One for all pools of this process, made when it is first needed: that costs a tenth of a second."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Signer:
    """RS256 by PyJWT. Whose a token is, its claims tell: pools share the key."""

    @cached_property
    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public key as `/<pool>/.well-known/jwks.json` publishes it."""
        from jwt.algorithms import RSAAlgorithm

        key = RSAAlgorithm.to_jwk(_key().public_key(), as_dict=True)
        key_id = hashlib.sha256(key["n"].encode()).hexdigest()
        parts = {name: key[name] for name in ("kty", "n", "e")}
        return {"keys": [{"alg": "RS256", "kid": key_id, "use": "sig", **parts}]}

    def sign(self, claims: dict[str, Any]) -> str:
        import jwt

        header = {"kid": self.jwks["keys"][0]["kid"], "typ": None}  # Cognito's tokens name no type
        return jwt.encode(claims, _key(), "RS256", header)

    def read(self, token: str) -> dict[str, Any] | None:
        """The claims of a token this key signed, else None. Says nothing of its age."""
        import jwt
        from jwt.types import Options

        signature_alone = Options(
            verify_exp=False, verify_nbf=False, verify_iat=False, verify_aud=False, verify_iss=False
        )
        try:
            return jwt.decode(token, _key().public_key(), ["RS256"], signature_alone)
        except jwt.InvalidTokenError:
            return None


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
        parts = [
            b'{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}',
            *map(secrets.token_bytes, (256, 12, 980, 16)),
        ]
        value = ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
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
