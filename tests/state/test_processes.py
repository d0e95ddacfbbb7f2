"""Killed, stopped or cut off, the servers that share a PostgreSQL write each record once, and go on unasked; a long course of it
is in `make soak`."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.faults.layer import FaultLayer
from filemaker_mcp.server.emulator.serving import serving

from ..changes.applying.test_requests import a_hundred_jobs
from ..postgres import on_postgres, postgres
from .processes import Course, Trouble

pytestmark = [
    pytest.mark.anyio,
    on_postgres,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGSTOP"),
]
SOAK = int(os.environ.get("FILEMAKER_SOAK", "0"))
EACH = max(1, SOAK // 50)
"""Troubles of each kind: 20 in `make soak`."""
STOPPED = (5.0, 90.0) if SOAK else (2.2, 2.3)
"""Seconds: longer than a claim holds."""
EDITS = 300 if SOAK else 60


async def test_each_record_is_written_once_whatever_happens_to_who_carries_it_out(tmp_path: Path) -> None:
    server = postgres()
    assert server is not None
    chance = random.Random(18)
    emulator = a_hundred_jobs(tmp_path, EDITS)
    faults = FaultLayer(emulator.app, emulator.host.clock)
    troubles = [what for what in Trouble for _ in range(EACH)]
    chance.shuffle(troubles)
    rounds = 0
    async with serving(faults) as host:
        url = server.database()
        course = Course(tmp_path, host, faults, server, url, chance, STOPPED, {"FILEMAKER_SESSIONS": "2"})
        ids = [str(number) for number in range(1, EDITS + 1)]
        values = {"Hours": {"add": 1}}
        left: Sequence[Trouble] = troubles
        while left:  # where all of it was done before all had happened, once more
            told, left = await course.carry_out(
                "edit_records", left, layout="Jobs", ids=ids, values=values, repeat=True
            )
            assert told["records"] == {"done": EDITS}
            rounds += 1
    rows = [emulator.record("Workshop", "Jobs", number) for number in range(1, EDITS + 1)]
    hours = [int((row.values["Hours"] or ("",))[0]) for row in rows if row is not None]
    assert hours == [n + rounds for n in range(1, EDITS + 1)], "once each, and none left out"
    assert course.tally == dict.fromkeys(Trouble, EACH)
    seconds = [round(each, 2) for each in course.taken_up]
    sys.stderr.write(f"{rounds} rounds, taken up after {seconds} seconds{os.linesep}")
    assert not SOAK or max(seconds, default=0) < 3
