"""summarize_records over a whole table: its time against fetching and parsing alone, what several sessions gain, and its memory."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from mcp import Client, StdioServerParameters

from .invoices import PAGE, hosting
from .start import ENVIRONMENT, OURS, row

SESSIONS = 4
QUESTION = {
    "layout": "Invoices",
    "measures": ["count", {"sum": "Total"}, {"average": "Total"}],
    "group_by": ["Status", {"field": "Date", "by": "month"}],
    "go_ahead": True,
}
MANY, VERY_MANY, SLOW = 100_000, 1_000_000, 20_000
LATENCY = 0.05


async def run(environment: dict[str, str], rounds: int = 7) -> list[str]:
    """Rows of the report."""
    rows: list[str] = []
    with hosting(MANY) as url:
        rows.append(await against_fetching(environment, url, rounds))
    with hosting(SLOW, LATENCY) as url:
        rows.append(await sessions_gain(environment, url))
    for count in (MANY, VERY_MANY):
        with hosting(count) as url:
            rows.append(await memory(environment, url, count))
    return rows


async def against_fetching(environment: dict[str, str], url: str, rounds: int) -> str:
    ours: list[float] = []
    bare: list[float] = []
    async with Client(server(environment, url, SESSIONS)) as assistant:
        for _ in range(rounds + 1):
            ours.append(await summarized(assistant, MANY))
            bare.append(await fetched(url, MANY))
    return row(f"summary of {MANY:,}, s", ours[1:], bare[1:])


async def sessions_gain(environment: dict[str, str], url: str) -> str:
    times: dict[int, list[float]] = {1: [], SESSIONS: []}
    for _ in range(3):
        for sessions, own in times.items():
            async with Client(server(environment, url, sessions)) as assistant:
                await summarized(assistant, SLOW)  # signs in
                own.append(await summarized(assistant, SLOW))
    return row(f"{SESSIONS} sessions, 50 ms away, s", times[SESSIONS], times[1])


async def memory(
    environment: dict[str, str],
    url: str,
    count: int,
    question: Mapping[str, Any] = QUESTION,
    what: str = "",
) -> str:
    """Peak above start in MB; Linux only, since other systems have no /proc."""
    async with Client(server(environment, url, SESSIONS)) as assistant:
        await assistant.list_tools()
        mine = _processes(url)
        before = max((_kilobytes(each, "VmRSS") for each in mine), default=0)
        await summarized(assistant, count, question)
        peak = max((_kilobytes(each, "VmHWM") for each in mine), default=0)
    return f"{what or f'peak above start, {count:,}, MB':28} {(peak - before) / 1024:9.1f} {'150':>9}"


async def summarized(assistant: Client, count: int, question: Mapping[str, Any] = QUESTION) -> float:
    """Seconds until the answer, which may outlast its call."""
    began = time.perf_counter()
    arguments = dict(question)
    answer = await assistant.call_tool(arguments.pop("tool", "summarize_records"), arguments)
    facts: dict[str, Any] = answer.structured_content or {}
    while facts.get("state") == "running":  # it outlasted the call
        answer = await assistant.call_tool("check_job", {"job": facts["job"], "wait": 50})
        facts = answer.structured_content or {}
    took = time.perf_counter() - began
    assert not answer.is_error, answer
    assert facts["found"] == count, facts
    return took


async def fetched(url: str, count: int) -> float:
    """The same pages over as many connections by bare httpx, their JSON parsed and nothing else."""
    began = time.perf_counter()
    offsets = iter(range(1, count + 1, PAGE))
    address = f"{url}/fmi/data/vLatest/databases/Bench/layouts/Invoices/records"

    async def work() -> None:
        async with httpx.AsyncClient() as client:
            for offset in offsets:
                response = await client.get(address, params={"_offset": offset, "_limit": PAGE})
                assert len(json.loads(response.content)["response"]["data"]) == PAGE

    await asyncio.gather(*(work() for _ in range(SESSIONS)))
    return time.perf_counter() - began


def server(environment: Mapping[str, str], url: str, sessions: int) -> StdioServerParameters:
    chosen = {"FILEMAKER_HOST": url, "FILEMAKER_SESSIONS": str(sessions), "FILEMAKER_ACCESS": "read"}
    return StdioServerParameters(
        command=OURS[0], args=[*OURS[1:]], env={**environment, **ENVIRONMENT, **chosen}
    )


def _processes(url: str) -> list[Path]:
    return [each for each in Path("/proc").glob("[0-9]*") if _is_ours(each, url)]


def _is_ours(process: Path, url: str) -> bool:
    try:
        return (
            url.encode() in (process / "environ").read_bytes()
            and b"filemaker_mcp.server" in (process / "cmdline").read_bytes()
        )
    except OSError:
        return False


def _kilobytes(process: Path, what: str) -> int:
    lines = (process / "status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what))
