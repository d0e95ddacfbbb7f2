"""Creates and edits a second, and the requests that each costs: ours from a file, and a peer that verifies nothing.

    python -m benchmarks.writing [--records 400] [--rounds 3]

Both talk to the same emulated host over HTTPS, in turns. Ours plans a file and applies it: journal, once only and reading
back included, over four sessions. The peer, `filemaker-data-api-mcp` from npm, is installed into a temporary folder; it has
a tool call for each record; it is measured with one call at a time, and with four under way.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import os
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from mcp import Client, StdioServerParameters

from .start import OURS
from .writing_host import HEADINGS, lead

PEER = "filemaker-data-api-mcp@0.0.15"
LATENCIES = (0.0, 0.020)


@dataclass
class Host:
    url: str
    authority: str

    async def requests(self) -> int:
        trusted = ssl.create_default_context(cafile=self.authority)
        async with httpx.AsyncClient(verify=trusted) as client:
            return int((await client.get(f"{self.url}/bench/requests")).text)


@dataclass
class Figures:
    """Records a second and requests a record, by round."""

    speed: list[float] = field(default_factory=list[float])
    cost: list[float] = field(default_factory=list[float])

    async def measure(self, host: Host, records: int, work: Callable[[], Awaitable[None]]) -> None:
        before, began = await host.requests(), time.perf_counter()
        await work()
        self.speed.append(records / (time.perf_counter() - began))
        self.cost.append((await host.requests() - before) / records)

    @property
    def words(self) -> str:
        return f"{statistics.median(self.speed):7.1f} /s {statistics.median(self.cost):5.2f} requests"


@asynccontextmanager
async def hosted(latency: float, records: int) -> AsyncGenerator[Host]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.writing_host", folder, str(latency), str(records)]
        process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
        assert process.stdout is not None
        try:
            url, authority = (await process.stdout.readline()).decode().split()
            yield Host(url, authority)
        finally:
            process.terminate()
            await process.wait()


async def asked(client: Client, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    answer = await client.call_tool(tool, arguments)
    assert not answer.is_error, answer
    facts: dict[str, Any] = answer.structured_content or {}
    while facts.get("state") == "running":
        facts = await asked(client, "check_job", {"job": facts["job"], "wait": 50})
    return facts


class Ours:
    def __init__(self, client: Client, folder: Path) -> None:
        self._client = client
        self._folder = folder

    async def create(self, numbers: Sequence[int]) -> None:
        self._write([HEADINGS, *(lead(number) for number in numbers)])
        await self._carried_out("create_records", len(numbers), {"layout": "Leads", "file": "leads.csv"})

    async def edit(self, numbers: Sequence[int], note: str) -> None:
        self._write([["Key", "Note"], *([lead(number)[0], note] for number in numbers)])
        asked_for = {"layout": "Leads", "file": "leads.csv", "key": "Key"}
        await self._carried_out("edit_records", len(numbers), asked_for)

    def _write(self, rows: Sequence[Sequence[str]]) -> None:
        with (self._folder / "leads.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)

    async def _carried_out(self, tool: str, records: int, arguments: dict[str, Any]) -> None:
        plan = await asked(self._client, tool, arguments)
        done = await asked(self._client, "apply_change", {"change_id": plan["change_id"]})
        assert done["records"] == {"done": records}, done


class Theirs:
    def __init__(self, client: Client, at_once: int) -> None:
        self._client = client
        self._at_once = at_once

    async def create(self, numbers: Sequence[int]) -> None:
        await self._each(
            "fm_create_record",
            [{"layout": "Leads", "fieldData": dict(zip(HEADINGS, lead(n), strict=True))} for n in numbers],
        )

    async def edit(self, numbers: Sequence[int], note: str) -> None:
        await self._each(
            "fm_edit_record",
            [{"layout": "Leads", "recordId": str(n + 1), "fieldData": {"Note": note}} for n in numbers],
        )

    async def _each(self, tool: str, calls: Sequence[dict[str, Any]]) -> None:
        queue = iter(calls)

        async def worker() -> None:
            for arguments in queue:
                answer = await self._client.call_tool(tool, arguments)
                assert not answer.is_error, answer

        await asyncio.gather(*(worker() for _ in range(self._at_once)))


async def compared(latency: float, records: int, rounds: int, peer: Path | None) -> None:
    figures: dict[tuple[str, str], Figures] = {}
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("FILEMAKER_")}
    async with hosted(latency, records) as host:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "files").mkdir()
            environment = inherited | {
                "FILEMAKER_HOST": host.url,
                "FILEMAKER_CA_FILE": host.authority,
                "FILEMAKER_DATABASE": "Bench",
                "FILEMAKER_USERNAME": "bench",
                "FILEMAKER_PASSWORD": "bench",
                "FILEMAKER_ACCESS": "delete",
                "FILEMAKER_APPROVAL": "client",
                "FILEMAKER_KEYS": '{"Leads": "Key"}',
                "FILEMAKER_MAX_RECORDS_PER_CHANGE": str(records),
                "FILEMAKER_FILES_FOLDER": str(Path(folder) / "files"),
                "FILEMAKER_STATE": str(Path(folder) / "state.db"),
            }
            ours = StdioServerParameters(command=OURS[0], args=[*OURS[1:]], env=environment)
            async with Client(ours) as client, peered(host, inherited, peer) as other:
                await asked(client, "list_layouts", {})  # signs in, as the peer has by now
                sides: dict[str, Ours | Theirs] = {"ours": Ours(client, Path(folder) / "files")}
                if other is not None:
                    sides |= {
                        "peer, one call at a time": Theirs(other, 1),
                        "peer, four calls": Theirs(other, 4),
                    }
                fresh = records
                for turn in range(rounds):
                    for name, side in sides.items():
                        new, fresh = range(fresh, fresh + records), fresh + records
                        create = figures.setdefault((name, "create"), Figures())
                        await create.measure(host, records, lambda s=side, n=new: s.create(n))
                        edit = figures.setdefault((name, "edit"), Figures())
                        note = f"{name} {turn}"
                        await edit.measure(host, records, lambda s=side, n=note: s.edit(range(records), n))
    print(f"\n{records} records, {latency * 1000:.0f} ms of latency, median of {rounds}", flush=True)
    for (name, what), each in figures.items():
        print(f"{what:8} {name:26} {each.words}", flush=True)
    for (name, what), each in figures.items():
        if name != "ours":
            ratio = statistics.median(figures["ours", what].speed) / statistics.median(each.speed)
            print(f"{what:8} {ratio:.1f} times as fast as: {name}", flush=True)


@asynccontextmanager
async def peered(host: Host, inherited: dict[str, str], folder: Path | None) -> AsyncGenerator[Client | None]:
    """The peer, signed in; None where npm is not there."""
    if folder is None:
        yield None
        return
    environment = inherited | {
        "FM_SERVER": host.url.removeprefix("https://"),
        "FM_DATABASE": "Bench",
        "FM_USER": "bench",
        "FM_PASSWORD": "bench",
        "HOME": str(folder),
        "NODE_NO_WARNINGS": "1",
    }
    script = folder / "node_modules" / "filemaker-data-api-mcp" / "dist" / "index.js"
    async with Client(
        StdioServerParameters(command="node", args=[str(script)], env=environment, cwd=str(folder))
    ) as client:
        answer = await client.call_tool("fm_login", {})
        assert not answer.is_error, answer
        yield client


def installed(folder: str) -> Path | None:
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        print("without npm there is no peer to compare with")
        return None
    subprocess.run(
        [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, PEER], check=True
    )
    return Path(folder)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        peer = installed(folder)
        for latency in LATENCIES:
            asyncio.run(compared(latency, chosen.records, chosen.rounds, peer))


if __name__ == "__main__":
    main()
