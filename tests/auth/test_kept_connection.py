"""A session's one connection to its host: used again while the host keeps it, and never trusted beyond that."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import warnings
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest

from filemaker_mcp.server.auth.http_connection import connections, unreachable
from filemaker_mcp.server.auth.network.asyncio_stream import connected

from .test_connection import certificate

pytestmark = pytest.mark.anyio
LARGE = 5_000_000


class Line:
    """A host that answers each request with its number, then does as the test says."""

    def __init__(self) -> None:
        self.connections = 0
        self.requests = 0
        self.closes = False
        self.body = b""
        self.behind = b""
        """In the same packet as an answer."""
        self.ends: list[asyncio.Future[None]] = []
        self._writer: asyncio.StreamWriter | None = None

    def says(self, unasked: bytes) -> None:
        assert self._writer is not None
        self._writer.write(unasked)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writer = writer
        end: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.ends.append(end)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
                sent = await reader.readexactly(int(length or 0))
                self.requests += 1
                body = self.body or f"{self.requests} {len(sent)}".encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body + self.behind
                )
                await writer.drain()
                if self.closes:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            end.set_result(None)


@asynccontextmanager
async def hosted(line: Line, folder: Path | None = None) -> AsyncGenerator[httpx.AsyncClient]:
    """A client of that host, over TLS where a folder is given for its certificate."""
    authority, context = certificate(folder, "localhost") if folder is not None else (None, None)
    server = await asyncio.start_server(line, "127.0.0.1", 0, ssl=context)
    scheme, port = "https" if context else "http", server.sockets[0].getsockname()[1]
    async with server:
        async with connections(ca_file=authority)() as client:
            client.base_url = httpx.URL(f"{scheme}://localhost:{port}")
            yield client
        await asyncio.gather(*line.ends)


@pytest.mark.parametrize("is_secured", [False, True])
async def test_one_connection_serves_all_requests_and_answers_of_any_size(
    tmp_path: Path, *, is_secured: bool
) -> None:
    line = Line()
    async with hosted(line, tmp_path if is_secured else None) as client:
        assert [(await client.get("/")).text for _ in range(3)] == ["1 0", "2 0", "3 0"]
        assert (await client.post("/", content=b"x" * LARGE)).text == f"4 {LARGE}"
        line.body = bytes(LARGE)
        async with client.stream("GET", "/") as answer:
            await asyncio.sleep(0)  # it comes faster than it is read
            assert sum([len(part) async for part in answer.aiter_bytes()]) == LARGE
    assert line.connections == 1


@pytest.mark.parametrize("is_secured", [False, True])
async def test_a_write_does_not_go_out_on_a_connection_that_the_host_has_closed(
    tmp_path: Path, *, is_secured: bool
) -> None:
    line = Line()
    line.closes = True
    async with hosted(line, tmp_path if is_secured else None) as client:
        assert [(await client.post("/", content=b"x")).text for _ in range(3)] == ["1 1", "2 1", "3 1"]
    assert line.connections == 3


async def test_what_nobody_asked_for_is_no_answer_to_the_next_request() -> None:
    line = Line()
    async with hosted(line) as client:
        assert (await client.get("/")).text == "1 0"
        line.says(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged")
        assert (await client.get("/")).text == "2 0"
    assert line.connections == 2


@pytest.mark.parametrize("is_secured", [False, True])
async def test_what_stands_behind_an_answer_in_its_packet_is_no_answer_to_the_next_request(
    tmp_path: Path, *, is_secured: bool
) -> None:
    line = Line()
    line.behind = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
    async with hosted(line, tmp_path if is_secured else None) as client:
        assert [(await client.post("/", content=b"x")).text for _ in range(3)] == ["1 1", "2 1", "3 1"]
    assert line.connections == 3


async def test_a_name_that_no_host_can_have_cannot_be_reached() -> None:
    async with connections()() as client:
        for name in ("fm..example.com", f"{'a' * 64}.example.com"):
            with pytest.raises(httpx.ConnectError) as caught:
                await client.get(f"https://{name}/")
            assert "No host named" in str(unreachable(caught.value, name))


async def test_a_request_beside_an_answer_under_way_has_a_connection_of_its_own() -> None:
    line = Line()
    line.body = bytes(LARGE)
    async with hosted(line) as client, client.stream("GET", "/") as answer:
        line.body = b"beside"
        assert (await client.get("/")).text == "beside"
        assert len(await answer.aread()) == LARGE
    assert line.connections == 2


async def test_a_call_that_is_given_up_leaves_no_answer_behind() -> None:
    line = Line()
    async with hosted(line) as client:
        line.body = bytes(LARGE)
        async with client.stream("GET", "/"):
            pass  # the rest is not read
        line.body = b"next"
        assert (await client.get("/")).text == "next"
    assert line.connections == 2


@pytest.fixture
def silent_first(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The name `two.example` stands for two addresses, of which the first never answers. The second has the port asked for."""
    with socket.socket() as silent, socket.socket() as fills, socket.socket() as more:
        silent.bind(("127.0.0.1", 0))
        silent.listen(0)
        for each in (fills, more):  # with these its line is full, and the system hears no other
            each.setblocking(False)
            each.connect_ex(silent.getsockname())
        known = socket.getaddrinfo

        def told(host: str, port: int, *how: int, **named: int) -> list[Any]:
            if host != "two.example":
                return known(host, port, *how, **named)
            if named.get("flags"):  # it is none in numbers
                raise socket.gaierror
            ports = (silent.getsockname()[1], port)
            return [each for port in ports for each in known("127.0.0.1", port, type=socket.SOCK_STREAM)]

        monkeypatch.setattr(socket, "getaddrinfo", told)
        yield


@pytest.mark.usefixtures("silent_first")
async def test_an_address_that_does_not_answer_does_not_hold_up_the_next() -> None:
    line = Line()
    async with hosted(line) as client:
        assert (await client.get(client.base_url.copy_with(host="two.example"))).text == "1 0"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "two.example"])
@pytest.mark.usefixtures("silent_first")
async def test_a_call_given_up_while_it_connects_leaves_no_socket_open(host: str) -> None:
    """At each turn of the event loop: asyncio's own race of addresses loses the socket of the winner at some of them."""
    line = Line()
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        async with hosted(line) as client:
            port = client.base_url.port or 0
            given_up = 0
            for turns in range(0, 12, 4 if host == "two.example" else 1):
                connecting = asyncio.create_task(connected(host, port, 10))
                if host == "two.example" and turns:  # until the second address is tried
                    await asyncio.wait({connecting}, timeout=0.25)
                for _ in range(turns):
                    await asyncio.sleep(0)
                given_up += connecting.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await (await connecting).aclose()
            assert (await client.get("/")).text == "1 0"  # by now the host has met all of them
        gc.collect()
    assert given_up
    assert [str(each.message) for each in complaints] == []


async def test_cookies_of_a_host_are_sent_back() -> None:
    """Some stand behind a load balancer that knows by them where a session is."""
    heads: list[bytes] = []

    async def host(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 200 OK\r\nSet-Cookie: node=7\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(host, "127.0.0.1", 0)
    async with server, connections()() as client:
        for _ in range(2):
            await client.get(f"http://localhost:{server.sockets[0].getsockname()[1]}/")
    assert [b"node=7" in head for head in heads] == [False, True]


async def test_what_is_set_inside_of_httpx_and_httpcore_is_what_they_have_there() -> None:
    """Another name in a new version would bring their own pool and locks back without a word."""
    async with httpx.AsyncHTTPTransport() as transport:
        assert "_pool" in vars(transport)
    inside = vars(
        httpcore.AsyncHTTP11Connection(httpcore.Origin(b"http", b"h", 80), httpcore.AsyncMockStream([]))
    )
    assert {"_state_lock", "_h11_state"} <= inside.keys()
