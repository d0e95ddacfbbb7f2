"""Whom a token proved, and the protocol of whatever proves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Identity:
    """Whoever stands behind one request. Issuer and subject together name a person or a key; neither does alone."""

    issuer: str
    subject: str
    client: str
    """The OAuth client, or the name of a key; for the log and for limits, never as a proof of who asks."""
    scopes: frozenset[str]
    """Of `Scope`; empty where none was asked for, which is read as reading alone."""
    claims: Mapping[str, object] = field(default_factory=dict[str, object], repr=False)
    """What the issuer says of the subject: groups, region. Match rules and scopes read it."""
    grant: str = ""
    """What a revocation names: the family of refresh tokens, or the key. Empty for tokens of an identity provider."""
    authenticated_at: float = 0.0
    """When the person last proved who they are, in seconds since 1970; 0 where that is not known."""
    databases: frozenset[str] | None = None
    """Those for which the token was given, by name; None: for all that the owner gives."""
    networks: tuple[str, ...] = ()
    """Addresses and networks from which alone its token is taken; empty: from anywhere."""


class TokenVerifier(Protocol):
    """Something that knows tokens of one kind."""

    async def verify(self, token: str) -> Identity | None:
        """Whom the token proves now; None for one that is not of its kind, expired, revoked, or meant for another audience.

        It never raises for a bad token, whatever it holds, and answers a revoked one with None within five seconds.
        """
        ...


class TokenVerifiers:
    """Several kinds of tokens at one address; the first that knows a token decides."""

    def __init__(self, *verifiers: TokenVerifier) -> None:
        self._verifiers = verifiers

    async def verify(self, token: str) -> Identity | None:
        for verifier in self._verifiers:
            identity = await verifier.verify(token)
            if identity is not None:
                return identity
        return None
