"""Schedules: once over all processes whatever they share, never twice, and a time that was missed is told."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from filemaker_mcp.server.app.app import shared_parts
from filemaker_mcp.server.app.background.schedule_service import ScheduleService
from filemaker_mcp.server.app.shared_parts import SharedParts
from filemaker_mcp.server.authorization.caller_roll import CallerRoll
from filemaker_mcp.server.callers.halts import EVERYBODY, Halt, Halts
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.emulator.serving import serving
from filemaker_mcp.server.errors import ConfigurationError
from filemaker_mcp.server.local.state.sqlite_state import SqliteState

from ..assistant import ACCOUNT, SAMPLE
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


@dataclass
class SlowScripts(httpx.AsyncBaseTransport):
    """A host whose scripts do not come to their end before a test lets them."""

    emulator: Emulator
    begun: anyio.Event = field(default_factory=anyio.Event)
    may_end: anyio.Event = field(default_factory=anyio.Event)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if "script" in str(request.url):
            self.begun.set()
            await self.may_end.wait()
        return await httpx.ASGITransport(app=self.emulator.app).handle_async_request(request)


@asynccontextmanager
async def processes(
    emulator: Emulator,
    clock: ManualClock,
    state: str,
    count: int,
    schedule: dict[str, Any],
    host: httpx.AsyncBaseTransport | None = None,
    **beside: dict[str, Any],
) -> AsyncGenerator[Sequence[Process]]:
    environment = SAMPLE | PLACE | {"FILEMAKER_ACCESS": "edit", "FILEMAKER_STATE": state}
    settings = settled(overlaid({"schedule": {"stamps": schedule, **beside}}, environment), None)
    emulated = dict.fromkeys(settings.database, host or httpx.ASGITransport(app=emulator.app))
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


async def test_a_schedule_into_which_another_program_wrote_is_told_and_keeps_no_other_from_its_time(
    tmp_path: Path,
) -> None:
    emulator, clock, state = workshop(), ManualClock(), tmp_path / "state.db"
    async with processes(emulator, clock, str(state), 1, STAMP, odd=STAMP, late=STAMP) as (only,):
        await only.looked()
        for name, handled in (("odd", "soon"), ("late", 1e308)):
            with closing(sqlite3.connect(state)) as file, file:
                file.execute("UPDATE schedule SET handled = ? WHERE name = ?", (handled, name))
        for _ in range(2):
            clock.advance(60)
            await only.looked()
        assert len(emulator.scripts_run) == 2
        assert sum("was altered. Nothing of it is begun." in line for line in only.told) == 2, only.told


@pytest.mark.parametrize(("hours", "runs"), [(2, 0), (87_600, 1)], ids=["two hours", "ten years"])
async def test_a_clock_that_was_wrong_by_far_keeps_no_schedule_waiting_when_it_is_put_right(
    tmp_path: Path, hours: int, runs: int
) -> None:
    """As one that begins without a battery: until 2036 nothing would run."""
    emulator, clock, state = workshop(), ManualClock(), tmp_path / "state.db"
    async with processes(emulator, clock, str(state), 2, STAMP) as of:
        await all_looked(of)
        clock.advance(60)
        await all_looked(of)
        before = len(emulator.scripts_run)
        with closing(sqlite3.connect(state)) as file, file:  # as the same look left it by the wrong clock
            file.execute("UPDATE schedule SET handled = handled + ?", (hours * 3600.0,))
        for _ in range(2):
            clock.advance(60)
            await all_looked(of)
        assert len(emulator.scripts_run) - before == runs
        told = [line for each in of for line in each.told if "was put back from" in line]
        assert len(told) == runs, told


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
        roll = CallerRoll(only.parts.state, clock.now().timestamp)
        await roll.end_account(ACCOUNT.upper(), "leaked")
        for _ in range(2):
            clock.advance(60)
            await only.looked()
        assert len(emulator.scripts_run) == 3, "nobody works by the account"
        assert (
            "stamps: the owner has stopped it. The FileMaker account by which it works was ended."
            in only.told
        )
        await roll.admit_account(ACCOUNT)
        clock.advance(60)
        await only.looked()
        assert len(emulator.scripts_run) == 4


async def test_what_runs_when_the_owner_stops_it_is_broken_off_told_and_begun_anew_later(
    tmp_path: Path,
) -> None:
    emulator, clock = workshop(), ManualClock()
    host = SlowScripts(emulator)
    async with processes(emulator, clock, str(tmp_path / "state.db"), 1, STAMP, host) as (only,):
        halts = Halts(lambda: only.parts.state, only.parts.clock.monotonic)
        await only.looked()
        clock.advance(60)
        await only.service.look()
        with anyio.fail_after(120):
            await host.begun.wait()
        await halts.put(Halt(EVERYBODY, True, "", 0.0))
        with anyio.fail_after(120):
            await only.looked()
        assert any(
            line.startswith("stamps: unknown. The owner stopped it while it ran") for line in only.told
        ), only.told
        host.may_end.set()
        await halts.lift(EVERYBODY)
        clock.advance(60)
        await only.looked()
        assert len(emulator.scripts_run) == 1, "the script of before was never answered, and not sent again"
        assert only.told[-1].startswith("stamps: done"), only.told


async def test_what_is_closed_while_it_looks_for_work_that_was_left_begins_none(tmp_path: Path) -> None:
    emulator, clock = workshop(), ManualClock()
    async with processes(emulator, clock, str(tmp_path / "state.db"), 1, STAMP) as (only,):
        await only.looked()
        clock.advance(60)
        await only.looked()
        async with only.parts.state.writing() as transaction:
            transaction.put("UPDATE job SET state = 'running', ended = NULL, runner = 'killed'")
            transaction.put("UPDATE plan SET state = 'applying', runner = 'killed'")
            transaction.put("UPDATE item SET state = 'open', outcome = ''")

        async def stands(grant: str) -> bool:
            await carried.workspaces.close()
            return True

        only.parts.stands = stands
        (carried,) = ScheduleService(only.parts, only.told.append).schedules
        jobs = carried.workspaces[carried.database].jobs
        (row,) = await only.parts.state.rows("SELECT id, database FROM job")
        await carried.workspaces.sweep({row["database"]})
        with anyio.fail_after(120):
            while len(jobs.runs):  # noqa: ASYNC110 -- it tells nobody
                await anyio.sleep(0.01)
        (row,) = await only.parts.state.rows("SELECT state FROM job")
        assert row["state"] == "unknown", "it ends as what runs when it is closed"


async def test_an_end_that_the_records_did_not_take_is_written_down_and_told_when_they_do(
    tmp_path: Path,
) -> None:
    emulator, clock, state = workshop(), ManualClock(), str(tmp_path / "state.db")
    async with processes(emulator, clock, state, 1, STAMP) as (only,):
        await only.looked()
        with closing(sqlite3.connect(state)) as owner:
            owner.execute(
                "CREATE TRIGGER away BEFORE UPDATE OF ended ON job BEGIN SELECT abs(-9223372036854775807 - 1); END"
            )
        clock.advance(60)
        await only.service.look()
        (carried,) = only.service.schedules
        (row,) = await only.parts.state.rows("SELECT id FROM job")
        ends = carried.workspaces[carried.database].jobs.runs.ends
        with anyio.fail_after(120):
            while row["id"] not in ends:  # noqa: ASYNC110 -- it tells nobody
                await anyio.sleep(0.01)
        with closing(sqlite3.connect(state)) as owner:
            owner.execute("DROP TRIGGER away")
        with anyio.fail_after(120):
            while not all(task.done() for task in carried.following):
                clock.advance(1)
                await anyio.sleep(0.01)
        assert only.told[-1].startswith("stamps: done"), only.told


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
            transaction.put("DELETE FROM journal WHERE event = 'outcome'")
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
