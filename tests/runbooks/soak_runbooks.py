"""Three hundred postings through trouble of every kind, the process killed ten times at a random record: `make soak`."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.clock import SystemClock
from filemaker_mcp.server.emulator.faults.effects import Cut, Drop, Page
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match
from filemaker_mcp.server.emulator.serving import serving

from ..jobs.bookkeeping import RUNBOOK, Office, open_office

pytestmark = pytest.mark.anyio
RECORDS, KILLS = 300, 10
LOST = (
    Page(),
    Page(processed=True),
    Drop(),
    Drop(processed=True),
    Drop(reset=True),
    Cut(kept=0),
    Cut(kept=40),
)
"""Ways to lose the answer of a script, with the script carried out or not."""


@pytest.mark.parametrize(("seed", "at_once"), [(0, 1), (1, 3), (2, 1)])
async def test_each_record_is_done_exactly_once_or_listed_with_its_reason(
    tmp_path: Path, seed: int, at_once: int
) -> None:
    chance = random.Random(seed)
    kinds = chance.choices(["plain", "closed", "broken"], [90, 5, 5], k=RECORDS)
    office = open_office(tmp_path, kinds)
    faults = FaultLayer(office.emulator.app, SystemClock())
    for record in chance.sample(range(1, RECORDS + 1), 8):
        office.emulator.lock("Postings", "Postings", record)
    for number in range(20):
        match = Match(path="*/script/Post", skip=chance.randrange(8 * (number + 1)))
        faults.arm(match, chance.choice(LOST))
    async with serving(faults) as url:
        office.configure(url, f"{RUNBOOK}at_once = {at_once}\n")
        for _ in range(KILLS):
            await _killed(office, chance)
        status, out, err = await office.run("--json")
    report = json.loads(out)
    assert status == 1, err
    assert report["continued"], report
    assert sum(report["records"].values()) == RECORDS
    listed = {int(each["id"]): each for each in report["review"]}
    counts = office.counts(RECORDS)
    runs = office.runs
    for number, kind in enumerate(kinds, 1):
        said = listed.get(number)
        assert counts[number] <= 1, f"record {number} was done {counts[number]} times"
        assert runs[f"P-{number:04}"] <= 1, f"the host ran it {runs} times for record {number}"
        assert counts[number] == 1 or said is not None, f"record {number} is neither done nor listed"
        assert said is None or said["why"], f"record {number} is listed without a reason"
        assert said is None or counts[number] == 0 or said["outcome"] == "unknown", said
        assert kind == "plain" or said is not None, f"record {number} is {kind} and was not listed"
    assert report["records"]["done"] == RECORDS - len(listed)
    assert report["records"]["unknown"] >= 1
    assert sum(fault.struck for fault in faults.faults) >= 15
    assert not office.emulator.faults


async def _killed(office: Office, chance: random.Random) -> None:
    """A run that is killed after so many requests of any kind; sessions end under it now and then."""
    process = await office.start()
    begun = len(office.emulator.requests)
    wanted = begun + chance.randrange(1, 60)
    lost = wanted - chance.randrange(1, 30)
    while (asked := len(office.emulator.requests)) < wanted and process.returncode is None:
        await asyncio.sleep(0.001)
        if asked > lost:
            office.emulator.disconnect_all()
            lost = wanted
    assert process.returncode is None, (await process.communicate())[1].decode()
    process.kill()
    await process.communicate()
