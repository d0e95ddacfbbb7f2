"""A server over stdio as a client has it that writes whatever it likes."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..started import Process, start

PATIENCE = 120
CLIENT = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "lines", "version": "1"},
}


@dataclass(frozen=True)
class StdioServer:
    process: Process

    async def write(self, line: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")
        await self.process.stdin.drain()

    async def answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            return json.loads(await self.process.stdout.readline())

    async def ask(self, line: bytes) -> dict[str, Any]:
        await self.write(line)
        return await self.answer()


@asynccontextmanager
async def stdio_server(
    *words: str, environment: Mapping[str, str] | None = None, fresh: bool = False
) -> AsyncGenerator[StdioServer]:
    """A server over stdio in a process of its own, with the legacy handshake done; of the sample solution unless told otherwise.
    `fresh` where its memory or its time is measured."""
    pipe = asyncio.subprocess.PIPE
    own = {key: value for key, value in os.environ.items() if not key.startswith("FILEMAKER_")}
    process = await start(
        *(words or ("--demo",)),
        env=own | dict(environment or {}),
        stdin=pipe,
        stdout=pipe,
        stderr=asyncio.subprocess.DEVNULL,
        fresh=fresh,
    )
    server = StdioServer(process)
    try:
        first = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": CLIENT}
        assert "result" in await server.ask(json.dumps(first).encode())
        await server.write(b'{"jsonrpc":"2.0","method":"notifications/initialized"}')
        yield server
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def peak_memory(process: Process) -> int:
    """Bytes that the process has held at the most (Linux)."""
    return _status(process, "VmHWM") * 1024


def open_files(process: Process) -> int:
    """Descriptors that the process has open (Linux)."""
    return len(list(Path(f"/proc/{process.pid}/fd").iterdir()))


def _status(process: Process, name: str) -> int:
    lines = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
