"""Runbooks from a terminal: each record done exactly once or listed with its reason, whatever happens to the process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from io import StringIO
from pathlib import Path
from typing import cast

import pytest
from rich.console import Console

from filemaker_mcp.server.__main__ import main
from filemaker_mcp.server.cli.run.run_progress import bar_on
from filemaker_mcp.server.emulator.clock import SystemClock
from filemaker_mcp.server.emulator.faults.effects import Act, Hang
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match
from filemaker_mcp.server.emulator.serving import serving

from ..jobs.bookkeeping import RUNBOOK, open_office
from ..started import Process

pytestmark = pytest.mark.anyio


async def reached(process: Process, line: str) -> None:
    """The process said so on its way; fails when it ended without a word of it."""
    assert process.stderr is not None
    while said := (await process.stderr.readline()).decode():
        if line in said:
            return
    raise AssertionError(f"it ended before {line!r}")


async def test_a_dry_run_tells_what_a_run_then_does_or_lists_with_its_reason(tmp_path: Path) -> None:
    office = open_office(tmp_path, ["plain"] * 9 + ["closed", "broken", "plain"], without_mail=(12,))
    async with serving(office.emulator.app) as url:
        office.configure(url)
        before = office.emulator.digest()
        status, out, _ = await office.run("--dry-run")
        assert status == 0
        assert '1 p1@example.com: {"id":"P-0001"}' in out
        assert "12 : Email is empty" in out
        assert "Nothing was changed." in out
        assert (office.script_calls, office.emulator.digest()) == (0, before)
        status, out, err = await office.run("--json")
        report = json.loads(out)
        assert status == 1, err
        assert report["records"] == {"done": 9, "refused": 2}
        assert {each["id"]: each["outcome"] for each in report["review"]} == {
            "10": "refused",
            "11": "refused",
        }
        assert "The period is closed" in report["review"][0]["why"]
        assert "FileMaker error 5" in report["review"][1]["why"]
        assert report["before_review"] == ["12 : Email is empty"]
        assert office.counts(12) == dict.fromkeys(range(1, 10), 1) | {10: 0, 11: 0, 12: 0}
        assert err == ""


async def test_a_killed_run_is_continued_and_nothing_is_done_twice(tmp_path: Path) -> None:
    office = open_office(tmp_path, ["plain"] * 30)
    async with serving(office.emulator.app) as url:
        office.configure(url)
        process = await office.start()
        await reached(process, "12 of 30")
        process.kill()
        await process.communicate()
        status, out, err = await office.run("--json")
        report = json.loads(out)
        assert report["continued"], err
        assert set(report["records"]) <= {"done", "unknown"}
        assert sum(report["records"].values()) == 30
        unknown = {int(each["id"]) for each in report.get("review", ())}
        counts = office.counts(30)
        assert all(counts[number] == 1 for number in counts if number not in unknown)
        assert all(counts[number] <= 1 for number in unknown)
        assert status == (1 if unknown else 0)


async def test_a_second_copy_of_a_run_does_nothing(tmp_path: Path) -> None:
    office = open_office(tmp_path, ["plain"] * 300)
    async with serving(office.emulator.app) as url:
        office.configure(url, RUNBOOK + "per_minute = 60")
        first = await office.start()
        await reached(first, "0 of 300: 0 done")
        status, _, err = await office.run()
        assert status == 4, err
        assert "running already" in err
        first.terminate()
        await first.communicate()
        assert first.returncode == 3
        assert set(office.counts(300).values()) == {0, 1}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (RUNBOOK.replace("layout =", "layuot ="), ("line 3", "Did you mean 'layout'")),
        (RUNBOOK.replace('"Post"', '"Psot"'), ("line 6", "not among the scripts")),
        (RUNBOOK.replace("[each]", "[each"), ("line 5", "no TOML")),
        (RUNBOOK + 'otherwise = "ask"', ("line 12", "nothing that a runbook knows")),
        (RUNBOOK.replace("stop_after = 100", "stop_after = 0"), ("line 11", "greater than or equal to 1")),
        (RUNBOOK.replace('script = "Post"', ""), ("line 5", "either `script`")),
    ],
)
def test_a_mistake_in_a_runbook_is_named_with_file_and_line(
    tmp_path: Path,
    wrong: str,
    said: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    office = open_office(tmp_path, ["plain"])
    office.configure("http://127.0.0.1:9", wrong)
    monkeypatch.setenv("CLERK", "clerk")
    assert main(["run", "carry", "--config", str(tmp_path / "config.toml")]) == 2
    err = capsys.readouterr().err
    assert "carry.toml" in err
    for words in said:
        assert words in err


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no signal for one process that it could handle"
)
async def test_a_run_told_to_end_reports_how_far_it_came_and_the_next_goes_on(tmp_path: Path) -> None:
    office = open_office(tmp_path, ["plain"] * 12)
    faults, fourth = FaultLayer(office.emulator.app, SystemClock()), asyncio.Event()
    faults.arm(Match(path="*/script/Post", skip=3), Act(fourth.set))
    async with serving(faults) as url:
        office.configure(url)
        office.emulator.set_script_delay(0.2)
        process = await office.start("--json")
        await fourth.wait()
        process.send_signal(signal.SIGINT)
        out, err = await process.communicate()
        told = json.loads(out)
        assert process.returncode == 3, err
        assert told["stopped"] == "It was told to end"
        assert told["records"] == {"done": 4, "not_attempted": 8}
        assert office.emulator.open_sessions == 0
        status, out, _ = await office.run("--json")
        report = json.loads(out)
        assert (status, report["records"], report["continued"]) == (0, {"done": 12}, True)
        assert set(office.runs.values()) == {1}


async def test_a_run_killed_in_its_last_record_does_not_do_that_record_again(tmp_path: Path) -> None:
    office = open_office(tmp_path, ["plain"])
    faults, begun = FaultLayer(office.emulator.app, SystemClock()), asyncio.Event()
    faults.arm(Match(path="*/script/Post"), Act(begun.set), Hang())
    async with serving(faults) as url:
        office.configure(url)
        process = await office.start()
        await begun.wait()
        process.kill()
        await process.communicate()
        status, out, _ = await office.run("--json")
        assert (status, json.loads(out)["records"]) == (1, {})
        assert "not known whether" in json.loads(out)["review"][0]
        assert office.script_calls == 0
        status, _, err = await office.run("--done", "7")
        assert (status, "None of these records waits" in err) == (2, True)
        assert (await office.run("--release", "all"))[0] == 0
        status, out, _ = await office.run("--json")
        assert (status, json.loads(out)["records"], office.script_calls) == (0, {"done": 1}, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no broken pipes of this kind")
async def test_a_reader_that_has_gone_is_no_traceback(tmp_path: Path) -> None:
    office = open_office(tmp_path, ["plain"] * 300)
    async with serving(office.emulator.app) as url:
        office.configure(url)
        read, write = os.pipe()
        os.close(read)
        process = await office.start("--dry-run", out=write)
        os.close(write)
        _, err = await process.communicate()
    assert (process.returncode, err.decode()) == (141, "")


def test_progress_fits_the_terminal_and_the_bar_gives_way_to_the_words() -> None:
    for columns in (8, 20, 40, 50, 60, 80, 120):
        console = Console(file=StringIO(), width=columns)
        bar = bar_on(console)
        bar.add_task("60/119  60 done, 3 for a person", total=119, completed=60, left="0:41 left")
        console.print(bar.get_renderable())
        lines = cast("StringIO", console.file).getvalue().splitlines()
        assert len(lines) == 1
        assert len(lines[0]) <= columns
        assert ("60/119  60 done, 3 for a person" in lines[0]) is (columns >= 40)
        assert ("0:41 left" in lines[0]) is (columns >= 50)
        assert lines[0].startswith("━") is (columns >= 60)
