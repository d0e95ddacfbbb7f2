"""Faults below HTTP, each on a real socket of this machine."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
from anyio.abc import SocketAttribute
from mcp import Client

from filemaker_mcp.server.app.app import build
from filemaker_mcp.server.config.configuration import overlaid, settled

from .test_connection import certificate, serving
from .workplace import FILE_ACCOUNT, Assistant

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


@dataclass(frozen=True)
class Prepared:
    name: str
    stage: str
    cause: str
    host: str = "localhost"
    certificate: Callable[[Path], tuple[Path, ssl.SSLContext]] | None = None
    listens: bool = True
    trusted: bool = True


NETWORK_FAULTS = (
    Prepared("The host's name is misspelt", "name", "No host named", host="nowhere.invalid", listens=False),
    Prepared("Nothing listens on the port", "TCP", "refused", listens=False),
    Prepared("The port does not speak TLS", "TLS", "does not speak TLS"),
    Prepared(
        "The certificate is the company's own, or self-signed",
        "TLS",
        "ca_file",
        certificate=lambda folder: certificate(folder, "localhost"),
        trusted=False,
    ),
    Prepared(
        "The certificate is for another name",
        "TLS",
        "the name that the certificate was made for",
        certificate=lambda folder: certificate(folder, "fm.example.com"),
    ),
    Prepared(
        "The certificate has expired",
        "TLS",
        "must renew it",
        certificate=lambda folder: certificate(folder, "localhost", days=-1),
    ),
)


@asynccontextmanager
async def prepared(fault: Prepared, folder: Path) -> AsyncGenerator[Assistant]:
    """An assistant whose host has the fault."""
    cert_file, context = fault.certificate(folder) if fault.certificate else (None, None)
    async with serving(context, OK) as open_port:
        port = open_port if fault.listens else await _closed_port()
        environment = FILE_ACCOUNT | {
            "FILEMAKER_HOST": f"{fault.host}:{port}",
            "FILEMAKER_STATE": str(folder / "state.sqlite"),
        }
        if cert_file is not None and fault.trusted:
            environment["FILEMAKER_CA_FILE"] = str(cert_file)
        application = build(settled(overlaid({}, environment), None))
        try:
            async with Client(application.server) as client:
                yield Assistant(client)
        finally:
            await application.close()


async def _closed_port() -> int:
    listener = await anyio.create_tcp_listener(local_host="localhost")
    port = listener.extra(SocketAttribute.local_port)
    await listener.aclose()
    return port
