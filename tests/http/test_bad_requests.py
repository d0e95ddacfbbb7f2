"""Slow, large, many and malformed: nobody else waits for it, and nothing of it is kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from filemaker_mcp.server.config.http_settings import HttpSettings
from filemaker_mcp.server.http import web_server
from filemaker_mcp.server.http.front_door import Doorway

from .agent_keys import agent_keys
from .http_server import HttpServer, bearer, http_server

pytestmark = pytest.mark.anyio
CONNECTIONS = 60
SOMEBODY = 9
"""The end of an address of this machine that is no proxy's."""


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def server(own_folders: None) -> AsyncGenerator[HttpServer]:
    settings = {"http": {"connections": CONNECTIONS, "body_seconds": 0.5, "body_limit": 100_000}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web_server, "HEAD_SECONDS", 1.0)
        async with http_server(settings) as served:
            yield served


async def opened(server: HttpServer) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = server.origin.removeprefix("http://").partition(":")
    return await asyncio.open_connection(host, int(port))


def head(server: HttpServer, length: int, **more: str) -> bytes:
    lines = [
        "POST /mcp HTTP/1.1",
        f"Host: {server.host}",
        f"Authorization: Bearer {bearer()}",
        "Content-Type: application/json",
        "Accept: application/json, text/event-stream",
        f"Content-Length: {length}",
        *(f"{name}: {value}" for name, value in more.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


async def test_connections_that_ask_nothing_keep_nobody_out_and_are_ended(server: HttpServer) -> None:
    silent = [await opened(server) for _ in range(5 * CONNECTIONS)]
    assert await server.status_of(bearer()) is not None
    assert (await server.status_of(bearer()))[0] == 200
    async with asyncio.timeout(120):
        ends = await asyncio.gather(*(reader.read() for reader, _ in silent), return_exceptions=True)
    assert all(end == b"" or isinstance(end, ConnectionError) for end in ends)
    for _, writer in silent:
        writer.transport.abort()


async def test_a_head_that_drips_and_a_body_that_does_not_come_are_ended(server: HttpServer) -> None:
    reader, writer = await opened(server)
    writer.write(b"POST /mcp HTTP/1.1\r\nHost: ")
    late, begun = await opened(server)
    begun.write(head(server, 1_000) + b'{"jsonrpc"')
    async with asyncio.timeout(120):
        assert (await late.read()).startswith(b"HTTP/1.1 408")
        assert await reader.read() == b""
    for each in (writer, begun):
        each.transport.abort()


async def test_who_leaves_before_the_end_of_a_request_is_no_failure_of_the_server(
    server: HttpServer, caplog: pytest.LogCaptureFixture
) -> None:
    for begun in (b"", b'{"jsonrpc"'):
        _, writer = await opened(server)
        writer.write(head(server, 1_000) + begun)
        await writer.drain()
        writer.transport.abort()
        assert (await server.status_of(bearer()))[0] == 200
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize("length", ["100000000", "100001", "9" * 30])
async def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(
    server: HttpServer, length: str
) -> None:
    reader, writer = await opened(server)
    writer.write(head(server, 0).replace(b"Content-Length: 0", f"Content-Length: {length}".encode()))
    async with asyncio.timeout(120):
        answer = await reader.read(12)
    assert answer.startswith((b"HTTP/1.1 413", b"HTTP/1.1 400"))
    writer.transport.abort()


async def test_a_body_in_pieces_that_becomes_too_large_is_refused(server: HttpServer) -> None:
    reader, writer = await opened(server)
    writer.write(head(server, 0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked"))
    writer.write(b"".join(b"3e8\r\n" + b" " * 1_000 + b"\r\n" for _ in range(101)))
    async with asyncio.timeout(120):
        assert (await reader.read()).startswith(b"HTTP/1.1 413")
    writer.transport.abort()


@pytest.mark.parametrize("address", ["/mcp", "/nowhere", "/mcp with another Host"])
async def test_who_still_sends_a_body_reads_why_it_is_refused(server: HttpServer, address: str) -> None:
    """As a client does that reads only when it has sent everything: a connection that is reset loses the answer."""
    path, _, other = address.partition(" with ")
    named = head(server, 8_000_000).replace(b"/mcp", path.encode(), 1)
    if other:
        named = named.replace(server.host.encode(), b"evil.example")
    reader, writer = await opened(server)
    async with asyncio.timeout(120):
        writer.write(named)
        for _ in range(80):
            writer.write(b" " * 100_000)
            await writer.drain()
        assert (await reader.read(12)) in (b"HTTP/1.1 413", b"HTTP/1.1 404", b"HTTP/1.1 421")
    writer.transport.abort()


async def test_a_length_of_two_kinds_is_refused_with_all_that_follows_it(server: HttpServer) -> None:
    reader, writer = await opened(server)
    follows = b"GET /live HTTP/1.1\r\nHost: " + server.host.encode() + b"\r\n\r\n"
    writer.write(head(server, 5 + len(follows), **{"Transfer-Encoding": "chunked"}) + b"0\r\n\r\n" + follows)
    async with asyncio.timeout(120):
        answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1") == 1
    assert b"two ways" in answer
    writer.close()


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"\xff\xfe", b"null", b'{"jsonrpc":"2.0","id":1}', b"[" * 50_000, b"1" * 5_000],
)
@pytest.mark.parametrize("era", ["2025-11-25", "2026-07-28", "1999-01-01"])
async def test_what_is_no_request_is_answered_as_one_that_cannot_be_read(
    server: HttpServer, body: bytes, era: str
) -> None:
    headers = {
        "Authorization": f"Bearer {bearer()}",
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": era,
    }
    async with httpx.AsyncClient() as http:
        answer = await http.post(server.url, content=body, headers=headers)
    assert answer.status_code in (400, 200)
    assert "error" in json.loads(answer.text)
    assert "Traceback" not in answer.text


async def test_an_address_that_a_proxy_tells_with_its_port_is_that_address(tmp_path: Path) -> None:
    """IIS and Azure's gateways write it so, and others an address of IPv4 as one of IPv6. A proxy in between is no caller by that."""
    settings: dict[str, Any] = {
        "state": str(tmp_path / "state.db"),
        "callers": [{"match": {"issuer": "keys"}}],
        "http": {"public_url": "https://fm.example", "proxies": ["127.0.0.1", "203.0.113.1"]},
    }
    async with http_server(settings) as behind:
        keys = agent_keys(behind.parts.servers)
        networks = ["203.0.113.0/24", "2001:db8::/32"]
        key = await keys.add("inside", scopes=[], days=1, networks=networks, owner="", now=2e9)
        right = ("203.0.113.9", "203.0.113.9:51234", "[2001:db8::7]:443", "2001:db8::7", "::ffff:203.0.113.9")
        between = ("203.0.113.1", "203.0.113.1:443", "::ffff:203.0.113.1", "[::ffff:203.0.113.1]:443")
        for told in right:
            assert (await behind.status_of(key, **{"X-Forwarded-For": told}))[0] == 200, told
        wrong = ("198.51.100.7:443", "[2001:db9::7]:443", "203.0.113.9:x", "203.0.113.9:1:2")
        for told in (*wrong, *(f"198.51.100.7, {proxy}" for proxy in between)):
            assert (await behind.status_of(key, **{"X-Forwarded-For": told}))[0] == 401, told


async def test_a_connection_of_a_proxy_is_kept_for_longer_than_those_of_others(tmp_path: Path) -> None:
    """A proxy that sends a write on a connection that ends just then cannot know whether it arrived."""
    settings: dict[str, Any] = {
        "state": str(tmp_path / "state.db"),
        "callers": [{"match": {"issuer": "keys"}}],
        "http": {"public_url": "https://fm.example", "proxies": ["127.0.0.1"]},
    }
    asks = b"GET /live HTTP/1.1\r\nHost: fm.example\r\n\r\n"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web_server, "HEAD_SECONDS", 0.3)
        patch.setattr(web_server, "KEPT_OPEN_SECONDS", 1)
        async with http_server(settings) as server:
            port = httpx.URL(server.url).port

            async def come(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
                return await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))

            silent, asked, theirs, other = [
                await come(f"127.0.0.{number}") for number in (1, 1, SOMEBODY, SOMEBODY)
            ]
            for reader, writer in (asked, theirs):
                writer.write(asks)
                assert (await reader.readuntil(b"live\n")).startswith(b"HTTP/1.1 200")
            for reader, _ in (theirs, other):
                with suppress(ConnectionResetError):
                    assert await reader.read() == b"", "it is ended"
            for reader, writer in (silent, asked):
                writer.write(asks)
                assert (await reader.readuntil(b"live\n")).startswith(b"HTTP/1.1 200")
            for _, writer in (silent, asked, theirs, other):
                writer.close()
                with suppress(ConnectionError):
                    await writer.wait_closed()


def test_a_server_that_others_can_reach_has_a_public_name() -> None:
    for address in ("0.0.0.0", "0.0.0.0:8791", "192.168.1.2:80", "[::]:8791", "fm.example"):
        with pytest.raises(ValueError, match="public_url"):
            HttpSettings.model_validate({"address": address})
    for setting in ("address", "metrics"):
        with pytest.raises(ValueError, match="an address and a port"):
            HttpSettings.model_validate({setting: ":8791"})
    with pytest.raises(ValueError, match="an address and a port"):
        HttpSettings.model_validate({"metrics": "127.0.0.1"})
    for url in (
        "http://fm.example",
        "https://fm.example/x",
        "https://u:p@fm.example",
        "https://fm.example?x",
        "fm.example",
        "https://",
    ):
        with pytest.raises(ValueError, match="https://"):
            HttpSettings.model_validate({"public_url": url})


@pytest.mark.parametrize(
    ("address", "good", "bad"),
    [
        (
            "https://fm.example",
            ["fm.example", "FM.example:443"],
            ["fm.example:80", "fm.example.evil", "fm.example."],
        ),
        ("https://fm.example:8443", ["fm.example:8443"], ["fm.example", "fm.example:443", ""]),
    ],
)
def test_only_the_public_name_is_answered_to(address: str, good: list[str], bad: list[str]) -> None:
    doorway = Doorway.public(address, ["https://inspector.example"])
    assert all(map(doorway.takes_host, good))
    assert not any(map(doorway.takes_host, bad))
    assert doorway.takes_origin(address)
    assert doorway.takes_origin("https://inspector.example")
    assert not any(
        map(doorway.takes_origin, ("null", "http://fm.example", "https://evil.example", f"{address}.evil"))
    )
