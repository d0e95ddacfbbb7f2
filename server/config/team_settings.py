"""How the people of a team sign in over HTTP, and which programs may ask them."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from .strict_settings import SecretPlace, Settled, is_loopback

GOOGLE = "https://accounts.google.com"


class ProviderSettings(Settled):
    """The company's identity provider, by OpenID Connect. Register this server there as a web application."""

    issuer: str = Field(description="Exactly as its document of discovery has it; Entra: the tenant's own")
    client_id: str = Field(description="Id of the application that was registered there", min_length=1)
    client_secret: SecretPlace = Field(description="Where its secret is")
    scopes: tuple[str, ...] = Field(
        default=("openid", "profile", "email", "offline_access"),
        description="What is asked of it; with offline_access each refresh asks whether the person is still good",
    )
    hosted_domain: str = Field(default="", description="Google: the company's domain; others are turned away")
    label: str = Field(default="Sign in with your company's account", description="What stands on its button")

    @field_validator("issuer")
    @classmethod
    def _safe(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.netloc)):
            raise ValueError("takes an address with https://")
        return url

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if "openid" not in self.scopes:
            raise ValueError("scopes has to name openid")
        if self.issuer == GOOGLE and not self.hosted_domain:
            raise ValueError("hosted_domain is missing: without it every Google account could sign in")
        return self


class AccountPageSettings(Settled):
    """Signing in with the FileMaker account itself, on a page of this server."""

    networks: tuple[str, ...] = Field(
        default=(),
        description="Networks from which the page is reached, such as 10.0.0.0/8; none unless named",
    )
    password_page: Literal["networks", "anywhere"] = Field(
        default="networks", description="`anywhere` opens the page to the whole internet"
    )
    deny_accounts: tuple[str, ...] = Field(
        default=("admin",), description="Accounts that never sign in here: name all with full access"
    )

    @field_validator("networks")
    @classmethod
    def _networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            try:
                ip_network(network)
            except ValueError:
                raise ValueError(f"{network!r} is no network such as 10.0.0.0/8") from None
        return networks


class ClientSettings(Settled):
    """A program that may ask, beside those that this server knows."""

    id: str = Field(description="The id that it asks with", min_length=1)
    name: str = Field(description="As people know it")
    redirects: tuple[str, ...] = Field(description="Addresses to go back to, each exactly", min_length=1)


class TeamSettings(Settled):
    """How people sign in over HTTP."""

    name: str = Field(default="this server", description="What the pages call it, such as Rope & Sons")
    provider: ProviderSettings | None = Field(
        default=None, description="The company's identity provider: [http.sign_in.provider]"
    )
    passkeys: bool = Field(
        default=False,
        description="Whether invited people sign in with passkeys (filemaker-mcp callers invite)",
    )
    accounts: AccountPageSettings | None = Field(
        default=None, description="The FileMaker account itself, where there is nothing better"
    )
    approvers_see_all: bool = Field(
        default=False,
        description="Whether approvers and owners see other people's plans with every value, and agree to them",
    )
    clients: Literal["known", "any"] = Field(
        default="known", description="`any` lets every program ask that has a document about itself"
    )
    more_clients: tuple[ClientSettings, ...] = Field(default=(), description="Other programs that may ask")
    client_hosts: tuple[str, ...] = Field(
        default=(), description="Hosts whose programs may ask by a document about themselves"
    )
    registration: bool = Field(
        default=False, description="Whether programs may register themselves, as nobody vouches for them"
    )
    schemes: tuple[str, ...] = Field(
        default=(), description="Private schemes of addresses to go back to, such as myapp"
    )

    @model_validator(mode="after")
    def _some_way(self) -> Self:
        if self.provider is None and not self.passkeys and self.accounts is None:
            raise ValueError("names no way to sign in: provider, passkeys or accounts")
        return self
