"""Three hundred postings through trouble of every kind, the process killed ten times at a random record: `make soak`."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.serving import serving

from .bookkeeping import RUNBOOK, open_office

pytestmark = pytest.mark.anyio
RECORDS, KILLS = 300, 10


@pytest.mark.parametrize("seed", range(3))
async def test_each_record_is_done_exactly_once_or_listed_with_its_reason(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    kinds = chance.choices(["plain", "closed", "broken"], [90, 5, 5], k=RECORDS)
    office = open_office(tmp_path, kinds)
    listed: dict[int, str] = {}
    locked = chance.sample(range(1, RECORDS + 1), 5)
    async with serving(office.emulator.app) as url:
        office.configure(url, RUNBOOK)
        for record in locked:
            office.emulator.lock("Postings", "Postings", record)
        for _ in range(KILLS):
            process = await office.start()
            begun = office.script_calls
            wanted = begun + chance.randrange(1, 25)
            while office.script_calls < wanted and process.returncode is None:
                await asyncio.sleep(0.001)
                if chance.random() < 0.002:
                    office.emulator.disconnect_all()
            process.kill()
            await process.communicate()
        status, out, err = await office.run("--json")
        assert status == 1, err
        report = json.loads(out)
        assert report.get("records", {}).get("not_attempted", 0) == 0, report.get("stopped")
        listed |= {int(each["id"]): each["outcome"] for each in report["review"]}
        counts = office.counts(RECORDS)
        assert max(counts.values()) == 1
        for number, kind in enumerate(kinds, 1):
            done = counts[number] == 1
            assert done or number in listed, f"record {number} was neither done nor listed"
            assert kind == "plain" or not done
            if done and number in listed:
                assert listed[number] == "unknown"
        assert sum(report["records"].values()) == RECORDS
        # By the host's own log: no record was ever asked for twice.
        assert office.script_calls <= RECORDS
