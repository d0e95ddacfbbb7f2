"""The HTTP connection under a FileMaker session: one at a time, TLS always verified, and what to say when it fails."""

from __future__ import annotations

import logging
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import getproxies

import httpx
import truststore

from .. import __version__
from ..errors import CertificateRefused, Changed, ConfigurationError, Unreachable
from .clock import Clock, SystemClock
from .network.answer_pace import AnswerPace, TooSlow
from .network.host_client import HostClient
from .sending import confirm_before_sending

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 60.0
POOL_SECONDS = 2.0
"""A connection serves one call at a time, so that nobody should ever wait for it; whoever does meets a dead one."""
KEPT_OPEN_SECONDS = 3.0
"""FileMaker's web server closes an idle connection after 5 s (section 2.1 [O]). A write on one that is just closing
would end unknown."""

NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.LocalProtocolError)
"""With these errors nothing of the request reached the host."""

ConnectionFactory = Callable[[], httpx.AsyncClient]


def connections(
    *,
    ca_file: Path | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    pace: AnswerPace | None = None,
    clock: Clock | None = None,
) -> ConnectionFactory:
    """A factory of clients with one connection each. `transport` stands in for the network (an emulator in process). `pace` is what
    every answer has to keep, by `clock`.

    Certificates are verified against the system's trust store and `ca_file`. This cannot be switched off.
    """
    for name in ("httpx", "httpcore"):
        # They log whole URLs and header lists, and both carry session tokens.
        logging.getLogger(name).setLevel(logging.WARNING)
    context = verifying(ca_file) if transport is None else None

    def connect() -> httpx.AsyncClient:
        try:
            return HostClient(
                pace=None if context is None else pace or AnswerPace(),
                clock=clock or SystemClock(),
                transport=transport if context is None else _direct(context),
                verify=context or True,
                limits=httpx.Limits(
                    max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEPT_OPEN_SECONDS
                ),
                timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS, pool=POOL_SECONDS),
                event_hooks={"request": [confirm_before_sending]},
                headers={"User-Agent": f"filemaker-mcp/{__version__}"},
                follow_redirects=False,
                # A proxy cannot reach this machine's own loopback.
                mounts={f"all://{name}": None for name in ("127.0.0.1", "localhost", "[::1]")},
            )
        except (ImportError, ValueError) as error:
            raise ConfigurationError(
                f"The proxy in the environment cannot be used: {error}",
                advice="Correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, or name the host in NO_PROXY.",
            ) from error

    return connect


def _direct(context: ssl.SSLContext) -> httpx.AsyncBaseTransport | None:
    """None where a proxy is named, which httpx knows how to use."""
    from .network.kept_connection import DirectTransport

    named = getproxies()
    if any(named.get(scheme) for scheme in ("http", "https", "all")):
        return None
    return DirectTransport(context, expiry=KEPT_OPEN_SECONDS)


def unreachable(error: httpx.RequestError, host: str, *, changed: Changed = Changed.UNSAID) -> Unreachable:
    """What an error of the network means, for a person. Only here do httpx's errors get words."""
    causes = list(_chain(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _certificate(cause, host, changed)
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return Unreachable(
            f"{host} does not speak TLS on this port",
            advice="Check the port; FileMaker Server answers https on 443.",
            changed=changed,
        )
    if any(isinstance(cause, socket.gaierror | UnicodeError) for cause in causes):
        return Unreachable(
            f"No host named {host} can be found",
            advice="Check the spelling of the host; inside a company its name may need the VPN.",
            changed=changed,
        )
    if isinstance(error, httpx.DecodingError):
        return Unreachable(
            f"{host} sent an answer that cannot be decompressed",
            advice="Something between here and the host may change answers; check_connection tells more.",
            changed=changed,
        )
    if isinstance(error, httpx.ProxyError):
        return Unreachable(
            f"The proxy did not let the connection to {host} through: {error}",
            advice="Check HTTPS_PROXY, or name the host in NO_PROXY.",
            changed=changed,
        )
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return Unreachable(
            f"{host} did not accept a connection in time",
            advice="The host may be off, or a firewall between here and there drops the connection.",
            changed=changed,
        )
    if isinstance(error, httpx.ConnectError):
        return Unreachable(
            f"{host} refused the connection",
            advice="Check the host name and port, that its web server is running, and the firewall.",
            changed=changed,
        )
    if isinstance(error, TooSlow):
        return Unreachable(
            f"{host} began to answer, but so slowly that the rest was not waited for",
            advice="The network between here and the host may be bad; try again later, or ask for less.",
            changed=changed,
        )
    if isinstance(error, httpx.TimeoutException):
        return Unreachable(
            f"{host} accepted the request but did not answer in time",
            advice="The host may be busy, or the request is large; try again, or ask for less.",
            changed=changed,
        )
    return Unreachable(
        f"The connection to {host} broke before the answer was complete",
        advice="Try again; if it happens often, something between here and the host closes connections.",
        changed=changed,
    )


def verifying(ca_file: Path | None) -> ssl.SSLContext:
    """TLS as every connection of ours has it: the system's trust store, and `ca_file` beside it."""
    context = _of_file() or truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=str(ca_file))
        except (OSError, ssl.SSLError) as error:
            raise ConfigurationError(
                f"The certificate file {ca_file} cannot be used",
                advice="ca_file names a file of PEM certificates.",
            ) from error
    return context


def _of_file() -> ssl.SSLContext | None:
    """Where OpenSSL itself verifies and the system's trust store is one file, it is read once. truststore reads it again for
    each connection, and everything else waits for these 25 ms."""
    if sys.platform in ("darwin", "win32"):
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_default_verify_paths()
    return context if context.cert_store_stats()["x509_ca"] else None


def _certificate(cause: ssl.SSLCertVerificationError, host: str, changed: Changed) -> CertificateRefused:
    reason = (cause.verify_message or str(cause)).rstrip(".")
    advice = (
        "Set ca_file to the certificate of the authority that signed it; verification is never switched off."
    )
    if "expired" in reason:
        advice = "The host's administrator must renew it; check this machine's date too."
    elif "mismatch" in reason or "not match" in reason or "not valid for" in reason:
        advice = "Use the name that the certificate was made for as the host."
    return CertificateRefused(
        f"The certificate of {host} does not verify: {reason}", advice=advice, changed=changed
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        if isinstance(seen, BaseExceptionGroup):
            for inner in seen.exceptions:  # pyright: ignore[reportUnknownVariableType,reportUnknownMemberType] -- the group's type is erased by isinstance
                yield from _chain(inner)  # pyright: ignore[reportUnknownArgumentType] -- as above
        seen = seen.__cause__ or seen.__context__
