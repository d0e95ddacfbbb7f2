"""Callers over HTTP who ask again as soon as they were answered."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx

ERA = "2026-07-28"
META: dict[str, Any] = {
    "io.modelcontextprotocol/protocolVersion": ERA,
    "io.modelcontextprotocol/clientCapabilities": {},
}


@dataclass(frozen=True)
class Target:
    """A server to ask, and as whom."""

    url: str
    tool: str
    arguments: dict[str, object]
    tokens: Sequence[str]
    pid: int

    def token(self, number: int) -> str:
        return self.tokens[number % len(self.tokens)]

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
    first: float
    """Seconds until all of them were answered once, at the same time."""

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
    """Each caller has a connection and has been answered once before the clock begins: making a client takes longer than a call."""
    times: list[float] = []
    left = iter(range(calls))

    async def caller(number: int, http: httpx.AsyncClient) -> None:
        times.extend([await target.call(http, target.token(number)) for _ in left])

    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(httpx.AsyncClient(timeout=60, verify=False))
            for _ in range(callers)
        ]
        began = time.perf_counter()
        await asyncio.gather(*(target.call(http, target.token(n)) for n, http in enumerate(clients)))
        first = time.perf_counter() - began
        began = time.perf_counter()
        await asyncio.gather(*(caller(n, http) for n, http in enumerate(clients)))
        return Load(time.perf_counter() - began, times, first)


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
