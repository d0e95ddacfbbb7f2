"""Access tokens that a company's identity provider made for this server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..caller import LONGEST_SUBJECT
from ..text import entra_subject
from .caller_identity import Identity
from .caller_rule import texts_of
from .scopes import Scope
from .signing_keys import SigningKeys

LONGEST = 16_384
LEEWAY_SECONDS = 60
ACCESS_TOKEN = frozenset({"at+jwt", "application/at+jwt"})
OF_ID_TOKENS = ("nonce", "at_hash", "c_hash")


@dataclass(frozen=True)
class IssuerRule:
    """One issuer, as its owner describes it."""

    issuer: str
    audience: str
    """Exactly as its tokens have it. Entra v2 has the app's GUID, others the address of this server."""
    algorithms: tuple[str, ...]
    """From here alone, never from a token; none with a shared secret."""
    subject: str = "sub"
    """The claim that names a person for good. At Entra it is tenant and object id, whatever is named, as for who signs in."""
    is_typed: bool = False
    """Whether its access tokens say that they are some (`typ` is at+jwt)."""
    scopes: Mapping[str, str] = field(default_factory=dict[str, str])
    """What it calls a scope or a role -> which of ours that is, where the names differ."""


class IssuerTokens:
    """Knows the access tokens of one issuer. ID tokens are none: they tell a client who signed in, and let nobody in."""

    def __init__(self, rule: IssuerRule, keys: SigningKeys) -> None:
        self._rule = rule
        self._keys = keys
        self._is_entra = entra_subject.is_entra(rule.issuer)
        self._named = entra_subject.CLAIMS if self._is_entra else (rule.subject,)

    async def verify(self, token: str) -> Identity | None:
        import jwt

        if len(token) > LONGEST or token.count(".") != 2:
            return None
        rule = self._rule
        try:
            head = jwt.get_unverified_header(token)
            named: object = jwt.decode(token, options={"verify_signature": False}).get("iss")
            if named != rule.issuer or head.get("alg") not in rule.algorithms or not self._is_kind(head):
                return None
            key = await self._keys.key(str(head.get("kid", "")))
            if key is None:
                return None
            claims: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=[str(head["alg"])],
                audience=rule.audience,
                issuer=rule.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", *self._named]},
            )
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, RecursionError):
            return None
        return self._identity(claims)

    def _is_kind(self, head: Mapping[str, object]) -> bool:
        kind = str(head.get("typ", "")).lower()
        return kind in ACCESS_TOKEN or (not self._rule.is_typed and kind in ("", "jwt"))

    def _identity(self, claims: Mapping[str, Any]) -> Identity | None:
        subject = entra_subject.subject_of(claims) if self._is_entra else claims.get(self._rule.subject)
        if (
            not isinstance(subject, str)
            or not 0 < len(subject) <= LONGEST_SUBJECT
            or not subject.isprintable()
        ):
            return None  # no line end, and no half an emoji, which neither journal nor database can hold
        if any(name in claims for name in OF_ID_TOKENS):
            return None
        client = next((str(claims[name]) for name in ("azp", "client_id", "appid") if claims.get(name)), "")
        proved: object = claims.get("auth_time")
        return Identity(
            self._rule.issuer,
            subject,
            client,
            self._scopes(claims),
            claims,
            authenticated_at=float(proved) if isinstance(proved, int | float) else 0.0,
        )

    def _scopes(self, claims: Mapping[str, Any]) -> frozenset[str]:
        given = [text for name in ("scope", "scp", "roles") for text in texts_of(claims.get(name))]
        words = {word for text in given for word in text.split()}
        ours = {self._rule.scopes.get(word, word) for word in words}
        return frozenset(ours & set(map(str, Scope)))
