"""Servers behind a proxy that do one thing with each request, and count what came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Answer = Callable[[asyncio.StreamWriter, str], Awaitable[None]]
"""The second is the first line of the request."""


@dataclass
class Upstream:
    port: int
    came: list[str] = field(default_factory=list[str])
    """The first lines of requests that arrived whole."""


async def nothing(writer: asyncio.StreamWriter, asked: str) -> None:
    """As a server that is killed when it has read the request."""


async def whole(writer: asyncio.StreamWriter, asked: str) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\ndone")


async def half(writer: asyncio.StreamWriter, asked: str) -> None:
    """As a server that is killed while it answers by a stream."""
    in_pieces = asked.endswith(
        "HTTP/1.1"
    )  # an older client takes the end of the connection for that of the answer
    more, piece = (b"Transfer-Encoding: chunked\r\n", b"d\r\n%b\r\n") if in_pieces else (b"", b"%b")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + more + b"\r\n")
    writer.write(piece % b"data: one\r\n\r\n")
    await writer.drain()


async def ending(writer: asyncio.StreamWriter, asked: str) -> None:
    """As a server that was told to end."""
    writer.write(
        b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    )


@asynccontextmanager
async def upstream(answer: Answer) -> AsyncGenerator[Upstream]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = next(
                (line for line in head.lower().splitlines() if line.startswith("content-length:")), ":0"
            )
            await reader.readexactly(int(length.partition(":")[2]))
            made.came.append(head.splitlines()[0])
            await answer(writer, made.came[-1])
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    made = Upstream(server.sockets[0].getsockname()[1])
    async with server:
        yield made
