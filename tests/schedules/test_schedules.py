"""Schedules: once over all processes whatever they share, never twice, and a time that was missed is told."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from filemaker_mcp.server.app.app import shared_parts
from filemaker_mcp.server.app.background.schedule_service import ScheduleService
from filemaker_mcp.server.app.shared_parts import SharedParts
from filemaker_mcp.server.callers.halts import EVERYBODY, Halt, Halts
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.emulator.serving import serving
from filemaker_mcp.server.errors import ConfigurationError
from filemaker_mcp.server.local.state.sqlite_state import SqliteState

from ..assistant import SAMPLE
from ..changes.workshop_host import PLACE, command, workshop
from ..jobs.shared_clock import ServerClock
from ..postgres import on_postgres, postgres
from ..started import start

pytestmark = pytest.mark.anyio
STAMP = {"cron": "* * * * *", "script": "Stamp", "layout": "Jobs", "time_zone": "UTC"}


@dataclass
class Process:
    """One of several that share the state; in this process, on a clock that a test moves."""

    parts: SharedParts
    service: ScheduleService
    told: list[str]

    async def looked(self) -> None:
        await self.service.look()
        await asyncio.gather(*(task for each in self.service.schedules for task in each.following))


@asynccontextmanager
async def processes(
    emulator: Emulator, clock: ManualClock, state: str, count: int, schedule: dict[str, Any]
) -> AsyncGenerator[Sequence[Process]]:
    environment = SAMPLE | PLACE | {"FILEMAKER_ACCESS": "edit", "FILEMAKER_STATE": state}
    settings = settled(overlaid({"schedule": {"stamps": schedule}}, environment), None)
    emulated = dict.fromkeys(settings.database, httpx.ASGITransport(app=emulator.app))
    made: list[Process] = []
    try:
        for _ in range(count):
            parts = shared_parts(settings, clock=ServerClock(clock), emulated=emulated)
            told: list[str] = []
            made.append(Process(parts, ScheduleService(parts, told.append), told))
        yield made
    finally:
        for each in made:
            await each.service.close()
            await each.parts.close()


async def all_looked(of: Sequence[Process]) -> None:
    async with anyio.create_task_group() as group:
        for each in of:
            group.start_soon(each.looked)


@pytest.mark.parametrize("store", ["file", pytest.param("postgres", marks=on_postgres)])
async def test_thirty_times_over_three_processes_are_thirty_runs_of_a_changing_script(
    store: str, tmp_path: Path
) -> None:
    server = postgres() if store == "postgres" else None
    state = str(tmp_path / "state.db") if server is None else server.database()
    emulator, clock = workshop(), ManualClock()
    async with processes(emulator, clock, state, 3, STAMP) as of:
        await all_looked(of)
        assert emulator.scripts_run == [], "it counts from the first look on"
        for _ in range(30):
            clock.advance(60)
            await all_looked(of)
        assert [run.script for run in emulator.scripts_run] == ["Stamp"] * 30
        told = [line for each in of for line in each.told]
        assert sum("begun for" in line for line in told) == 30
        assert sum(line.startswith("stamps: done") for line in told) == 30
        rows = await of[0].parts.state.rows("SELECT caller, approved_by FROM plan")
        who = {(row["caller"], row["approved_by"]) for row in rows}
        assert who == {("schedule stamps", "the owner, by the schedule 'stamps'")}, "it acts as no person"


async def test_times_that_nobody_carried_are_told_and_not_made_up_for(tmp_path: Path) -> None:
    emulator, clock = workshop(), ManualClock(datetime(2026, 3, 9, 9, 0, tzinfo=UTC))
    state = tmp_path / "state.db"
    hourly = STAMP | {"cron": "0 * * * *"}
    async with processes(emulator, clock, str(state), 1, hourly) as (first,):
        await first.looked()
    clock.advance(3 * 3600 + 30 * 60)
    async with processes(emulator, clock, str(state), 2, hourly) as of:
        await all_looked(of)
        told = [line for each in of for line in each.told]
        assert told == [
            "stamps: 3 times up to 2026-03-09T12:00:00Z were missed, since nobody carried the schedule at that time;"
            " it is not made up for"
        ]
        assert emulator.scripts_run == []
        clock.advance(35 * 60)  # five minutes late is not missed
        await all_looked(of)
        assert len(emulator.scripts_run) == 1
        (entry,) = await of[0].parts.state.rows("SELECT facts, caller FROM journal WHERE event = 'missed'")
        assert (json.loads(entry["facts"])["times"], entry["caller"]) == (3, "schedule stamps")


async def test_what_the_owner_has_stopped_is_not_begun_and_its_times_are_not_made_up_for(
    tmp_path: Path,
) -> None:
    emulator, clock = workshop(), ManualClock()
    async with processes(emulator, clock, str(tmp_path / "state.db"), 1, STAMP) as (only,):
        halts = Halts(lambda: only.parts.state, only.parts.clock.monotonic)
        await only.looked()
        for caller, whole in ((EVERYBODY, False), ("schedule stamps", True)):
            begun = len(emulator.scripts_run)
            await halts.put(Halt(caller, whole, "Month end", 0.0))
            for _ in range(2):
                clock.advance(60)
                await only.looked()
            assert len(emulator.scripts_run) == begun, "also what was due before the look that saw it"
            stopped = [line for line in only.told if line == "stamps: the owner has stopped it. Month end"]
            assert len(stopped) == begun + 1, "it is told once"
            await halts.lift(caller)
            clock.advance(60)
            await only.looked()
            assert len(emulator.scripts_run) == begun + 1
        await halts.put(Halt("schedule others", True, "", 0.0))
        clock.advance(60)
        await only.looked()
        assert len(emulator.scripts_run) == 3
        assert sum("missed, since the owner had stopped it" in line for line in only.told) == 4


async def test_a_run_that_ended_with_its_process_is_gone_on_with_and_its_script_not_sent_again(
    tmp_path: Path,
) -> None:
    emulator, clock = workshop(), ManualClock()
    state = str(tmp_path / "state.db")
    async with processes(emulator, clock, state, 1, STAMP) as (first,):
        await first.looked()
        clock.advance(60)
        await first.looked()
        # As if the process had been killed after its script was sent, and before anything of that was written down.
        async with first.parts.state.writing() as transaction:
            transaction.put("UPDATE job SET state = 'running', ended = NULL, runner = 'killed'")
            transaction.put("UPDATE plan SET state = 'applying', runner = 'killed'")
            transaction.put("UPDATE item SET state = 'sent', outcome = '{}'")
            transaction.put("UPDATE schedule SET handled = handled - 60")
    async with processes(emulator, clock, state, 1, STAMP) as (second,):
        await second.service.look()
        assert second.told == [], "the time is under way, and not missed"
        carried = second.service.schedules[0]
        jobs = carried.workspaces[carried.database].jobs
        (row,) = await second.parts.state.rows("SELECT id, database FROM job")
        await carried.workspaces.sweep({row["database"]})
        job = await jobs.wait(row["id"], 60)
        assert (job.state, job.facts["state"]) == ("done", "unknown")
        assert len(emulator.scripts_run) == 1


@pytest.mark.parametrize(
    ("schedule", "told"),
    [
        ({"cron": "61 * * * *", "script": "Stamp"}, "is no cron expression"),
        ({"cron": "* * * * *"}, 'takes one of runbook = "..." and script = "..."'),
        ({"cron": "* * * * *", "script": "Stamp", "runbook": "x"}, "takes one of runbook"),
        ({"cron": "* * * * *", "script": "Stamps"}, "is not among the scripts of"),
        ({"cron": "* * * * *", "runbook": "Nightly"}, "which is not there"),
        ({"cron": "* * * * *", "script": "Stamp", "database": "Other"}, "which is not configured"),
        ({"cron": "* * * * *", "script": "Stamp", "time_zone": "Mars"}, "there is no 'Mars'"),
    ],
)
async def test_a_schedule_that_cannot_work_is_refused_at_the_start(
    schedule: dict[str, Any], told: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=told):
        async with processes(workshop(), ManualClock(), str(tmp_path / "state.db"), 1, schedule):
            pass


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
async def test_two_real_processes_on_one_file_run_each_time_once_and_end_when_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", SAMPLE["FILEMAKER_PASSWORD"])
    emulator = workshop()
    config = tmp_path / "config.toml"
    async with serving(emulator.app) as host:
        config.write_text(
            f'state = "{tmp_path / "state.db"}"\n'
            f'[database.workshop]\nhost = "{host}"\nfile = "Workshop"\naccess = "edit"\n'
            'account = "assistant"\npassword = { env = "SECRET" }\n[database.workshop.scripts.Stamp]\nlayout = "Jobs"\n'
            '[schedule.stamps]\ncron = "* * * * * *"\nscript = "Stamp"\n',
            encoding="utf-8",
        )
        own = {name: value for name, value in os.environ.items() if not name.startswith("FILEMAKER_")}
        words = ("schedule", "--config", str(config))
        running = [await start(*words, env=own, stderr=PIPE, fresh=fresh) for fresh in (True, False)]
        with anyio.fail_after(120):
            for process in running:
                assert process.stderr is not None
                assert b"1 schedule carried" in await process.stderr.readline()
            while len(emulator.scripts_run) < 3:  # noqa: ASYNC110 -- two other processes run them
                await anyio.sleep(0.05)
        for process in running:
            process.send_signal(signal.SIGTERM)
            await process.communicate()
        assert [process.returncode for process in running] == [0, 0]
        state = SqliteState(tmp_path / "state.db")
        (row,) = await state.rows("SELECT COUNT(*) AS n, COUNT(DISTINCT fingerprint) AS times FROM plan")
        assert row["n"] == row["times"], "no time is planned twice"
        told_to_end = row["n"] - len(emulator.scripts_run)
        assert 0 <= told_to_end <= len(running), (
            "each may have been told so between planning a run and beginning it"
        )
        await state.close()
        assert await command("schedule", "--config", str(config), "--list") == 0
