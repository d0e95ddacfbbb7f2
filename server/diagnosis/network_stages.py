"""The way to the host, before any HTTP: its name, its port, its certificate."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from urllib.request import getproxies, proxy_bypass

import anyio
import httpx
from anyio.streams.tls import TLSAttribute, TLSStream

from ..auth.http_connection import unreachable, verifying
from ..errors import Unreachable
from .stages import StageFinding, failed, not_checked, ok, warning

PATIENCE_SECONDS = 10.0
EXPIRES_SOON_DAYS = 14


class Network:
    """The probes of one host. Through a proxy, or in this process, there is nothing of one's own to probe."""

    def __init__(self, base_url: str, ca_file: Path | None, *, in_process: bool) -> None:
        self._url = httpx.URL(base_url)
        self._ca_file = ca_file
        self._in_process = in_process
        self._port = self._url.port or (443 if self._url.scheme == "https" else 80)

    @property
    def host(self) -> str:
        return self._url.host

    def _aside(self) -> str:
        """Why there is nothing to probe. Empty when there is."""
        if self._in_process:
            return "the host is emulated in this process"
        proxies = cast("Mapping[str, str]", getproxies())
        proxy = proxies.get(self._url.scheme) or proxies.get("all")
        loopback = self.host in ("localhost", "127.0.0.1", "::1")
        if proxy and not loopback and not proxy_bypass(self.host):
            return f"the way goes through the proxy {httpx.URL(proxy).host}, which looks for the host itself"
        return ""

    async def name(self) -> StageFinding:
        if aside := self._aside():
            return not_checked(aside)
        try:
            with anyio.fail_after(PATIENCE_SECONDS):
                found = await anyio.getaddrinfo(self.host, self._port)
        except TimeoutError:
            return failed(
                f"Looking up the name {self.host} takes more than {PATIENCE_SECONDS:.0f} seconds",
                "The name server of this network does not answer; check the network connection and the VPN.",
            )
        except (OSError, UnicodeError):
            return failed(
                f"No host named {self.host} can be found",
                "Check the spelling of the host in the settings; inside a company its name may need the VPN.",
            )
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        return ok(f"{self.host} is {', '.join(addresses[:3])}", unchecked="whether it is the right machine")

    async def port(self) -> StageFinding:
        if aside := self._aside():
            return not_checked(aside)
        where = f"port {self._port} of {self.host}"
        try:
            with anyio.fail_after(PATIENCE_SECONDS):
                stream = await anyio.connect_tcp(self.host, self._port)
        except TimeoutError:
            return failed(
                f"Nothing answers on {where} within {PATIENCE_SECONDS:.0f} seconds",
                "The host may be off, or a firewall between here and there drops the connection; its administrator can open the port.",
            )
        except OSError:
            return failed(
                f"The connection to {where} is refused",
                "Nothing listens there: check the port in the settings, that the web server of FileMaker Server runs, and the firewall.",
            )
        await stream.aclose()
        return ok(f"{where} accepts connections")

    async def certificate(self) -> StageFinding:
        if aside := self._aside():
            return not_checked(aside)
        if self._url.scheme == "http":
            return not_checked("plain http, which is only taken for this machine itself")
        try:
            with anyio.fail_after(PATIENCE_SECONDS):
                return await self._shaken_hands()
        except TimeoutError:
            return failed(
                f"{self.host} accepts the connection but does not begin TLS",
                "Something else than a web server may listen there; check the port.",
            )
        except (OSError, ssl.SSLError, anyio.EndOfStream, anyio.BrokenResourceError) as error:
            cause = _as_unreachable(error, self.host)
            return failed(cause.what, cause.advice)

    async def _shaken_hands(self) -> StageFinding:
        async with await anyio.connect_tcp(self.host, self._port) as plain:
            stream = await TLSStream.wrap(
                plain, hostname=self.host, ssl_context=verifying(self._ca_file), standard_compatible=False
            )
            attributes = stream.extra_attributes
            peer = cast("Mapping[str, Any]", attributes[TLSAttribute.peer_certificate]() or {})
            version = str(attributes[TLSAttribute.tls_version]())
            await stream.aclose()
        return _judged(self.host, peer, version)


def _judged(host: str, peer: Mapping[str, Any], version: str) -> StageFinding:
    until = peer.get("notAfter")
    if not isinstance(until, str):
        return ok(f"{version}, the certificate of {host} verifies")
    days = (datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC) - datetime.now(UTC)).days
    found = f"{version}, the certificate of {host} verifies and is good for {days} more days"
    if days < EXPIRES_SOON_DAYS:
        return warning(found, "The host's administrator should renew it before then.")
    return ok(found)


def _as_unreachable(error: Exception, host: str) -> Unreachable:
    carried = httpx.ConnectError(str(error))
    carried.__cause__ = error
    if isinstance(error, anyio.EndOfStream | anyio.BrokenResourceError):
        return Unreachable(
            f"{host} closes the connection while TLS begins",
            advice="A firewall or proxy may cut it off; try from another network, or ask the host's administrator.",
        )
    return unreachable(carried, host)
