"""However the server's process ends, FileMaker is left without a session of ours."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from filemaker_mcp.server.app.sample_server import ACCOUNT, FILE, PASSWORD
from filemaker_mcp.server.emulator.serving import serving

from ..host_of import host_of
from ..started import Process, start

pytestmark = pytest.mark.anyio

PATIENCE = 20.0
"""Seconds: less than the minute for which an answer of a host is waited for."""
CLIENT = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "ending", "version": "1"},
}


@asynccontextmanager
async def server_process(url: str, *, fresh: bool = True) -> AsyncGenerator[Process]:
    """Our server over stdio, signed in: one call has been answered."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("FILEMAKER_")} | {
        "FILEMAKER_HOST": url,
        "FILEMAKER_DATABASE": FILE,
        "FILEMAKER_USERNAME": ACCOUNT,
        "FILEMAKER_PASSWORD": PASSWORD,
    }
    pipe = asyncio.subprocess.PIPE
    process = await start(env=environment, stdin=pipe, stdout=pipe, stderr=pipe, fresh=fresh)
    try:
        await said(process, "initialize", CLIENT, 1)
        await tell(process, {"jsonrpc": "2.0", "method": "notifications/initialized"})
        answer = await said(process, "tools/call", {"name": "list_layouts", "arguments": {}}, 2)
        assert not answer["result"].get("isError"), answer
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def tell(process: Process, message: dict[str, object]) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(message).encode() + b"\n")
    await process.stdin.drain()


async def said(process: Process, method: str, params: object, number: int) -> dict[str, dict[str, object]]:
    assert process.stdout is not None
    await tell(process, {"jsonrpc": "2.0", "id": number, "method": method, "params": params})
    async with asyncio.timeout(120):
        return json.loads(await process.stdout.readline())


async def gone(process: Process) -> None:
    async with asyncio.timeout(PATIENCE):
        await process.wait()


async def test_end_of_input_logs_out_and_ends() -> None:
    emulator = host_of()
    async with serving(emulator.app) as url, server_process(url) as process:
        assert emulator.open_sessions == 1
        assert process.stdin is not None
        process.stdin.close()
        await gone(process)
        assert process.returncode == 0
        assert emulator.open_sessions == 0


@pytest.mark.skipif(
    os.name == "nt", reason="Windows has no such signals; there the input ends or Ctrl-C comes"
)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_logs_out_and_ends(number: signal.Signals) -> None:
    emulator = host_of()
    async with serving(emulator.app) as url, server_process(url) as process:
        assert emulator.open_sessions == 1
        process.send_signal(number)
        await gone(process)
        assert emulator.open_sessions == 0
        assert process.stderr is not None
        assert await process.stderr.read() == b""


async def test_a_host_that_is_gone_does_not_keep_the_process() -> None:
    emulator = host_of()
    async with serving(emulator.app) as url, server_process(url, fresh=False) as process:
        emulator.disconnect_all()
        assert process.stdin is not None
        process.stdin.close()
        await gone(process)


async def test_a_client_that_leaves_in_the_middle_of_a_call_leaves_no_session() -> None:
    emulator = host_of()
    async with serving(emulator.app) as url, server_process(url, fresh=False) as process:
        question = {"name": "run_script", "arguments": {"script": "Slow", "layout": "Tasks"}}
        await tell(process, {"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": question})
        assert process.stdin is not None
        process.stdin.close()
        await gone(process)
        assert emulator.open_sessions == 0


BUSY = """
import asyncio, sqlite3, sys
from filemaker_mcp.server.local.end_signals import on_signals

async def main():
    stop = asyncio.Event()
    on_signals(stop.set, 0.5)
    print("here", flush=True)
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"
    sqlite3.connect(":memory:").execute(endless)

asyncio.run(main())
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
async def test_a_signal_ends_a_process_whose_event_loop_is_in_an_endless_statement() -> None:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", BUSY, stdout=pipe, stderr=pipe)
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        assert await process.stdout.readline() == b"here\n"
        process.send_signal(signal.SIGTERM)
        await gone(process)
        assert process.returncode == 0
        assert b"did not end in time" in await process.stderr.read()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
