"""The settings that say where a database is and how to sign in to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal, Self
from urllib.parse import quote

from pydantic import Field, field_validator, model_validator

from .strict_settings import Name, SecretPlace, Settled, is_loopback

Method = Literal["password", "claris_id", "oauth", "otto"]
CLOUD = ".filemaker-cloud.com"
"""FileMaker Cloud's hosts end so (reference on Claris ID, section 1 [M]); one with a name of its own sets `sign_in`."""


class DataSourceSettings(Settled):
    """Another file on the same host that the database's layouts and scripts need (section 4.4)."""

    file: str = Field(description="Name of the FileMaker file, without .fmp12", min_length=1)
    account: str = Field(default="", description="FileMaker account name there")
    password: SecretPlace | None = Field(default=None, description="Where its password is")
    provider: str = Field(default="", description="Identity provider instead of account and password")
    layout: str = Field(
        default="", description="A layout that is based in it; doctor --data-sources reads it"
    )

    @field_validator("file")
    @classmethod
    def _file(cls, file: str) -> str:
        return file.removesuffix(".fmp12")


LONGEST_HOST = 259
"""Characters: a name has 253, then come a colon and a port."""
LONGEST_PARAMETER = 1_500
"""Encoded characters of a start script's parameter: an address takes 2,000 with all that stands around it (section 2.7 [D])."""


class OnSignInSettings(Settled):
    """A script that runs in each new session before it is used."""

    script: Name = Field(min_length=1, description="Name of the script")
    parameter: str | Mapping[str, Any] | None = Field(
        default=None, description="What it is given: text, or a table that becomes JSON"
    )
    layout: Name = Field(
        default="", description="Layout on which it runs; the first that the account sees unless set"
    )

    @property
    def text(self) -> str:
        """The parameter as it is sent."""
        if self.parameter is None or isinstance(self.parameter, str):
            return self.parameter or ""
        return json.dumps(self.parameter, ensure_ascii=False, separators=(",", ":"), default=str)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(quote(self.text, safe="")) > LONGEST_PARAMETER:
            raise ValueError(f"has a parameter of more than {LONGEST_PARAMETER:,} encoded characters")
        return self


class SignInSettings(Settled):
    """Where one database is, and who we are there."""

    host: str = Field(description="Host name or address of the FileMaker Server, with or without https://")
    file: str = Field(description="Name of the FileMaker file, without .fmp12", min_length=1)
    account: str = Field(default="", description="FileMaker account name")
    password: SecretPlace | None = Field(default=None, description="Where its password is")
    sign_in: Literal["auto", Method] = Field(
        default="auto", description="How to sign in; auto chooses by the host and by what else is set"
    )
    claris_refresh_token: SecretPlace | None = Field(
        default=None, description="Where a refresh token of 'filemaker-mcp login --print' is"
    )
    claris_pool_id: str = Field(
        default="", description="User pool of Claris ID, needed only if Claris has moved it"
    )
    claris_client_id: str = Field(default="", description="Client of that user pool")
    claris_url: str = Field(default="", description="Address of the user pool, for an emulated one")
    keep_sign_in: Literal["file", "keychain"] = Field(
        default="file", description="Where 'filemaker-mcp login' keeps the sign-in"
    )
    token_service: str = Field(default="", description="Address of a token service for Claris IDs")
    token_service_key: SecretPlace | None = Field(default=None, description="Where the key for it is")
    provider: str = Field(default="", description="OAuth identity provider of the FileMaker Server")
    otto_key: SecretPlace | None = Field(default=None, description="Where the OttoFMS API key is")
    data_sources: tuple[DataSourceSettings, ...] = Field(
        default=(), description="Other files that need an account of their own"
    )
    on_sign_in: OnSignInSettings | None = Field(
        default=None, description="A script that runs in each new session before its first use"
    )
    globals: Mapping[Name, Name | int | float] = Field(
        default_factory=dict[str, Any],
        description="Global fields, Occurrence::Field, that each new session is given, before that script runs",
    )

    @field_validator("globals")
    @classmethod
    def _qualified(cls, given: Mapping[str, object]) -> Mapping[str, object]:
        bare = next((name for name in given if "::" not in name), None)
        if bare is not None:
            raise ValueError(f"names {bare!r}; a global field is written as Occurrence::Field")
        return given

    @model_validator(mode="after")
    def _own_sessions(self) -> Self:
        if self.method == "otto" and (self.on_sign_in is not None or self.globals):
            raise ValueError(
                "on_sign_in and globals do not work with otto_key: OttoFMS opens the sessions, unseen from here"
            )
        return self

    @field_validator("host")
    @classmethod
    def _host(cls, host: str) -> str:
        scheme, separator, rest = host.rstrip("/").rpartition("://")
        if separator and scheme not in ("http", "https"):
            raise ValueError(f"does not take {scheme}://; FileMaker is reached by https")
        if not rest or any(mark in rest for mark in "/?#@ "):
            raise ValueError("is a host name or address such as fm.example.com, without a path")
        if len(rest) > LONGEST_HOST:
            raise ValueError("is longer than the name of a host can be")
        if scheme == "http" and not is_loopback(rest):
            raise ValueError("takes http:// only for this machine itself; use https")
        return f"{scheme or 'https'}://{rest}"

    @field_validator("file")
    @classmethod
    def _file(cls, file: str) -> str:
        return file.removesuffix(".fmp12")

    @field_validator("token_service", "claris_url")
    @classmethod
    def _address(cls, address: str) -> str:
        scheme, separator, rest = address.rstrip("/").partition("://")
        if not address:
            return ""
        if not separator or scheme not in ("http", "https") or not rest:
            raise ValueError("is an address such as https://host:port")
        if scheme == "http" and not is_loopback(rest.partition("/")[0]):
            raise ValueError(
                "takes http:// only for this machine itself, since passwords go there; use https"
            )
        return f"{scheme}://{rest}"

    @property
    def method(self) -> Method:
        """How to sign in."""
        if self.sign_in != "auto":
            return self.sign_in
        if self.otto_key is not None:
            return "otto"
        if self.provider:
            return "oauth"
        if self.is_cloud or self.token_service or self.claris_refresh_token is not None:
            return "claris_id"
        return "password"

    @property
    def is_cloud(self) -> bool:
        return self.host_name.endswith(CLOUD)

    @property
    def host_name(self) -> str:
        """The host without scheme and port, in lower case."""
        name = self.host.partition("://")[2].lower()
        return name.partition("]")[0].lstrip("[") if name.startswith("[") else name.partition(":")[0]

    @property
    def base_url(self) -> str:
        """What the Data API's path is put after; OttoFMS has it below a path of its own (section 16 [U])."""
        return f"{self.host}/otto" if self.method == "otto" else self.host
