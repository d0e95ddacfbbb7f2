"""What knows the access tokens of an identity provider that the owner names."""

from __future__ import annotations

import httpx

from ...callers.issuer_tokens import IssuerRule, IssuerTokens
from ...callers.signing_keys import ANSWER_SECONDS, SigningKeys, fetched
from ...config.issuer_settings import IssuerSettings
from ..shared_parts import SharedParts


def issuer_tokens(settings: IssuerSettings, parts: SharedParts) -> IssuerTokens:
    def client() -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=ANSWER_SECONDS, follow_redirects=False, trust_env=False)

    rule = IssuerRule(
        issuer=settings.issuer,
        audience=settings.audience,
        algorithms=settings.algorithms,
        subject=settings.subject,
        is_typed=settings.typed,
        scopes=settings.scopes,
    )
    return IssuerTokens(rule, SigningKeys(lambda: fetched(settings.keys, client), parts.clock.monotonic))
