"""The two servers of a team's benchmark, each in a process of its own: ours with keys for its callers, and the bare SDK."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from socket import create_server

from filemaker_mcp.server.callers.caller_keys import CallerKeys
from filemaker_mcp.server.changes.plans.plan_seal import Seal
from filemaker_mcp.server.local.state.sqlite_state import SqliteState

from .find import found
from .http_load import Target
from .start import OURS

CALLERS = 64
QUESTION = found(100, "")
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
async def ours(folder: Path, host: str, providers: Sequence[str]) -> AsyncGenerator[tuple[Target, str]]:
    """And the address of its figures."""
    port, metrics = free_port(), free_port()
    file = folder / "config.toml"
    issuers = "".join(ISSUER.format(each) for each in providers)
    file.write_text(CONFIG.format(folder=folder, host=host, port=port, metrics=metrics, issuers=issuers))
    state = SqliteState(folder / "state.db")
    seal = Seal.of_file(folder / "seal.key")
    keys = CallerKeys(lambda: state, lambda: seal)
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
