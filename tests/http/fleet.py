"""Real servers in processes of their own on one PostgreSQL, and a balancer that sends a POST again wherever it got no answer."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, cast

import httpx

from filemaker_mcp.server.changes.plans.plan_seal import Seal

from ..started import Process, start

PUBLIC = "fm.example"
ANSWERS = {"Accept": "application/json, text/event-stream", "Host": PUBLIC}


def settings(host: str, folder: Path, sessions: int, more: str, public: str, http: str) -> str:
    return f"""
state = {{ postgres = {{ env = "STATE_OF_ALL" }} }}
seal_key = "{folder / "seal.key"}"
files_folder = "{folder / "files"}"
[http]
public_url = "{public}"
address = "127.0.0.1:0"
journal_head = {{ file = "{folder / "heads"}" }}
{http}
[[callers]]
match = {{ issuer = "keys" }}
[database.workshop]
host = "{host}"
file = "Workshop"
account = "assistant"
password = {{ env = "WORKSHOP" }}
access = "edit"
approval = "client"
sessions = {sessions}
{more}
"""


@dataclass
class Fleet:
    config: Path
    environment: dict[str, str]
    running: list[tuple[Process, str]] = field(default_factory=list[tuple[Process, str]])
    """Processes and their addresses, those that take requests."""
    repeated: int = 0
    turn: count[int] = field(default_factory=count)

    @property
    def seal(self) -> Seal:
        """That of the servers."""
        return Seal.of_file(self.config.with_name("seal.key"))

    async def start(self, *address: str) -> None:
        process = await start(
            *("serve", "--config", str(self.config), "--http", *address),
            env=self.environment,
            stderr=PIPE,
        )
        assert process.stderr is not None
        line = (await process.stderr.readline()).decode()
        assert "serving at" in line, line + (await process.stderr.read()).decode()
        self.running.append((process, line.split()[-1]))

    async def replace_oldest(self) -> None:
        """Told to end while it is still asked, as a platform does."""
        process, _ = self.running[0]
        process.send_signal(signal.SIGTERM)
        ending = asyncio.create_task(process.communicate())
        await self.start()
        self.running.pop(0)
        _, said = await ending
        assert process.returncode == 0, said
        assert b"Traceback" not in said, said

    async def restart_oldest(self) -> None:
        """Ended, and begun again where it was, as a service manager does."""
        process, url = self.running.pop(0)
        process.send_signal(signal.SIGTERM)
        _, said = await process.communicate()
        assert process.returncode == 0, said
        await self.start(httpx.URL(url).netloc.decode())

    async def post(self, token: str, tool: str, **arguments: object) -> dict[str, Any]:
        """Sent to one after the other until one of them answers."""
        params = {"name": tool, "arguments": arguments}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        headers = ANSWERS | {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(timeout=60, headers=headers, verify=False) as http:
            while True:
                _, url = self.running[next(self.turn) % len(self.running)]
                try:
                    answer = await http.post(url, json=body)
                except httpx.TransportError:
                    self.repeated += 1
                    continue
                if answer.status_code == 503:
                    self.repeated += 1
                    continue
                assert answer.status_code == 200, answer.text
                return cast("dict[str, Any]", told(answer.text)["result"])

    async def end(self) -> None:
        for process, _ in self.running:
            process.send_signal(signal.SIGTERM)
        for process, _ in self.running:
            _, said = await process.communicate()
            assert process.returncode == 0, said


def told(text: str) -> dict[str, Any]:
    """What an answer says, as JSON or as the one event of a stream."""
    lines: Sequence[str] = [
        line.removeprefix("data:") for line in text.splitlines() if line.startswith("data:")
    ]
    return json.loads(lines[-1] if lines else text)


@asynccontextmanager
async def fleet(
    host: str, folder: Path, state: str, *, number: int, sessions: int, more: str = "",
    public: str = f"https://{PUBLIC}", http: str = "",
) -> AsyncGenerator[Fleet]:  # fmt: skip
    """`more`: lines of the database in the settings, and sections; `http`: lines of [http]."""
    config = folder / "config.toml"
    config.write_text(settings(host, folder, sessions, more, public, http), "utf-8")
    own = {name: value for name, value in os.environ.items() if not name.startswith("FILEMAKER_")}
    made = Fleet(config, own | {"STATE_OF_ALL": state, "WORKSHOP": "demo"})
    try:
        for _ in range(number):
            await made.start()
        yield made
        await made.end()
    finally:
        for process, _ in made.running:
            if process.returncode is None:
                process.kill()
                await process.wait()
