"""A runbook of edits sends its records in waves: fewer requests, each record still once, and no more of them than may fail in a row."""

from __future__ import annotations

import json
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.clock import SystemClock
from filemaker_mcp.server.emulator.faults.effects import Act, Drop, Page
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match
from filemaker_mcp.server.emulator.serving import serving

from ..jobs.bookkeeping import Office, open_office
from ..started import Process
from .test_runbook_trouble import EDITS, Desk

pytestmark = pytest.mark.anyio

RECORDS, MIDDLE = 40, 17
PATCHES = Match("PATCH", "*/records/*", skip=MIDDLE)


def counts(office: Office) -> list[int]:
    """Record by record, how often it was edited."""
    return list(office.counts(RECORDS).values())


KEYED = {"FILEMAKER_KEYS": '{"Postings": "ID"}'}
"""One find names many records by their key."""


@pytest.mark.parametrize("at_once", [1, 3])
async def test_records_take_little_more_than_a_request_each(tmp_path: Path, at_once: int) -> None:
    desk = Desk(tmp_path, f"{EDITS}[pace]\nat_once = {at_once}\nstop_after = 40\n", RECORDS)
    async with desk.assistant(**KEYED) as assistant:
        plan = await desk.planned(assistant)
        before = len(desk.emulator.requests)
        report, _ = await desk.applied(assistant, plan["change_id"])
    sent = Counter(each.method for each in desk.emulator.requests[before:])
    assert report["records"] == {"done": RECORDS}
    assert counts(desk.office) == [1] * RECORDS
    assert sent["PATCH"] == RECORDS
    assert sent.total() <= 1.3 * RECORDS, sent


@pytest.mark.parametrize("trouble", ["lost answer", "lost and not done", "lost session", "a page of a proxy"])
async def test_each_record_is_done_once_whatever_happens_within_a_wave(tmp_path: Path, trouble: str) -> None:
    desk = Desk(tmp_path, f"{EDITS}[pace]\nat_once = 3\n", RECORDS)
    effect = {
        "lost answer": Drop(processed=True),
        "lost and not done": Drop(),
        "lost session": Act(desk.emulator.disconnect_all),
        "a page of a proxy": Page(processed=True),
    }[trouble]
    desk.faults.arm(PATCHES, effect)
    async with desk.assistant() as assistant:
        report = await desk.run(assistant)
    assert report["records"] == {"done": RECORDS}, report
    assert counts(desk.office) == [1] * RECORDS
    assert sum(fault.struck for fault in desk.faults.faults) == 1


async def test_no_more_are_tried_than_may_fail_in_a_row(tmp_path: Path) -> None:
    desk = Desk(tmp_path, f"{EDITS}[pace]\nstop_after = 6\n", RECORDS)
    for record in range(9, RECORDS + 1):
        desk.emulator.lock("Postings", "Postings", record)
    async with desk.assistant() as assistant:
        report = await desk.run(assistant)
    assert report["records"] == {"done": 8, "refused": 6, "not_attempted": RECORDS - 14}, report
    assert "6 records in a row" in report["stopped"]
    assert counts(desk.office) == [1] * 8 + [0] * (RECORDS - 8)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("is_carried_out", [True, False])
async def test_a_run_killed_within_a_wave_is_gone_on_with_and_nothing_is_done_twice(
    tmp_path: Path, is_carried_out: bool
) -> None:
    office = open_office(tmp_path, ["plain"] * RECORDS)
    faults, processes = FaultLayer(office.emulator.app, SystemClock()), list[Process]()
    kill = Act(lambda: processes[0].kill(), processed=is_carried_out)
    faults.arm(PATCHES, kill, *([] if is_carried_out else [Drop()]))
    async with serving(faults) as url:
        office.configure(url, f"{EDITS}[pace]\nat_once = 3\nstop_after = 40\n")
        processes.append(await office.start())
        await processes[0].communicate()
        assert processes[0].returncode == -signal.SIGKILL
        status, out, err = await office.run("--json")
    report = json.loads(out)
    assert (status, report["records"]) == (0, {"done": RECORDS}), err
    assert report["continued"]
    assert counts(office) == [1] * RECORDS


async def test_an_undo_of_edits_takes_little_more_than_a_request_a_record(tmp_path: Path) -> None:
    desk = Desk(tmp_path, EDITS, RECORDS)
    async with desk.assistant(**KEYED) as assistant:
        ids = [str(number) for number in range(1, RECORDS + 1)]
        edit = {"layout": "Postings", "ids": ids, "values": {"Status": "posted"}}
        plan = await assistant.ask("edit_records", **edit)
        await desk.applied(assistant, plan["change_id"])
        back = await assistant.ask("undo_change", change_id=plan["change_id"])
        before = len(desk.emulator.requests)
        report, _ = await desk.applied(assistant, back["change_id"])
        sent = len(desk.emulator.requests) - before
    assert report["records"] == {"done": RECORDS}
    assert sent <= 1.3 * RECORDS
