"""What knows the access tokens of an identity provider that the owner names."""

from __future__ import annotations

from ...callers.issuer_tokens import IssuerRule, IssuerTokens
from ...callers.signing_keys import SigningKeys, fetched, provider_client
from ...config.issuer_settings import IssuerSettings
from ..shared_parts import SharedParts


def issuer_tokens(settings: IssuerSettings, parts: SharedParts) -> IssuerTokens:
    rule = IssuerRule(
        issuer=settings.issuer,
        audience=settings.audience,
        algorithms=settings.algorithms,
        subject=settings.subject,
        is_typed=settings.typed,
        scopes=settings.scopes,
    )
    return IssuerTokens(
        rule, SigningKeys(lambda: fetched(settings.keys, provider_client), parts.clock.monotonic)
    )
