"""Time and memory of planning a file of many rows: half of them known by their key, half new; and how long another call takes
meanwhile.

    python -m benchmarks.planning [--rows 20000] [--apply]

The server is a process of its own over stdio; its peak of resident memory is compared with what it held before the file.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from mcp import Client, StdioServerParameters

from .writing import asked, hosted
from .writing_host import HEADINGS, lead

SERVE = "import os, pathlib, sys; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); from filemaker_mcp.server.__main__ import main; main(['serve'])"


def peak_megabytes(pid: int) -> int:
    """Resident memory at its highest so far (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) // 1024


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def beside(client: Client, waits: list[float]) -> None:
    """Asks for one record again and again, until it is cancelled."""
    while True:
        began = time.perf_counter()
        await asked(client, "find_records", {"layout": "Leads", "limit": 1})
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(0.2)


async def planned(rows: int, *, is_applied: bool) -> None:
    known = rows // 2
    async with hosted(0.0, known) as host:
        with tempfile.TemporaryDirectory() as folder:
            files = Path(folder) / "files"
            files.mkdir()
            with (files / "leads.csv").open("w", encoding="utf-8", newline="") as file:
                changed = ([*lead(number)[:4], "changed", str(number)] for number in range(rows))
                csv.writer(file).writerows([HEADINGS, *changed])
            environment = {
                key: value for key, value in os.environ.items() if not key.startswith("FILEMAKER_")
            }
            environment |= {
                "FILEMAKER_HOST": host.url,
                "FILEMAKER_CA_FILE": host.authority,
                "FILEMAKER_DATABASE": "Bench",
                "FILEMAKER_USERNAME": "bench",
                "FILEMAKER_PASSWORD": "bench",
                "FILEMAKER_ACCESS": "delete",
                "FILEMAKER_KEYS": '{"Leads": "Key"}',
                "FILEMAKER_APPROVAL": "client",
                "FILEMAKER_MAX_RECORDS_PER_CHANGE": "200000",
                "FILEMAKER_FILES_FOLDER": str(files),
                "FILEMAKER_STATE": str(Path(folder) / "state.db"),
            }
            process = Path(folder) / "pid"
            command = StdioServerParameters(
                command=sys.executable, args=["-c", SERVE, str(process)], env=environment
            )
            async with Client(command) as client:
                await asked(client, "list_layouts", {})
                pid = int(process.read_text("utf-8"))
                before, worked, began = peak_megabytes(pid), processor_seconds(pid), time.perf_counter()
                arguments = {"layout": "Leads", "file": "leads.csv", "key": "Key", "when_missing": "create"}
                waits: list[float] = []
                other = asyncio.ensure_future(beside(client, waits))
                plan = await asked(client, "edit_records", arguments)
                assert plan["state"] == "planned", plan
                other.cancel()
                print(
                    f"{rows} rows: {time.perf_counter() - began:.1f} s, {processor_seconds(pid) - worked:.1f} s of processor time,"
                    f" {peak_megabytes(pid) - before} MB above the {before} MB before;"
                    f" another call {statistics.median(waits) * 1000:.0f} ms, at most {max(waits) * 1000:.0f} ms",
                    flush=True,
                )
                if is_applied:
                    began = time.perf_counter()
                    result = await asked(client, "apply_change", {"change_id": plan["change_id"]})
                    assert result["state"] == "done", result
                    print(
                        f"applied: {time.perf_counter() - began:.1f} s, {peak_megabytes(pid) - before} MB above, {result['records']}"
                    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--apply", action="store_true")
    given = parser.parse_args()
    asyncio.run(planned(given.rows, is_applied=given.apply))


if __name__ == "__main__":
    main()
