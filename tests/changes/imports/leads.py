"""A file of leads, new ones and ones that are known by e-mail in other capitals, imported while everything breaks."""

from __future__ import annotations

import csv
import random
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
from mcp import Client

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.faults.effects import Act, Drop
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match
from filemaker_mcp.server.emulator.serving import serving

from ...started import its_end
from ..applying.test_killed import a_process, asked
from ..workshop_host import FOLDER

ARGUMENTS: dict[str, Any] = {
    "layout": "Jobs",
    "file": "leads.csv",
    "map": {"Mail": "Code", "Name": "Title", "Note": "Customer"},
    "key": "Code",
    "when_missing": "create",
}
CREATES, EDITS = ("POST", "*/layouts/Jobs/records"), ("PATCH", "*/layouts/Jobs/records/*")


@dataclass
class Leads:
    """`known` of them are there already, in small letters; the file holds all of them in capitals of its own."""

    folder: Path
    new: int
    known: int
    chance: random.Random = field(default_factory=lambda: random.Random(16))

    def __post_init__(self) -> None:
        solution = self.folder / "workshop"
        shutil.copytree(FOLDER, solution)
        with (solution / "data" / "Jobs.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["ID", "Title", "Status", "Code", "Customer"])
            writer.writerows([f"K-{n}", f"Lead {n}", "Open", _mail(n), "old"] for n in range(self.known))
        self.emulator = Emulator([solution])
        self.faults = FaultLayer(self.emulator.app, self.emulator.host.clock)
        rows = [[_mail(n).title(), f"Lead {n}", "new"] for n in range(self.known + self.new)]
        self.chance.shuffle(rows)
        (self.folder / "files").mkdir()
        with (self.folder / "files" / "leads.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["Mail", "Name", "Note"], *rows])

    async def imported(self) -> dict[str, Any]:
        """Planned in one call; carried out through a lost session, a lost answer and a killed server. The last answer."""
        settings = {
            "FILEMAKER_FILES_FOLDER": str(self.folder / "files"),
            "FILEMAKER_KEYS": "{}",
            "FILEMAKER_MAX_RECORDS_PER_CHANGE": str(self.new + self.known),
        }
        dead = anyio.Event()

        change = ""
        async with serving(self.faults) as url:
            with its_end() as end:

                def kill() -> None:
                    end.kill(self.folder / "pid")
                    dead.set()

                async with a_process(self.folder, url, **settings) as client:
                    plan = await asked(client, "edit_records", **ARGUMENTS)
                    assert plan["state"] == "planned", plan
                    change = plan["change_id"]
                    self._check_plan(await asked(client, "list_changes", change_id=change))
                    self.faults.arm(Match(*EDITS, skip=self.known // 3), Act(self.emulator.disconnect_all))
                    self.faults.arm(Match(*EDITS, skip=self.known // 2), Drop(processed=True))
                    self.faults.arm(Match(*CREATES, skip=self.new // 3), Drop(processed=True))
                    self.faults.arm(Match(*CREATES, skip=self.new // 2), Act(kill, processed=True))
                    async with anyio.create_task_group() as group:
                        group.start_soon(carried_out, client, change)
                        await dead.wait()
                        group.cancel_scope.cancel()
            assert dead.is_set()
            async with a_process(self.folder, url, **settings) as client:
                return await carried_out(client, change)

    def _check_plan(self, plan: dict[str, Any]) -> None:
        rows = self.new + self.known
        assert plan["notes"][0] == f"{rows:,} rows, {self.new:,} new, {self.known:,} to change."

    def check(self) -> None:
        """Every lead is there once, with what the file says of it."""
        assert all(fault.struck == 1 for fault in self.faults.faults)
        numbers = range(1, 2 * (self.known + self.new))
        rows = [
            row.values for n in numbers if (row := self.emulator.record("Workshop", "Jobs", n)) is not None
        ]
        assert Counter(row["Code"][0].casefold() for row in rows) == Counter(
            map(_mail, range(self.known + self.new))
        )
        assert {row["Customer"][0] for row in rows} == {"new"}


def _mail(number: int) -> str:
    return f"lead{number}@office.example"


async def carried_out(client: Client, change: str) -> dict[str, Any]:
    """Called again for as long as something is left."""
    answer: dict[str, Any] = {"state": "planned"}
    while answer["state"] not in ("done", "unknown", "refused"):
        await asked(client, "apply_change", change_id=change)
        answer = await asked(client, "apply_change", change_id=change)
    return answer
