"""A team's server over loopback: many callers, each with a key, against the bare SDK that does the same work.

    python -m benchmarks.team [--calls 5000] [--runs 5] [--flat 20000]

Prints calls a second with 1, 16 and 64 callers over HTTP and with one over stdio, the median and the 99th percentile with 64, memory after
`--flat` calls and with 50 callers signed in, and how late the event loop is while an identity provider hangs, floods or fails. The load,
the host that answers and both servers share the machine's cores, so that only ratios compare. It takes a quiet machine to mean anything.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path

from mcp import Client, StdioServerParameters

from .bad_provider import WAYS, bad_provider, lag_with
from .http_load import answer_of, loaded
from .replay import bookkeeping, replaying
from .start import ENVIRONMENT, OURS, resident
from .team_servers import CALLERS, QUESTION, ours, theirs


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


async def run(calls: int, runs: int, flat: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with (
            bad_provider() as provider,
            replaying(bookkeeping(100)) as host,
            ours(folder, host, [f"{provider}/{way}" for way in WAYS]) as (mine, figures),
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
                first, slower = (
                    statistics.median(each.first for each in side) for side in zip(*pairs, strict=True)
                )
                print(f"{CALLERS} callers, once each at the same time: {first:.2f} s, yardstick {slower:.2f}")
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
