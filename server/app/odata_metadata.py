"""OData's $metadata of one database, read once into a file. Nothing else of OData is used, and nothing is written there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import httpx

from ..auth.clock import Clock
from ..auth.http_connection import connections, unreachable
from ..config.database_settings import DatabaseSettings
from ..errors import FilemakerMcpError, InputError
from .credential_factory import CredentialFactory
from .database_connection import pace_of
from .sign_in_accounts import account_for

STALL_SECONDS = 120
"""A large file takes minutes to describe (OData section 6 [U]); this long without a byte is a stall."""
MOST_BYTES = 500_000_000

Denied = Callable[[int | None], FilemakerMcpError]
"""What the host's refusal means for the way of signing in."""


async def fetch_metadata(
    settings: DatabaseSettings,
    sign_ins: CredentialFactory,
    clock: Clock,
    to: Path,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
) -> None:
    """Writes the answer to a file. Raises the usual errors of connecting, and InputError where OData is off."""
    connect = connections(ca_file=settings.ca_file, transport=transport, pace=pace_of(settings), clock=clock)
    credentials = sign_ins.credentials(account_for(settings), connect, clock)
    login = await credentials.login()
    proof = dict(login.headers)
    if login.token is not None:  # OttoFMS takes its key as a bearer (OData section 2 [O])
        proof["Authorization"] = f"Bearer {login.token}"
    # By hand: the host overlooks options and names whose $ is encoded (OData section 2.1 [U]).
    address = f"{settings.base_url}/fmi/odata/v4/{quote(settings.file, safe='')}/$metadata"
    headers = {**proof, "Accept": "application/xml", "OData-Version": "4.0", "OData-MaxVersion": "4.0"}
    try:
        async with connect() as client:
            limits = httpx.Timeout(STALL_SECONDS, connect=10)
            async with client.stream("GET", address, headers=headers, timeout=limits) as answer:
                if answer.status_code != 200:
                    raise _refused(answer.status_code, settings, credentials.denied)
                await _save(answer, to)
    except httpx.RequestError as error:
        raise unreachable(error, settings.host) from error


async def _save(answer: httpx.Response, to: Path) -> None:
    size = 0
    with to.open("wb") as file:
        async for piece in answer.aiter_bytes():
            size += len(piece)
            if size > MOST_BYTES:
                raise InputError("The host's answer is too large to be a description of a file")
            file.write(piece)


def _refused(status: int, settings: DatabaseSettings, denied: Denied) -> FilemakerMcpError:
    if status == 401:
        return denied(None)
    return InputError(
        f"{settings.host} does not tell $metadata of {settings.file!r} (HTTP {status})",
        advice="OData must be on in the Admin Console (Connectors), and the account's privilege set needs fmodata. "
        "An export from FileMaker Pro needs neither, and says more.",
    )
