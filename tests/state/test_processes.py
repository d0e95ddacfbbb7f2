"""Killed, stopped or cut off, the servers that share a PostgreSQL write each record once; in `make test-postgres`, and a long
course of it in `make soak`."""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.faults.layer import FaultLayer
from filemaker_mcp.server.emulator.serving import serving

from ..changes.applying.test_requests import a_hundred_jobs
from ..postgres import STORE, on_postgres, postgres
from .processes import Course, Trouble

pytestmark = [
    pytest.mark.anyio,
    on_postgres,
    pytest.mark.skipif(
        not os.environ.keys() & {STORE, "FILEMAKER_SOAK"},
        reason="takes half a minute of waiting: `make test-postgres` and `make soak` run it",
    ),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGSTOP"),
]
EACH = max(1, int(os.environ.get("FILEMAKER_SOAK", "0")) // 50)
"""Troubles of each kind: 20 in `make soak`."""
STOPPED = (2.2, 3.0) if EACH == 1 else (3.0, 20.0)
"""Seconds: longer than a claim holds."""
EDITS = 100


async def test_each_record_is_written_once_whatever_happens_to_who_carries_it_out(tmp_path: Path) -> None:
    server = postgres()
    assert server is not None
    chance = random.Random(18)
    emulator = a_hundred_jobs(tmp_path)
    faults = FaultLayer(emulator.app, emulator.host.clock)
    tally = Counter[str]()
    async with serving(faults) as host:
        for done in range(1, EACH + 1):
            part = [*chance.sample((Trouble.KILL, Trouble.CUT), 2), Trouble.STOP]  # who was stopped goes on
            course = Course(tmp_path, host, faults, server, server.database(), chance)
            await course.plan(EDITS)
            await course.troubled(part, stopped_seconds=STOPPED)
            faults.clear()
            await course.ends()
            rows = [emulator.record("Workshop", "Jobs", number) for number in range(1, EDITS + 1)]
            hours = [int((row.values["Hours"] or ("",))[0]) for row in rows if row is not None]
            assert hours == [n + done for n in range(1, EDITS + 1)], "once each, and none left out"
            tally += course.tally
    sys.stderr.write(f"{dict(tally)}{os.linesep}")
    assert all(tally[what] for what in Trouble), tally
