"""The certificate that an emulated host serves with, judged by ordinary TLS clients."""

from __future__ import annotations

import os
import ssl
import stat
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from filemaker_mcp.server.emulator.certificate import Certificate, write_certificate
from filemaker_mcp.server.emulator.serving import serving

pytestmark = pytest.mark.anyio


def hello(_: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


HELLO = Starlette(routes=[Route("/", hello)])


async def get(made: Certificate, trusted: Path | None, host: str = "127.0.0.1") -> str:
    context = ssl.create_default_context(cafile=str(trusted) if trusted else None)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    async with (
        serving(HELLO, certificate=made.certificate, key=made.key) as url,
        httpx.AsyncClient(verify=context) as client,
    ):
        return (await client.get(url.replace("127.0.0.1", host))).text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_who_trusts_the_authority_is_served_under_both_names(tmp_path: Path, host: str) -> None:
    made = write_certificate(tmp_path / "new" / "folder")
    assert await get(made, made.authority, host) == "hello"


async def test_who_does_not_know_the_authority_refuses(tmp_path: Path) -> None:
    made = write_certificate(tmp_path)
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        await get(made, None)


async def test_another_name_and_an_expired_certificate_are_refused(tmp_path: Path) -> None:
    other = write_certificate(tmp_path / "other", ["fm.example.com"])
    with pytest.raises(httpx.ConnectError, match="not valid for"):
        await get(other, other.authority)
    expired = write_certificate(tmp_path / "expired", life=timedelta(hours=-1))
    with pytest.raises(httpx.ConnectError, match="expired"):
        await get(expired, expired.authority)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_the_key_is_readable_by_its_owner_alone_also_when_replaced(tmp_path: Path) -> None:
    (tmp_path / "server-key.pem").write_text("old")
    (tmp_path / "server-key.pem").chmod(0o644)
    made = write_certificate(tmp_path)
    assert stat.S_IMODE(made.key.stat().st_mode) == 0o600
