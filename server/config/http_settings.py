"""How the server is reached over HTTP."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator, model_validator

from .head_settings import HeadSettings
from .issuer_settings import IssuerSettings
from .notice_settings import NoticeSettings
from .page_origin import page_origin
from .strict_settings import Place, Settled, is_loopback
from .team_settings import TeamSettings

PORT = 8791
OBJECT_SCHEMES = frozenset({"s3", "gs", "az", "abfs", "abfss", "file"})


class HttpSettings(Settled):
    """How `serve --http` serves."""

    address: str = Field(default=f"127.0.0.1:{PORT}", description="Address and port to listen at")
    public_url: str | None = Field(
        default=None,
        description="Where people and clients reach it, such as https://fm.example.com; without it, it serves this machine alone",
    )
    proxies: tuple[str, ...] = Field(
        default=(),
        description="Addresses or networks of the proxies in front of it; forwarded headers of others count for nothing",
    )
    certificate: Place | None = Field(
        default=None, description="Its certificate, with those between (PEM); without one the proxy does TLS"
    )
    certificate_key: Place | None = Field(default=None, description="The key of the certificate (PEM)")
    origins: tuple[str, ...] = Field(
        default=(), description="Other pages whose scripts may call it, such as https://inspector.example.com"
    )
    issuers: tuple[IssuerSettings, ...] = Field(
        default=(), description="Identity providers whose access tokens are taken as they are"
    )
    people: str | None = Field(
        default=None,
        description="The issuer whose identities alone may be approvers and owners; never `keys`",
    )
    journal_head: HeadSettings | None = Field(
        default=None,
        description="Where the end of the journal's chain is kept elsewhere, every five minutes and at the end",
    )
    notify: NoticeSettings | None = Field(
        default=None,
        description="Who is told that a change waits for somebody to agree: { command } or { webhook }; never what it is",
    )
    sign_in: TeamSettings | None = Field(
        default=None, description="How people sign in, and which programs may ask them: [http.sign_in]"
    )
    body_limit: int = Field(
        default=4_000_000, ge=10_000, le=100_000_000, description="Bytes of one request, at the most"
    )
    body_seconds: float = Field(
        default=30, gt=0, le=600, description="Seconds in which a request has to arrive"
    )
    connections: int = Field(
        default=1_000, ge=10, le=50_000, description="Connections that may be open at once"
    )
    file_quota: int = Field(
        default=1_000_000_000, ge=1, description="Bytes of all files of one caller, at the most"
    )
    objects: str | None = Field(
        default=None,
        description="Address of an object store for callers' files, such as s3://bucket/folder, where state is PostgreSQL; needs filemaker-mcp[objects]",
    )
    metrics: str | None = Field(
        default=None,
        description="Address and port of figures for Prometheus, such as 127.0.0.1:9464; needs filemaker-mcp[metrics]",
    )
    log: Literal["text", "json"] = Field(
        default="text",
        description="Whether standard error gets sentences, or one JSON object a line with each call",
    )
    account_proof_seconds: float = Field(
        default=5,
        ge=0,
        le=600,
        description="For so long a log-in at FileMaker proves that the accounts behind a person still sign in",
    )
    drain_seconds: float = Field(
        default=30,
        ge=0,
        le=600,
        description="Seconds that calls may take to end when the server is told to end",
    )

    @property
    def listens_at(self) -> tuple[str, int]:
        """Host and port. The port is 8791 where none is named."""
        return _parts(self.address)

    @property
    def known_issuers(self) -> frozenset[str]:
        """By which somebody can come who is no key."""
        signed_in = self.sign_in
        provider = None if signed_in is None or signed_in.provider is None else signed_in.provider.issuer
        own = None if signed_in is None else self.public_url
        return frozenset(filter(None, (own, provider, *(each.issuer for each in self.issuers))))

    @property
    def metrics_at(self) -> tuple[str, int] | None:
        return None if self.metrics is None else _parts(self.metrics)

    @field_validator("address", "metrics")
    @classmethod
    def _address(cls, address: str | None, field: ValidationInfo) -> str | None:
        """Without a port MCP is at `PORT`. Figures have none of their own."""
        if address is None:
            return None
        unsaid = str(PORT) if field.field_name == "address" else ""
        port = address.rpartition(":")[2] if _has_port(address) else unsaid
        host = address.rpartition(":")[0] if _has_port(address) else address
        if not host.strip("[]") or not port.isdecimal() or int(port) > 65_535:
            raise ValueError("takes an address and a port, such as 127.0.0.1:8791 or [::1]:8791")
        return address

    @field_validator("objects")
    @classmethod
    def _objects(cls, address: str | None) -> str | None:
        parts = urlsplit(address or "s3://bucket")
        place = parts.netloc or (parts.path.strip("/") and parts.scheme == "file")
        if parts.scheme not in OBJECT_SCHEMES or not place or "@" in parts.netloc or parts.query:
            raise ValueError(
                "takes s3://bucket/folder, gs://, az:// or file:///folder, without secrets: who may use it says the environment"
            )
        return address

    @field_validator("origins")
    @classmethod
    def _pages(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(page_origin, origins))

    @field_validator("public_url")
    @classmethod
    def _public(cls, url: str | None) -> str | None:
        if url is None:
            return None
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            port, parts = None, urlsplit("")
        bare = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
        safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.netloc))
        if not (parts.hostname and bare and safe) or port == 0:
            raise ValueError(
                "takes https:// with a host and nothing behind it, such as https://fm.example.com"
            )
        return f"{parts.scheme}://{parts.netloc.lower()}"

    @field_validator("proxies")
    @classmethod
    def _networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            try:
                ip_network(proxy)
            except ValueError:
                raise ValueError(f"{proxy!r} is no address and no network such as 10.0.0.0/24") from None
        return proxies

    @field_validator("people")
    @classmethod
    def _persons(cls, issuer: str | None) -> str | None:
        if issuer == "keys":
            raise ValueError("takes an issuer by which people sign in; behind a key there is no person")
        return issuer

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.notify is not None and self.sign_in is None:
            raise ValueError("notify leads to the pages on which people agree; set sign_in too")
        if (self.certificate is None) != (self.certificate_key is None):
            raise ValueError("certificate and certificate_key belong together; set both or none")
        if self.sign_in is not None and self.public_url is None:
            raise ValueError("sign_in needs the public_url by which people reach this server")
        if self.public_url is None and not is_loopback(self.address):
            raise ValueError(
                f"address {self.address} is not this machine alone; name the public_url by which it is reached"
            )
        return self


def _parts(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":") if _has_port(address) else (address, "", "")
    return host.strip("[]"), int(port or PORT)


def _has_port(address: str) -> bool:
    return ":" in (address.rpartition("]")[2] if address.startswith("[") else address)
