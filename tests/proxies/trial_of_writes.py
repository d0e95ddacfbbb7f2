"""What a proxy with the documents' configuration does with a write whose server dies: it is sent once, and its end is no answer."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from ..free_port import free_port
from .proxy import KINDS, proxied
from .upstream import ending, half, nothing, upstream, whole

pytestmark = pytest.mark.anyio
each_proxy = pytest.mark.parametrize("kind", KINDS)
GATEWAY = (502, 503, 504)


@each_proxy
async def test_a_write_whose_server_dies_is_sent_to_no_other(kind: str, tmp_path: Path) -> None:
    async with (
        upstream(nothing) as one,
        upstream(nothing) as two,
        proxied(kind, tmp_path, free_port(), (one.port, two.port)) as proxy,
    ):
        for number in (1, 2):  # either of them is taken out for a while afterwards
            async with httpx.AsyncClient(verify=proxy.trust, timeout=30) as http:
                answer = await http.post(f"{proxy.origin}/mcp", content=b"write")
            assert answer.status_code in GATEWAY, answer.text
            assert len(one.came) + len(two.came) <= number, "the same write came twice"
        assert one.came, "and it came"


@each_proxy
async def test_a_write_that_reached_nobody_goes_to_the_server_that_is_there(
    kind: str, tmp_path: Path
) -> None:
    async with (
        upstream(whole) as two,
        proxied(kind, tmp_path, free_port(), (free_port(), two.port)) as proxy,
        httpx.AsyncClient(verify=proxy.trust, timeout=30) as http,
    ):
        for number in range(1, 9):
            answer = await http.post(f"{proxy.origin}/mcp", content=b"write")
            assert (answer.status_code, len(two.came)) == (200, number), answer.text


@each_proxy
async def test_an_answer_that_was_cut_off_is_not_taken_for_a_whole_one(kind: str, tmp_path: Path) -> None:
    async with (
        upstream(half) as one,
        proxied(kind, tmp_path, free_port(), (one.port,)) as proxy,
        httpx.AsyncClient(verify=proxy.trust, timeout=30) as http,
    ):
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await http.post(f"{proxy.origin}/mcp", content=b"write")
        assert len(one.came) == 1


@each_proxy
async def test_a_server_that_ends_is_told_as_it_says_itself(kind: str, tmp_path: Path) -> None:
    async with (
        upstream(ending) as one,
        proxied(kind, tmp_path, free_port(), (one.port,)) as proxy,
        httpx.AsyncClient(verify=proxy.trust, timeout=30) as http,
    ):
        answer = await http.post(f"{proxy.origin}/mcp", content=b"write")
        assert (answer.status_code, answer.headers["Retry-After"], len(one.came)) == (503, "1", 1)
