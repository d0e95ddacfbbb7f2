"""Identity providers whose access tokens are taken as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from .strict_settings import Settled, is_loopback

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]


class IssuerSettings(Settled):
    """An identity provider whose access tokens, made for this server, are taken as they are."""

    issuer: str = Field(description="Exactly as `iss` of its tokens has it", min_length=1)
    audience: str = Field(
        description="Exactly as `aud` of tokens for this server has it; Entra: the app's GUID", min_length=1
    )
    keys: str = Field(description="Address of its signing keys (jwks_uri)")
    algorithms: tuple[Algorithm, ...] = Field(
        default=("RS256", "ES256"), min_length=1, description="How it signs its tokens"
    )
    subject: Literal["sub", "oid"] = Field(
        default="sub", description="Claim that names a person for good; at Entra always tid and oid"
    )
    typed: bool = Field(default=False, description="Whether its access tokens say at+jwt as their type")
    scopes: Mapping[str, Literal["fm:read", "fm:edit", "fm:delete", "fm:run"]] = Field(
        default_factory=dict[str, Any],
        description="What it calls a scope or role, and which of ours that is",
    )

    @field_validator("keys")
    @classmethod
    def _safe(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.netloc)):
            raise ValueError("takes an address with https://")
        return url
