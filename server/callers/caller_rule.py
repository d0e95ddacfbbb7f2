"""Which of the owner's entries a caller matches, and what it says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from ..caller import remote_id
from ..errors import Forbidden
from .caller_identity import Identity


class Role(StrEnum):
    USER = "user"
    APPROVER = "approver"
    """May agree to what others asked for."""
    OWNER = "owner"


@dataclass(frozen=True)
class CallerRule:
    number: int
    """Its place among the entries."""
    issuer: str
    subject: str | None
    claim: str | None
    has: str | None
    accounts: Mapping[str, str]
    """Database -> `own`, `configured`, or the name of an account."""
    policy: str | None
    role: Role
    time_zone: str | None
    own_account: str | None = None
    """What an account of their own has to be called, as the settings say it."""

    def matches(self, identity: Identity) -> bool:
        """Raises Forbidden where the provider says only that there are too many of the claim to say them: another entry, for people
        who have them not, would match."""
        if identity.issuer != self.issuer or self.subject not in (None, identity.subject):
            return False
        if (
            self.claim is not None
            and self.claim not in identity.claims
            and _is_kept_back(self.claim, identity)
        ):
            raise Forbidden(
                f"Your sign-in does not say {self.claim!r}, since there are too many to say",
                advice="Ask the owner: the identity provider can put those of this application alone into the token.",
            )
        return self.claim is None or self.has in texts_of(identity.claims.get(self.claim))


def _is_kept_back(claim: str, identity: Identity) -> bool:
    """As Entra says it of groups beyond 200: by the place where they can be asked for, or by a mark alone."""
    elsewhere = identity.claims.get("_claim_names")
    is_named = isinstance(elsewhere, Mapping) and claim in elsewhere
    return is_named or (claim == "groups" and identity.claims.get("hasgroups") in (True, "true"))


def rule_for(rules: Iterable[CallerRule], identity: Identity) -> CallerRule:
    """The first that matches. Raises Forbidden where none does."""
    for rule in rules:
        if rule.matches(identity):
            return rule
    raise Forbidden(
        "You are signed in, and the owner of this server gives you nothing here",
        advice="Ask the owner for an entry in [[callers]] that matches you.",
    )


def caller_id(identity: Identity) -> str:
    """What plans, jobs, files and the journal name: issuer and subject, never an e-mail address alone."""
    return remote_id(identity.issuer, identity.subject)


def texts_of(claim: object) -> tuple[str, ...]:
    """The texts of a claim: itself, or those of its list. Numbers and tables are none."""
    if isinstance(claim, str):
        return (claim,)
    if isinstance(claim, list | tuple):
        return tuple(each for each in cast("list[object]", claim) if isinstance(each, str))
    return ()


def literal(claim: str, identity: Identity) -> tuple[str, ...]:
    """What a token says, as the values of a scope. Raises Forbidden where it says nothing that can be one."""
    given = identity.claims.get(claim)
    values = texts_of(given)
    whole = isinstance(given, str) or (
        isinstance(given, list | tuple) and len(values) == len(cast("list[object]", given))
    )
    if not values or not whole or not all(value.strip() for value in values):
        raise Forbidden(
            f"Your sign-in does not say {claim!r}, and what the owner gives you here goes by it",
            advice="Ask the owner: the identity provider has to put it into your token as text.",
        )
    return values
