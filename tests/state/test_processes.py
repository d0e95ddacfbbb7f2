"""Killed, stopped or cut off, the servers that share a PostgreSQL write each record once, and go on unasked; a long course of it
is in `make soak`."""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest

from filemaker_mcp.server.emulator.faults.layer import FaultLayer
from filemaker_mcp.server.emulator.serving import serving

from ..changes.applying.test_requests import a_hundred_jobs
from ..postgres import Postgres, on_postgres, postgres
from .processes import Course, Trouble

pytestmark = [
    pytest.mark.anyio,
    on_postgres,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGSTOP"),
]
SOAK = int(os.environ.get("FILEMAKER_SOAK", "0"))
EACH = max(1, round(10 * (SOAK / 1000) ** 0.5))
"""Troubles of each kind that meet edits, and scripts: 20 together in `make soak`."""
SHORTEST, LONGEST = (5.0, 90.0) if SOAK else (2.2, 2.3)
"""Seconds for which a process is stopped: longer than a claim holds."""
EDITS = 300 if SOAK else 40
RUNS = 300 if SOAK else 12
TAKEN_UP = 3.0
"""Seconds after a kill within which another one has the plan in hand."""


async def test_each_record_is_written_once_whatever_happens_to_who_carries_it_out(tmp_path: Path) -> None:
    emulator = a_hundred_jobs(tmp_path, EDITS)
    faults = FaultLayer(emulator.app, emulator.host.clock)
    rounds = 0
    async with serving(faults) as host:
        course, left = course_of(tmp_path, host, faults, {"FILEMAKER_SESSIONS": "2"})
        ids = [str(number) for number in range(1, EDITS + 1)]
        values = {"Hours": {"add": 1}}
        while left:  # where all of it was done before all had happened, once more
            told, left = await course.carry_out(
                "edit_records", left, layout="Jobs", ids=ids, values=values, repeat=True
            )
            assert told["records"] == {"done": EDITS}
            rounds += 1
    rows = [emulator.record("Workshop", "Jobs", number) for number in range(1, EDITS + 1)]
    hours = [int((row.values["Hours"] or ("",))[0]) for row in rows if row is not None]
    assert hours == [n + rounds for n in range(1, EDITS + 1)], "once each, and none left out"
    check_taken_up(course)


async def test_a_changing_script_is_never_sent_twice_whatever_happens_to_who_runs_it(tmp_path: Path) -> None:
    emulator = a_hundred_jobs(tmp_path, RUNS)
    faults = FaultLayer(emulator.app, emulator.host.clock)
    rounds, done = 0, Counter[str]()
    async with serving(faults) as host:
        course, left = course_of(tmp_path, host, faults, {"FILEMAKER_SESSIONS": "2"})
        course.method, course.path, course.asks_again = "GET", "*/script/*", True
        while left:
            told, left = await course.carry_out(
                "run_script",
                left,
                found={"layout": "Jobs", "where": {"Status": "Open"}},
                script="Stamp",
                parameter={"field": "Ref"},
                repeat=True,
            )
            if "refused" in told["records"]:
                sys.stderr.write(f"REFUSED {rounds} {told}\n")
            assert set(told["records"]) <= {"done", "unknown"}, told
            done.update(await outcomes(course))
            rounds += 1
        asked = await attempts(course)
    stamped = Counter(run.parameter for run in emulator.scripts_run)
    assert max(asked.values()) == 1, "no run was sent twice"
    assert set(done) == {f"R{n}" for n in range(1, RUNS + 1)}
    for ref, sure in done.items():
        assert sure <= stamped[ref] <= rounds, ref
    check_taken_up(course)


def course_of(
    folder: Path, host: str, faults: FaultLayer, more: dict[str, str]
) -> tuple[Course, Sequence[Trouble]]:
    server = postgres()
    assert isinstance(server, Postgres)
    chance = random.Random(18)
    troubles = [what for what in Trouble for _ in range(EACH)]
    chance.shuffle(troubles)
    course = Course(folder, host, faults, server, server.database(), chance, _stops(chance), more)
    return course, troubles


def _stops(chance: random.Random) -> Iterator[float]:
    """As many short ones as long ones: each a bit longer than the one before, in any order."""
    step = (LONGEST / SHORTEST) ** (1 / max(1, EACH - 1))
    stops = [SHORTEST * step**number for number in range(EACH)]
    chance.shuffle(stops)
    return iter(stops)


def check_taken_up(course: Course) -> None:
    assert course.tally == dict.fromkeys(Trouble, EACH)
    seconds = [round(each, 2) for each in course.taken_up]
    sys.stderr.write(f"taken up after {seconds} seconds{os.linesep}")
    assert not SOAK or max(seconds, default=0) < TAKEN_UP


async def asked_of(course: Course, question: str) -> list[Any]:
    async with await psycopg.AsyncConnection.connect(course.url) as look:
        return await (await look.execute(question.encode())).fetchall()


async def outcomes(course: Course) -> dict[str, int]:
    """By the parameter of each run of this change: 1 where it is known to have been carried out."""
    rows = await asked_of(
        course, f"SELECT number, state FROM item WHERE plan = '{course.change}' ORDER BY number"
    )
    return {f"R{number + 1}": int(state == "done") for number, state in rows}


async def attempts(course: Course) -> Counter[tuple[str, int]]:
    """By change and item."""
    rows = await asked_of(course, "SELECT plan, item FROM journal WHERE event = 'attempt'")
    return Counter((str(plan), int(item)) for plan, item in rows)
