"""A team's server over loopback: many callers, each with a key, against the bare SDK that does the same work.

    python -m benchmarks.team [--calls 5000] [--runs 5] [--flat 20000]

Prints calls a second with 1, 16 and 64 callers over HTTP and with one over stdio, the median and the 99th percentile with 64, memory after
`--flat` calls and with 50 callers signed in, and how late the event loop is while an identity provider hangs, floods or fails. The load,
the host that answers and both servers share the machine's cores, so that only ratios compare. It takes a quiet machine to mean anything.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_server
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from mcp import Client, StdioServerParameters

from filemaker_mcp.server.callers.caller_keys import CallerKeys
from filemaker_mcp.server.local.state.sqlite_state import SqliteState

from .find import found
from .replay import bookkeeping, replaying
from .start import ENVIRONMENT, OURS, resident

CALLERS = 64
QUESTION = found(100, "")
ERA = "2026-07-28"
META: dict[str, Any] = {
    "io.modelcontextprotocol/protocolVersion": ERA,
    "io.modelcontextprotocol/clientCapabilities": {},
}
WAYS = ("hangs", "floods", "fails")
ISSUER = """
[[http.issuers]]
issuer = "{0}"
audience = "bench"
keys = "{0}"
"""
CONFIG = """
state = "{folder}/state.db"
seal_key = "{folder}/seal.key"
files_folder = "{folder}/files"
[[callers]]
match = {{ issuer = "keys" }}
[http]
public_url = "http://localhost:{port}"
address = "127.0.0.1:{port}"
metrics = "127.0.0.1:{metrics}"
{issuers}
[database.bench]
host = "{host}"
file = "Bench"
account = "bench"
password = {{ env = "BENCH" }}
sessions = 16
"""


@dataclass(frozen=True)
class Target:
    """A server to ask, and as whom."""

    url: str
    tool: str
    arguments: dict[str, object]
    tokens: Sequence[str]
    pid: int

    async def call(self, http: httpx.AsyncClient, token: str) -> float:
        """Milliseconds."""
        params: dict[str, Any] = {"name": self.tool, "arguments": self.arguments, "_meta": META}
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream",
                   "MCP-Protocol-Version": ERA, "Mcp-Method": "tools/call", "Mcp-Name": self.tool}  # fmt: skip
        began = time.perf_counter()
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        answer = await http.post(self.url, json=body, headers=headers)
        taken = (time.perf_counter() - began) * 1000
        assert answer.status_code == 200, answer.text[:500]
        assert '"isError":true' not in answer.text, answer.text[:500]
        return taken


@dataclass(frozen=True)
class Load:
    seconds: float
    times: Sequence[float]

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def p99(self) -> float:
        return sorted(self.times)[int(len(self.times) * 0.99) - 1]


async def loaded(target: Target, callers: int, calls: int) -> Load:
    times: list[float] = []
    left = iter(range(calls))

    async def caller(number: int) -> None:
        async with httpx.AsyncClient(timeout=60) as http:
            times.extend([await target.call(http, target.tokens[number % len(target.tokens)]) for _ in left])

    began = time.perf_counter()
    await asyncio.gather(*(caller(number) for number in range(callers)))
    return Load(time.perf_counter() - began, times)


def free_port() -> int:
    with create_server(("127.0.0.1", 0)) as socket:
        return int(socket.getsockname()[1])


@asynccontextmanager
async def running(port: int, *command: str, **environment: str) -> AsyncGenerator[int]:
    """Its process, once it listens."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("FILEMAKER_")}
    process = await asyncio.create_subprocess_exec(*command, env=own | environment)
    try:
        for _ in range(600):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                break
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def ours(folder: Path, host: str, provider: str) -> AsyncGenerator[tuple[Target, str]]:
    """And the address of its figures."""
    port, metrics = free_port(), free_port()
    file = folder / "config.toml"
    issuers = "".join(ISSUER.format(f"{provider}/{way}") for way in WAYS)
    file.write_text(CONFIG.format(folder=folder, host=host, port=port, metrics=metrics, issuers=issuers))
    state = SqliteState(folder / "state.db")
    keys = CallerKeys(lambda: state)
    tokens = [
        await keys.add(f"caller{n}", scopes=["fm:read"], days=None, networks=[], owner="", now=0.0)
        for n in range(CALLERS)
    ]
    await state.close()
    url = f"http://localhost:{port}/mcp"
    command = (*OURS, "serve", "--config", str(file), "--http")
    async with running(port, *command, BENCH="bench") as pid:
        yield (
            Target(url, QUESTION.tool, QUESTION.arguments, tokens, pid),
            f"http://127.0.0.1:{metrics}/metrics",
        )


@asynccontextmanager
async def theirs(folder: Path, host: str, answer: str) -> AsyncGenerator[Target]:
    method, path, body = QUESTION.request
    place, port = folder / "answer.json", free_port()
    place.write_text(answer, encoding="utf-8")
    asks = json.dumps({"method": method, "url": host + path, "body": json.dumps(body)})
    url = f"http://localhost:{port}/mcp"
    command = (sys.executable, "-m", "benchmarks.bare_http", str(port))
    async with running(port, *command, BARE_ANSWER=str(place), BARE_ASKS=asks) as pid:
        yield Target(url, "constant", {}, ["none"], pid)


async def answer_of(target: Target) -> str:
    async with httpx.AsyncClient(timeout=60) as http:
        params: dict[str, Any] = {"name": target.tool, "arguments": target.arguments}
        headers = {
            "Authorization": f"Bearer {target.tokens[0]}",
            "Accept": "application/json, text/event-stream",
        }
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        told = (await http.post(target.url, json=body, headers=headers)).text
    lines = [line.removeprefix("data:") for line in told.splitlines() if line.startswith("data:")]
    return json.loads(lines[-1] if lines else told)["result"]["content"][0]["text"]


async def over_stdio(host: str, folder: Path, calls: int) -> float:
    """Calls a second."""
    environment = (
        dict(os.environ) | ENVIRONMENT | {"FILEMAKER_HOST": host, "FILEMAKER_STATE": str(folder / "s.db")}
    )
    async with Client(StdioServerParameters(command=OURS[0], args=[*OURS[1:]], env=environment)) as client:
        await client.call_tool(QUESTION.tool, QUESTION.arguments)
        began = time.perf_counter()
        for _ in range(calls):
            await client.call_tool(QUESTION.tool, QUESTION.arguments)
        return calls / (time.perf_counter() - began)


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


async def run(calls: int, runs: int, flat: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with (
            bad_provider() as provider,
            replaying(bookkeeping(100)) as host,
            ours(folder, host, provider) as (mine, figures),
        ):
            async with theirs(folder, host, await answer_of(mine)) as bare:
                for callers in (1, 16, CALLERS):
                    number = calls if callers > 1 else calls // 5
                    pairs = [
                        (await loaded(mine, callers, number), await loaded(bare, callers, number))
                        for _ in range(runs if callers == CALLERS else 1)
                    ]
                    rate, yardstick = (
                        statistics.median(each.rate for each in side) for side in zip(*pairs, strict=True)
                    )
                    aim = " (aim: 0.7x)" if callers == CALLERS else ""
                    told = f"{rate:7.0f} calls/s, yardstick {yardstick:7.0f}, {rate / yardstick:.2f}x{aim}"
                    print(f"{callers:3} callers over HTTP: {told}", flush=True)
                median = statistics.median(one.median for one, _ in pairs)
                p99 = statistics.median(one.p99 for one, _ in pairs)
                print(
                    f"{CALLERS} callers: median {median:.1f} ms, p99 {p99:.1f} ms, {p99 / median:.1f}x (aim: at most 4x)"
                )
            print(
                f"  1 caller over stdio: {await over_stdio(host, folder, calls // 5):7.0f} calls/s",
                flush=True,
            )
            before = resident(mine.pid) / 1024
            await loaded(mine, CALLERS, flat)
            after = resident(mine.pid) / 1024
            print(f"memory before and after {flat:,} calls: {before:.0f} and {after:.0f} MB (aim: flat)")
            print(f"memory with {CALLERS} callers open: {after:.0f} MB (aim: under 200 with 50)", flush=True)
            for way in WAYS:
                worst = await lag_with(mine, figures, f"{provider}/{way}", 8)
                print(f"loop at most {worst:.0f} ms late while a provider {way} (aim: 50)", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=5_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--flat", type=int, default=20_000)
    chosen = parser.parse_args()
    asyncio.run(run(chosen.calls, chosen.runs, chosen.flat))


if __name__ == "__main__":
    main()
