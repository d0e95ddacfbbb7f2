"""A host on a socket."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.emulator.serving import serving

from .emulated_host import SAMPLE

pytestmark = pytest.mark.anyio


async def plain(_: Request) -> PlainTextResponse:
    return PlainTextResponse("plain")


async def dated(_: Request) -> PlainTextResponse:
    return PlainTextResponse("dated", headers={"Date": "Thu, 01 Jan 1970 00:00:00 GMT"})


async def test_answers_carry_the_hosts_own_time_once() -> None:
    app = Starlette(routes=[Route("/plain", plain), Route("/dated", dated)])
    async with serving(app, clock=ManualClock()) as url, httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/plain")).headers.get_list("date") == ["Mon, 09 Mar 2026 09:00:00 GMT"]
        assert (await client.get("/dated")).headers.get_list("date") == ["Thu, 01 Jan 1970 00:00:00 GMT"]


async def test_a_host_that_cannot_begin_says_why(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        async with serving(Starlette(), certificate=tmp_path / "none.pem", key=tmp_path / "none.pem"):
            pass


async def test_one_server_header_leaves_the_process() -> None:
    """`Apache` is recorded (section 2.3); the program that serves the application keeps its own name to itself."""
    emulator = Emulator([SAMPLE])
    async with serving(emulator.app) as url, httpx.AsyncClient(base_url=url) as client:
        answer = await client.get("/fmi/data/vLatest/productInfo")
        assert answer.headers.get_list("server") == ["Apache"]
    await emulator.aclose()
