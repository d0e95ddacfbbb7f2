"""Runs every benchmark and prints its table: ours, the yardstick, the ratio of their medians."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
import tempfile
from pathlib import Path

from . import find, questions, start, summary


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("FILEMAKER_")}
        report(inherited | {"FILEMAKER_STATE": str(Path(folder, "state.db"))})


def report(environment: dict[str, str]) -> None:
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {sys.platform}\n")
    print(f"{'':28} {'ours':>9} {'yardstick':>9} {'ratio':>8}")
    for line in [*start.run(environment), *asyncio.run(find.run(environment))]:
        print(line)
    for part in (summary, questions):
        for line in asyncio.run(part.run(environment)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
