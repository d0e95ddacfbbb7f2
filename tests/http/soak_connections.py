"""Ten thousand connections that ask nothing, bodies that drip and bodies of 100 MB, while a person works: a course of `make soak`."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from filemaker_mcp.server.http import web_server

from .http_server import HttpServer, bearer, http_server
from .test_bad_requests import head, opened

pytestmark = pytest.mark.anyio
IDLE = 10_000
AT_ONCE = 500
CONNECTIONS = 2_000
NEEDED = IDLE + CONNECTIONS + 1_000
"""Descriptors: of those who are silent, and of the server, which ends the oldest of them."""


@pytest.fixture
async def server(tmp_path: Path) -> AsyncGenerator[HttpServer]:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if most < NEEDED:
        pytest.skip("the system gives too few descriptors")
    resource.setrlimit(resource.RLIMIT_NOFILE, (NEEDED, most))
    settings = {"state": str(tmp_path / "state.db"), "http": {"connections": CONNECTIONS, "body_seconds": 2}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web_server, "HEAD_SECONDS", 20.0)
        async with http_server(settings) as served:
            yield served


async def test_a_person_works_beside_ten_thousand_idle_connections_and_what_drips(server: HttpServer) -> None:
    silent: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
    lets_in = {"Authorization": f"Bearer {bearer()}"}
    try:
        for _ in range(IDLE // AT_ONCE):
            silent += await asyncio.gather(*(opened(server) for _ in range(AT_ONCE)))
            assert (await server.status_of(bearer()))[0] == 200
        dripping = [await opened(server) for _ in range(50)]
        silent += dripping
        for _, writer in dripping:
            writer.write(head(server, 1_000) + b"{")
        async with server.person(bearer()) as person, httpx.AsyncClient(headers=lets_in, timeout=60) as http:
            large = await http.post(server.url, content=b" " * 100_000_000)
            assert large.status_code == 413
            assert (await person.ask("find_records", layout="Products", limit=1))["found"] > 0
        answers = await asyncio.gather(*(reader.read(12) for reader, _ in dripping))
        assert set(answers) == {b"HTTP/1.1 408"}
        sys.stdout.write(f"{IDLE:,} idle connections: {resident() / 1024:.0f} MB, client and host included\n")
    finally:
        for _, writer in silent:
            writer.transport.abort()


def resident() -> int:
    """Kilobytes; 0 where the system has no /proc."""
    status = Path(f"/proc/{os.getpid()}/status")
    lines = status.read_text("utf-8").splitlines() if status.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)
