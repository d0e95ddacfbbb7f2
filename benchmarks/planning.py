"""Time and memory of planning a file of many rows: half of them known by their key, half new; and how much longer another call
takes meanwhile.

    python -m benchmarks.planning [--rows 20000] [--apply]

The server is a process of its own over stdio; its peak of resident memory is compared with what it held before the file. The other
call is a find. A second server, which plans nothing, makes the same find at the same host in the same moment: what that one waits
too, and what the system tells of threads that were ready and had no processor, is taken off.
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
from typing import Any

from mcp import Client, StdioServerParameters

from tests.app.waiting_caller import Clocks, Delay

from .start import OURS
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


async def beside(client: Client, twin: Client, pid: int, delays: list[Delay]) -> None:
    """Asks for one record again and again, until it is cancelled."""

    async def timed(one: Client) -> float:
        began = time.perf_counter()
        await asked(one, "find_records", {"layout": "Leads", "limit": 1})
        return time.perf_counter() - began

    while True:
        before = Clocks.of(pid)
        waited, other = await asyncio.gather(timed(client), timed(twin))
        spent = Clocks.of(pid) - before
        delays.append(Delay(waited, other, 0.0, spent.queued))
        await asyncio.sleep(0.2)


def told(delays: list[Delay]) -> str:
    """How long the other call took, and how much of it was planning's doing."""
    waited, ours = [each.waited * 1000 for each in delays], [each.ours * 1000 for each in delays]
    return (
        f"another call {statistics.median(waited):.0f} ms, at most {max(waited):.0f} ms;"
        f" longer than without it by {statistics.median(ours):.0f} ms, at most {max(ours):.0f} ms"
    )


class Server:
    def __init__(self, client: Client, pid: int) -> None:
        self._client = client
        self._pid = pid
        self._before = peak_megabytes(pid)

    async def measured(self, what: str, tool: str, arguments: dict[str, Any], twin: Client) -> dict[str, Any]:
        """The answer; its figures are printed."""
        worked, began = processor_seconds(self._pid), time.perf_counter()
        delays: list[Delay] = []
        other = asyncio.ensure_future(beside(self._client, twin, self._pid, delays))
        answer = await asked(self._client, tool, arguments)
        other.cancel()
        print(
            f"{what}: {time.perf_counter() - began:.1f} s, {processor_seconds(self._pid) - worked:.1f} s of processor time,"
            f" {peak_megabytes(self._pid) - self._before} MB above the {self._before} MB before; {told(delays)}",
            flush=True,
        )
        return answer


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
                "FILEMAKER_LIMITS": '{"writes_per_minute": "unlimited"}',
                "FILEMAKER_FILES_FOLDER": str(files),
                "FILEMAKER_STATE": str(Path(folder) / "state.db"),
            }
            twins = environment | {"FILEMAKER_STATE": str(Path(folder) / "twin.db")}
            process = Path(folder) / "pid"
            command = StdioServerParameters(
                command=sys.executable, args=["-c", SERVE, str(process)], env=environment
            )
            other = StdioServerParameters(command=OURS[0], args=[*OURS[1:]], env=twins)
            async with Client(command) as client, Client(other) as twin:
                await asyncio.gather(asked(client, "list_layouts", {}), asked(twin, "list_layouts", {}))
                server = Server(client, int(process.read_text("utf-8")))
                arguments = {"layout": "Leads", "file": "leads.csv", "key": "Key", "when_missing": "create"}
                plan = await server.measured(f"{rows} rows", "edit_records", arguments, twin)
                assert plan["state"] == "planned", plan
                if is_applied:
                    carried_out = {"change_id": plan["change_id"]}
                    result = await server.measured("applied", "apply_change", carried_out, twin)
                    assert result["records"] == {"done": rows}, result


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
