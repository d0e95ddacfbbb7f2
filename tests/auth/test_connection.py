"""A connection that fails says which part failed; certificates are always verified."""

from __future__ import annotations

import logging
import ssl
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import httpx
import pytest
from anyio.abc import SocketAttribute, SocketStream
from anyio.streams.tls import TLSListener, TLSStream
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from filemaker_mcp.server.auth.http_connection import connections, unreachable
from filemaker_mcp.server.errors import CertificateRefused, ConfigurationError, Unreachable

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


async def failure(url: str, ca_file: Path | None = None) -> Unreachable:
    async with connections(ca_file=ca_file)() as client:
        with pytest.raises(httpx.TransportError) as raised:
            await client.get(url, timeout=5)
    return unreachable(raised.value, httpx.URL(url).host)


def certificate(folder: Path, name: str, *, days: int = 1) -> tuple[Path, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert_file, key_file)
    return cert_file, context


@asynccontextmanager
async def serving(context: ssl.SSLContext | None, answer: bytes) -> AsyncGenerator[int]:
    plain = await anyio.create_tcp_listener(local_host="127.0.0.1")
    listener = plain if context is None else TLSListener(plain, context, standard_compatible=False)

    async def handle(stream: SocketStream | TLSStream) -> None:
        with suppress(anyio.EndOfStream, anyio.BrokenResourceError):
            await _answer(stream)

    async def _answer(stream: SocketStream | TLSStream) -> None:
        async with stream:
            await stream.receive()
            if answer:
                await stream.send(answer)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, handle)
        yield plain.extra(SocketAttribute.local_port)
        tasks.cancel_scope.cancel()
    await listener.aclose()


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


async def test_a_host_that_does_not_exist_is_named() -> None:
    assert "No host named nowhere.invalid" in str(await failure("https://nowhere.invalid/"))


async def test_a_closed_port_is_a_refused_connection() -> None:
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra(SocketAttribute.local_port)
    await listener.aclose()
    assert "refused the connection" in str(await failure(f"https://127.0.0.1:{port}/"))


async def test_a_certificate_nobody_vouches_for_is_refused_and_ca_file_makes_it_good(tmp_path: Path) -> None:
    cert_file, context = certificate(tmp_path, "localhost")
    async with serving(context, OK) as port:
        error = await failure(f"https://localhost:{port}/")
        assert isinstance(error, CertificateRefused)
        assert "ca_file" in error.advice
        async with connections(ca_file=cert_file)() as client:
            assert (await client.get(f"https://localhost:{port}/")).status_code == 200


async def test_a_certificate_for_another_name_is_refused_with_that_reason(tmp_path: Path) -> None:
    cert_file, context = certificate(tmp_path, "fm.example.com")
    async with serving(context, OK) as port:
        error = await failure(f"https://localhost:{port}/", cert_file)
    assert isinstance(error, CertificateRefused)
    assert "name that the certificate was made for" in error.advice


async def test_an_expired_certificate_is_refused_with_that_reason(tmp_path: Path) -> None:
    cert_file, context = certificate(tmp_path, "localhost", days=-1)
    async with serving(context, OK) as port:
        error = await failure(f"https://localhost:{port}/", cert_file)
    assert isinstance(error, CertificateRefused)
    assert "renew" in error.advice


async def test_a_port_without_tls_is_said_to_be_one() -> None:
    async with serving(None, OK) as port:
        assert "does not speak TLS" in str(await failure(f"https://127.0.0.1:{port}/"))


async def test_a_connection_that_breaks_is_said_to_have_broken(tmp_path: Path) -> None:
    async with serving(None, b"") as port:
        assert "broke before the answer" in str(await failure(f"http://127.0.0.1:{port}/"))


async def test_a_ca_file_that_holds_no_certificate_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "ca.pem"
    wrong.write_text("nothing", encoding="utf-8")
    for path in (wrong, tmp_path / "missing.pem"):
        with pytest.raises(ConfigurationError, match=r"cannot be used"):
            connections(ca_file=path)


async def test_a_proxy_address_that_makes_no_sense_is_a_matter_of_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://proxy")
    with pytest.raises(ConfigurationError, match="proxy"):
        connections()()


async def test_a_proxy_that_refuses_is_named_and_loopback_never_goes_through_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    async with serving(None, refusal) as proxy, serving(None, OK) as direct:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy}")
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy}")
        assert "proxy" in str(await failure("https://fm.example.com/"))
        async with connections()() as client:
            assert (await client.get(f"http://127.0.0.1:{direct}/")).status_code == 200


async def test_the_http_library_never_logs_an_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(None, OK) as port, connections()() as client:
        await client.delete(f"http://127.0.0.1:{port}/sessions/canary")
    assert "canary" not in caplog.text


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="the system verifies by itself there")
async def test_the_trust_store_is_read_once_and_not_for_each_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading it takes 25 ms, in which nobody else is served."""
    cert_file, context = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(cert_file))
    connect = connections()
    cert_file.unlink()
    async with serving(context, OK) as port:
        for _ in range(2):
            async with connect() as client:
                assert (await client.get(f"https://localhost:{port}/")).status_code == 200
