"""What a change costs the host."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.app import Emulator

from ..workshop_host import FOLDER, applied, in_workshop, planned

pytestmark = pytest.mark.anyio


def a_hundred_jobs(folder: Path, count: int = 100) -> Emulator:
    solution = folder / "workshop"
    shutil.copytree(FOLDER, solution)
    with (solution / "data" / "Jobs.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ID", "Ref", "Title", "Status", "Hours"])
        writer.writerows([f"K-{n:03}", f"R{n}", f"Job {n}", "Open", n] for n in range(1, count + 1))
    return Emulator([solution])


@pytest.mark.parametrize(("way", "most"), [("criteria", 1.3), ("ids", 1.3)])
async def test_an_edit_of_a_hundred_records_stays_within_its_requests(
    tmp_path: Path, way: str, most: float
) -> None:
    emulator = a_hundred_jobs(tmp_path)
    async with in_workshop(emulator) as assistant:
        chosen: dict[str, object] = {"where": {"Status": "Open"}, "max_records": 100}
        if way == "ids":
            chosen = {"ids": [str(n) for n in range(1, 101)]}
        values = {"Customer": "Bo", "Hours": {"add": 1}}
        plan = await planned(assistant, "edit_records", layout="Jobs", values=values, **chosen)
        assert (await applied(assistant, plan))["records"] == {"done": 100}
    logins = [
        request
        for request in emulator.requests
        if request.path.endswith("/sessions") and request.method == "POST"
    ]
    assert len(logins) <= 4  # one for each session
    served = len(emulator.requests) - 2 * len(logins)  # without logins and log-outs
    assert served / 100 <= most, served
