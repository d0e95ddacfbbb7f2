"""An identity provider that hangs, floods or fails, and how late the event loop is meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from .http_load import Target

WAYS = ("hangs", "floods", "fails")


@asynccontextmanager
async def bad_provider() -> AsyncGenerator[str]:
    """Its address; how it fails stands behind it."""
    hanging: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if b"/hangs" in head:
                hanging.append(writer)
                return
            if b"/floods" in head:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n")
                for _ in range(500):
                    writer.write(b"[" * 100_000)
                    await writer.drain()
            writer.write(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        if writer not in hanging:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for each in hanging:
            each.close()


async def lag_with(target: Target, figures: str, provider: str, seconds: float) -> float:
    """The latest that the event loop was, in milliseconds, while tokens of unknown keys come."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    worst, late = 0.0, time.monotonic() + seconds
    async with httpx.AsyncClient(timeout=60) as http:
        number = 0
        while time.monotonic() < late:
            number += 1
            claims: dict[str, Any] = {"iss": provider, "aud": "bench", "sub": "x", "exp": time.time() + 60}
            token = jwt.encode(claims, key, algorithm="RS256", headers={"kid": f"guess {number}"})
            await http.post(target.url, json={}, headers={"Authorization": f"Bearer {token}"})
            told = (await http.get(figures)).text
            line = next(line for line in told.splitlines() if line.startswith("fm_loop_lag_seconds "))
            worst = max(worst, float(line.split()[1]) * 1000)
    return worst
