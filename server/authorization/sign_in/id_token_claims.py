"""What an ID token of the provider proves."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ...caller import LONGEST_SUBJECT
from ...callers.signing_keys import SigningKeys
from ...text import entra_subject
from .identity_provider import ProviderTerms

LEEWAY = 60
LONGEST = 32_768
PROTOCOL = frozenset({"iss", "sub", "aud", "exp", "iat", "nbf", "nonce", "at_hash", "c_hash", "s_hash", "azp", "sid", "jti",
                      "auth_time", "rh", "uti", "ver", "aio"})  # fmt: skip
GOOGLE = "accounts.google.com"


class NoPerson(Exception):
    """Why a token proves nobody, in a few words."""


async def claims_in(
    token: object,
    keys: SigningKeys,
    terms: ProviderTerms,
    *,
    nonce: str | None,
    now: float,
    since: float | None = None,
) -> dict[str, Any]:
    """`nonce` None for a token that came with a renewal. With `since` the person has to have signed in after it. Raises
    NoPerson."""
    import jwt

    if not isinstance(token, str):
        raise NoPerson("there is no ID token")
    if len(token) > LONGEST:
        raise NoPerson(f"its ID token has more than {LONGEST:,} bytes: have fewer groups put into it")
    try:
        key = await keys.key(str(jwt.get_unverified_header(token).get("kid") or ""))
        if key is None:
            raise NoPerson("it is signed by no key of the provider")
        claims: dict[str, Any] = jwt.decode(
            token, key, list(terms.algorithms), audience=terms.client_id, issuer=terms.issuer,
            options={
                "require": ["iss", "sub", "aud", "exp", "iat"],
                "verify_exp": False, "verify_iat": False, "verify_nbf": False,  # by our own clock, below
            },
        )  # fmt: skip
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, RecursionError) as failed:  # as of any token
        raise NoPerson(type(failed).__name__) from failed
    if not _is_of(now, claims):
        raise NoPerson("it is expired, or of a time to come")
    if claims["aud"] not in (terms.client_id, [terms.client_id]) and claims.get("azp") != terms.client_id:
        raise NoPerson("it is for somebody else too")
    if nonce is not None and not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise NoPerson("it belongs to another sign-in")
    signed_in = claims.get("auth_time")
    if since is not None and (not isinstance(signed_in, int | float) or signed_in < since - LEEWAY):
        raise NoPerson("the person did not sign in anew")
    return claims


def _is_of(now: float, claims: Mapping[str, Any]) -> bool:
    ends, made, begins = claims["exp"], claims["iat"], claims.get("nbf", 0)
    if not all(isinstance(each, int | float) for each in (ends, made, begins)):
        return False
    return ends > now - LEEWAY and max(made, begins) < now + LEEWAY


def subject_in(claims: Mapping[str, Any], terms: ProviderTerms) -> str:
    """What stays the same for one person at this provider. Raises NoPerson."""
    if entra_subject.is_entra(terms.issuer):
        subject = entra_subject.subject_of(claims)
        if subject is None or len(subject) > LONGEST_SUBJECT:
            raise NoPerson("it has no tenant and object id")
        return subject
    host = urlsplit(terms.issuer).hostname or ""
    if host == GOOGLE and (not terms.hosted_domain or claims.get("hd") != terms.hosted_domain):
        raise NoPerson("the account is none of the company's domain")
    subject = str(claims["sub"])
    if not subject or len(subject) > LONGEST_SUBJECT or not subject.isprintable():
        raise NoPerson("its subject is no name that can be kept")
    return subject


def told_of(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Groups, region and the like, without what belongs to the token. Raises NoPerson where that is too much to keep: without a
    part of it an entry of [[callers]] for others would match."""
    told = {name: value for name, value in claims.items() if name not in PROTOCOL}
    if len(json.dumps(told)) > LONGEST:
        raise NoPerson(
            f"more is said of the person than {LONGEST:,} bytes: have it put fewer groups into the token"
        )
    return told
