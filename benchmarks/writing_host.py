"""An emulated host in a process of its own, behind a line of a given latency, that counts what it is asked.

    python -m benchmarks.writing_host FOLDER LATENCY RECORDS

Serves HTTPS; prints its address and the file of its authority. `GET /bench/requests` answers how many requests came.
"""

from __future__ import annotations

import asyncio
import csv
import sys
from pathlib import Path

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.certificate import write_certificate
from filemaker_mcp.server.emulator.serving import serving

SOLUTION = """
name = "Bench"
[tables.Leads.fields]
Key = {}
Mail = {}
Name = {}
City = {}
Note = {}
Amount = { type = "number" }
[layouts.Leads]
occurrence = "Leads"
fields = ["Key", "Mail", "Name", "City", "Note", "Amount"]
[privilege_sets.Full]
full_access = true
extended = ["fmrest"]
[[accounts]]
name = "bench"
password = "bench"
privilege_set = "Full"
"""
HEADINGS = ["Key", "Mail", "Name", "City", "Note", "Amount"]


def lead(number: int) -> list[str]:
    return [f"K{number:07d}", f"lead{number}@office.example", f"Lead {number}", "Bern", "a note", str(number)]


class Line:
    """Every request takes `latency` seconds longer; the requests are counted."""

    def __init__(self, emulator: Emulator, latency: float) -> None:
        self._app = emulator.app
        self._latency = latency
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/bench/requests":
            await PlainTextResponse(str(self._requests))(scope, receive, send)
            return
        self._requests += 1
        await asyncio.sleep(self._latency)
        await self._app(scope, receive, send)


async def serve(folder: Path, latency: float, records: int) -> None:
    solution = folder / "solution"
    (solution / "data").mkdir(parents=True)
    (solution / "bench.toml").write_text(SOLUTION, "utf-8")
    with (solution / "data" / "Leads.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *(lead(number) for number in range(records))])
    made = write_certificate(folder)
    line = Line(Emulator([solution]), latency)
    async with serving(line, certificate=made.certificate, key=made.key) as url:
        print(url, made.authority, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))
