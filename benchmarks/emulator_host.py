"""How fast the emulated host answers over a large table, from CSV file to JSON.

    python benchmarks/emulator_host.py [--records 100000] [--index]

Loads a table of six fields from CSV, then asks for pages of 100 records of found sets of up to 1,000 through the whole
host (routes, session, find, rendering, envelope). Prints median and 95th percentile in milliseconds; the first request of
a kind is shown apart: it builds its index, unless `--index` has them built while loading.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path

import httpx

from filemaker_mcp.server.emulator.app import Emulator

DEFINITION = """
name = "Large"
[tables.Orders.fields]
Key = {}
Note = {}
Amount = { type = "number" }
Ordered = { type = "date" }
Sent = { type = "timestamp" }
City = {}
[layouts.Orders]
occurrence = "Orders"
fields = ["Key", "Note", "Amount", "Ordered", "Sent", "City"]
[privilege_sets.Full]
full_access = true
extended = ["fmrest"]
[[accounts]]
name = "bench"
privilege_set = "Full"
"""
WORDS = [f"word{number}" for number in range(3000)]
TIMES = 60


def write_solution(folder: Path, records: int) -> None:
    chance = random.Random(7)
    (folder / "large.toml").write_text(DEFINITION, "utf-8")
    (folder / "data").mkdir()
    with (folder / "data" / "Orders.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Key", "Note", "Amount", "Ordered", "Sent", "City"])
        for number in range(records):
            day = date(2000, 1, 1) + timedelta(days=chance.randrange(9000))
            note = " ".join(chance.choices(WORDS, k=4))
            sent = f"{day} 10:{chance.randrange(60):02d}:{chance.randrange(60):02d}"
            rows.writerow(
                [f"K{number:07d}", note, chance.randrange(records), day, sent, chance.choice(WORDS)]
            )


async def measure(name: str, ask: Callable[[int], Awaitable[httpx.Response]]) -> None:
    taken: list[float] = []
    for number in range(TIMES + 1):
        begun = time.perf_counter()
        response = await ask(number)
        taken.append((time.perf_counter() - begun) * 1000)
        if response.status_code != 200:
            raise SystemExit(f"{name}: {response.text}")
    first, rest = taken[0], sorted(taken[1:])
    p95 = rest[int(TIMES * 0.95) - 1]
    print(
        f"{name:24} first {first:7.0f}   median {statistics.median(rest):6.1f}   95% {p95:6.1f}", flush=True
    )


async def run(folder: Path, records: int, *, index: bool) -> None:
    begun, worked = time.perf_counter(), time.process_time()
    emulator = Emulator([folder], index=index)
    emulator.load()
    taken, spent = time.perf_counter() - begun, time.process_time() - worked
    print(f"{records} rows from CSV in {taken:.1f} s, {spent:.1f} s of processor time", flush=True)
    transport = httpx.ASGITransport(app=emulator.app)
    base = "http://fm.example/fmi/data/vLatest/databases/Large/"
    async with httpx.AsyncClient(transport=transport, base_url=base) as http:
        made = await http.post("sessions", auth=("bench", ""), json={})
        http.headers["Authorization"] = f"Bearer {made.headers['x-fm-data-access-token']}"

        def find(**criteria: str) -> Awaitable[httpx.Response]:
            return http.post("layouts/Orders/_find", json={"query": [criteria], "limit": 100})

        def span(number: int) -> str:
            low = number * (records // 100)
            return f"{low}...{low + min(records // 110, 900)}"

        def sort(number: int) -> Awaitable[httpx.Response]:
            page = {"_sort": '[{"fieldName":"Ordered"}]', "_limit": "100", "_offset": str(1 + number * 100)}
            return http.get("layouts/Orders/records", params=page)

        await measure("find a word", lambda number: find(Note=WORDS[number]))
        await measure("find a range", lambda number: find(Amount=span(number)))
        await measure("sort the table", sort)
        await measure("read one record", lambda number: http.get(f"layouts/Orders/records/{number + 1}"))
    await emulator.aclose()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--index", action="store_true", help="build the indexes while loading")
    chosen = parser.parse_args()
    records = chosen.records
    with tempfile.TemporaryDirectory() as folder:
        write_solution(Path(folder), records)
        asyncio.run(run(Path(folder), records, index=chosen.index))


if __name__ == "__main__":
    main()
