"""An emulated host with postings to carry out, and the owner's configuration and runbook for them on disk."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.clock import Clock
from filemaker_mcp.server.emulator.store.store import Row

from ..started import Process, start

SOLUTION = Path(__file__).parent / "postings"
RUNBOOK = """\
description = "Carries out every open posting"
[records]
layout = "Postings"
where = { Status = "open" }
[each]
script = "Post"
parameter = { id = { field = "ID" } }
[[checks]]
field = "Email"
[pace]
stop_after = 100
"""
CONFIGURATION = """\
state = "{folder}/state.db"
runbooks = "{folder}/runbooks"
[database.postings]
host = "{url}"
file = "Postings"
account = "clerk"
password = {{ env = "CLERK" }}
access = "edit"
[database.postings.limits]
scripts_per_minute = "unlimited"
[database.postings.scripts.Post]
effect = "changes"
"""


@dataclass(frozen=True)
class Office:
    """A folder with the solution, the configuration and the runbook `carry`."""

    folder: Path
    emulator: Emulator

    def configure(self, url: str, runbook: str = RUNBOOK) -> None:
        (self.folder / "runbooks").mkdir(exist_ok=True)
        (self.folder / "runbooks" / "carry.toml").write_text(runbook, encoding="utf-8")
        text = CONFIGURATION.format(folder=self.folder.as_posix(), url=url)
        (self.folder / "config.toml").write_text(text, encoding="utf-8")

    async def start(
        self, *arguments: str, out: int = asyncio.subprocess.PIPE, fresh: bool = False
    ) -> Process:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("FILEMAKER_")} | {
            "CLERK": "clerk"
        }
        config = ["--config", str(self.folder / "config.toml")]
        return await start(
            *("run", "carry", *config, *arguments),
            env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=asyncio.subprocess.PIPE, fresh=fresh,
        )  # fmt: skip

    async def run(self, *arguments: str, fresh: bool = False) -> tuple[int, str, str]:
        process = await self.start(*arguments, fresh=fresh)
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()

    def row(self, number: int) -> Row | None:
        return self.emulator.record("Postings", "Postings", number)

    def counts(self, most: int) -> dict[int, int]:
        """Record -> how often the script was carried out for it, as the store has it."""
        rows = {number: self.row(number) for number in range(1, most + 1)}
        return {number: int(row.values.get("Count", ("0",))[0]) for number, row in rows.items() if row}

    @property
    def runs(self) -> Counter[str]:
        """Posting -> how often the host began the script for it, by its own log."""
        return Counter(json.loads(run.parameter)["id"] for run in self.emulator.scripts_run)

    @property
    def script_calls(self) -> int:
        return len(self.emulator.scripts_run)


def open_office(
    folder: Path, kinds: list[str], *, without_mail: tuple[int, ...] = (), clock: Clock | None = None
) -> Office:
    """`kinds` are those of the records, in order: `plain`, `closed` (reports failure) or `broken` (ends in an error)."""
    solution = folder / "solution"
    shutil.copytree(SOLUTION, solution, ignore=shutil.ignore_patterns("__pycache__"))
    (solution / "data").mkdir(exist_ok=True)
    with (solution / "data" / "Postings.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ID", "Kind", "Email", "Status", "Count"])
        for number, kind in enumerate(kinds, 1):
            mail = "" if number in without_mail else f"p{number}@example.com"
            writer.writerow([f"P-{number:04}", kind, mail, "open", 0])
    return Office(folder, Emulator([solution], clock=clock))
