"""What a schedule learns from the exit status: done, a person is needed, the host is away."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.serving import serving

from ..jobs.bookkeeping import open_office

pytestmark = pytest.mark.anyio

NIGHTS = 4
NIGHTLY = """\
[records]
layout = "Postings"
where = { Kind = "plain" }
[each]
edit = { Status = "checked" }
"""


async def test_a_nightly_run_that_finds_everything_done_exits_with_0_every_time(tmp_path: Path) -> None:
    office = open_office(tmp_path, ["plain"] * 3)
    async with serving(office.emulator.app) as url:
        office.configure(url, NIGHTLY)
        ended = [await office.run("--json", fresh=night == 0) for night in range(NIGHTS)]
    assert [status for status, _, _ in ended] == [0] * NIGHTS, ended
    reports = [json.loads(out) for _, out, _ in ended]
    assert reports[0]["records"] == {"done": 3}
    assert all(report["already"] == ["3 of 3 records are as wanted already"] for report in reports[1:])
    assert {report["exit"] for report in reports} == {0}


async def test_what_is_left_is_done_and_what_is_as_wanted_is_told(tmp_path: Path) -> None:
    office = open_office(tmp_path, ["plain", "plain", "closed"])
    async with serving(office.emulator.app) as url:
        office.configure(url, NIGHTLY)
        await office.run("--json")
        office.configure(
            url, NIGHTLY.replace('where = { Kind = "plain" }', 'where = { Status = { not = "x" } }')
        )
        status, out, err = await office.run("--dry-run")
        assert re.search(r"Status: .+ -> checked\n", out), out + err
        status, out, err = await office.run("--json", "--dry-run")
        assert json.loads(out)["already"] == ["2 of 3 records are as wanted already"], err
        status, out, err = await office.run("--json")
        assert (status, json.loads(out)["records"]) == (0, {"done": 1}), err


async def test_a_host_that_is_away_has_its_own_status_and_the_next_run_does_the_work(tmp_path: Path) -> None:
    office = open_office(tmp_path, ["plain"] * 2)
    async with serving(office.emulator.app) as url:
        office.configure(url, NIGHTLY)
        address = url
    status, out, err = await office.run("--json", "--patience", "0")
    assert status == 5, (out, err)
    assert json.loads(out)["host_away"] is True
    status, out, err = await office.run("--json", "--dry-run")
    assert (status, json.loads(out)["exit"], json.loads(out)["host_away"]) == (5, 5, True), err
    status, out, err = await office.run("--dry-run")
    assert (status, out) == (5, ""), err
    async with serving(office.emulator.app, port=int(address.rpartition(":")[2])):
        status, out, err = await office.run("--json")
        assert (status, json.loads(out)["records"]) == (0, {"done": 2}), err


async def test_a_file_that_is_closed_counts_as_away(tmp_path: Path) -> None:
    office = open_office(tmp_path, ["plain"])
    async with serving(office.emulator.app) as url:
        office.configure(url, NIGHTLY)
        office.emulator.close_file("Postings")
        status, _, err = await office.run("--json", "--patience", "0")
        assert status == 5, err


@pytest.mark.parametrize("said", ["-1", "1441", "x"])
async def test_a_patience_that_is_none_is_refused(tmp_path: Path, said: str) -> None:
    office = open_office(tmp_path, ["plain"])
    office.configure("http://127.0.0.1:9", NIGHTLY)
    status, _, err = await office.run("--patience", said)
    assert status == 2
    assert "from 0 to 1440" in err or "--patience" in err


async def test_what_cannot_begin_is_a_report_too(tmp_path: Path) -> None:
    office = open_office(tmp_path, ["plain"])
    async with serving(office.emulator.app) as url:
        office.configure(url, NIGHTLY.replace("Postings", "Postngs"))
        for words in (("--json",), ("--json", "--dry-run"), ("--json", "--release", "1")):
            status, out, err = await office.run(*words)
            report = json.loads(out)
            assert (report["state"], report["exit"]) == ("refused", status), err
            assert status in (1, 2), (words, out)
