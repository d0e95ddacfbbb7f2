"""TLS by certificate files: a client that trusts the certificate calls, everything else is told why not."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from filemaker_mcp.server.app.http.http_application import put_together
from filemaker_mcp.server.app.http.http_service import http_service
from filemaker_mcp.server.app.sample_server import everything_allowed
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.errors import ConfigurationError
from filemaker_mcp.server.http.web_server import Listening, web_server

from ..assistant import SAMPLE
from ..host_of import host_of
from .http_server import bearer

pytestmark = pytest.mark.anyio
LIST: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Of this machine, signed by itself; the files of it and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / f"{name}.pem", folder / f"{name}.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    return files


async def test_a_client_that_trusts_the_certificate_calls_and_reads_a_refusal_while_it_sends(
    tmp_path: Path,
) -> None:
    own, key = certificate(tmp_path, "here")
    settings = settled(overlaid({"http": {"body_limit": 100_000}}, everything_allowed() | SAMPLE), None)
    transport = httpx.ASGITransport(app=host_of().app)
    parts = put_together(settings, dict.fromkeys(settings.database, transport))
    listening = Listening("127.0.0.1", 0, 100, certificate=own, certificate_key=key)
    socket = listening.socket()
    server = web_server(http_service(parts).app, listening)
    serving = asyncio.create_task(server.serve([socket]))
    url = f"https://localhost:{socket.getsockname()[1]}/mcp"
    headers = {"Authorization": f"Bearer {bearer()}", "Accept": "application/json, text/event-stream"}
    trusting = ssl.create_default_context(cafile=str(own))
    try:
        async with httpx.AsyncClient(verify=trusting, headers=headers) as http:
            answer = await http.post(url, json=LIST)
            assert (answer.status_code, "find_records" in answer.text) == (200, True)
            large = await http.post(url, content=b" " * 5_000_000)
            assert large.status_code == 413
        async with httpx.AsyncClient(headers=headers) as stranger:
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                await stranger.post(url, json=LIST)
            with pytest.raises(httpx.TransportError):
                await stranger.post(url.replace("https", "http"), json=LIST)
    finally:
        server.should_exit = True
        await serving


def test_a_certificate_that_cannot_be_used_is_said_at_the_start(tmp_path: Path) -> None:
    own, key = certificate(tmp_path, "here")
    _, other = certificate(tmp_path, "there")
    (tmp_path / "none.pem").write_text("no certificate", "utf-8")
    for pair in ((own, other), (tmp_path / "none.pem", key), (own, tmp_path / "absent.key")):
        listening = Listening("127.0.0.1", 0, 10, certificate=pair[0], certificate_key=pair[1])
        with pytest.raises(ConfigurationError, match="cannot be used"):
            web_server(httpx.ASGITransport.__init__, listening)  # pyright: ignore[reportArgumentType] -- never asked
