"""From starting the process to its first answer over stdio, and its memory then: ours against the bare SDK."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

BARE = (sys.executable, "-m", "benchmarks.bare")
OURS = (sys.executable, "-m", "filemaker_mcp.server")
ENVIRONMENT = {
    "FILEMAKER_HOST": "http://127.0.0.1:9",
    "FILEMAKER_DATABASE": "Bench",
    "FILEMAKER_USERNAME": "bench",
    "FILEMAKER_PASSWORD": "bench",
    "FILEMAKER_ACCESS": "delete",
}
CLIENT = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "bench", "version": "1"},
}
HELLO = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": CLIENT}


@dataclass(frozen=True)
class Start:
    seconds: float
    kilobytes: int


def measured(command: Sequence[str], environment: dict[str, str]) -> Start:
    """One start, ended by closing its input."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(HELLO).encode() + b"\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        seconds = time.perf_counter() - began
        assert "result" in answer, answer
        memory = resident(process.pid)
        process.stdin.close()
    return Start(seconds, memory)


def resident(pid: int) -> int:
    """Resident kilobytes of a process; 0 where the system has no /proc."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1])


def run(environment: dict[str, str], rounds: int = 9) -> list[str]:
    """Rows of the report."""
    ours_environment = environment | ENVIRONMENT
    pairs = [(measured(OURS, ours_environment), measured(BARE, environment)) for _ in range(rounds + 1)][1:]
    rows = [row("start to first answer, s", [o.seconds for o, _ in pairs], [b.seconds for _, b in pairs])]
    if pairs[0][0].kilobytes:
        megabytes = [(o.kilobytes / 1024, b.kilobytes / 1024) for o, b in pairs]
        rows.append(row("memory after it, MB", [o for o, _ in megabytes], [b for _, b in megabytes]))
    return rows


def row(what: str, ours: Sequence[float], yardstick: Sequence[float]) -> str:
    """A line of the report: both medians and their ratio."""
    median, other = statistics.median(ours), statistics.median(yardstick)
    return f"{what:28} {median:9.3f} {other:9.3f} {median / other:7.2f}x"
