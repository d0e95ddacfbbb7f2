"""Files of more rows than are held at once: what belongs together is found however far apart it stands, and a plan that was being
put down when its process died is nobody's."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import shutil
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.serving import serving

from ...started import its_end
from ..applying.test_killed import a_process, asked
from ..workshop_host import FOLDER

pytestmark = pytest.mark.anyio

KNOWN, ROWS = 520, 1_600
IMPORT: dict[str, Any] = {"layout": "Jobs", "file": "rows.csv", "key": "Code", "when_missing": "create"}


def many(folder: Path) -> Emulator:
    """The first rows of the file are known, and all but one are to be changed."""
    solution, files = folder / "workshop", folder / "files"
    shutil.copytree(FOLDER, solution)
    files.mkdir()
    with (solution / "data" / "Jobs.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ID", "Code", "Title", "Status", "Hours"])
        writer.writerows([f"K-{n:04}", f"c{n}", f"Job {n}", "Open", n] for n in range(KNOWN))
    rows = [[f"C{n}", f"Job {n}", str(n + 1)] for n in range(ROWS)]
    rows[0][2] = "0"
    rows[1_400][0] = "c7"  # the key of a row in another window
    rows[1_500][2] = "many"
    rows[1_550][1:] = rows[600][1:]  # a record like one that is planned long before
    with (files / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["Code", "Title", "Hours"], *rows])
    return Emulator([solution])


async def test_what_belongs_together_is_found_however_far_apart_it_stands(tmp_path: Path) -> None:
    settings = {"FILEMAKER_FILES_FOLDER": str(tmp_path / "files"), "FILEMAKER_KEYS": '{"Jobs": "Code"}'}
    async with serving(many(tmp_path).app) as url:
        async with a_process(tmp_path, url, **settings) as client:
            plan = await asked(client, "edit_records", **IMPORT)
            notes = " ".join(plan["notes"])
            assert (
                plan["notes"][0]
                == f"{ROWS:,} rows, {ROWS - KNOWN - 2:,} new, {KNOWN - 2} to change, 1 as wanted already, 1 faulty."
            )
            assert "2 have the same key as another row and are left out: row 9 (C7); row 1402 (c7)." in notes
            assert "1 faulty and left out: row 1502: 'Hours' holds 'many', which is no number." in notes
            likes = [each for each in plan["warnings"] if "same contents" in each]
            assert likes == [
                "Records with the same contents are there already: Job 600 like new record 81. Is this one more?"
            ]
            groups = [each for each in plan["changes"] if each.get("more_different_changes")]
            assert [each["records"] for each in groups] == [KNOWN - 2 - 20, ROWS - KNOWN - 2 - 20]
        async with a_process(tmp_path, url, **settings) as client:
            again = await asked(client, "list_changes", change_id=plan["change_id"])
            assert (again["state"], again["changes"]) == ("planned", plan["changes"])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
async def test_a_plan_that_was_being_put_down_when_its_process_died_is_nobodys(tmp_path: Path) -> None:
    settings = {"FILEMAKER_FILES_FOLDER": str(tmp_path / "files")}
    async with serving(many(tmp_path).app) as url:
        with its_end() as end:
            async with a_process(tmp_path, url, **settings) as client:
                planning = asyncio.create_task(asked(client, "edit_records", **IMPORT))
                while not _begun(tmp_path) and not planning.done():  # noqa: ASYNC110 -- the state tells nobody
                    await asyncio.sleep(0.001)
                end.kill(tmp_path / "pid")
                assert not planning.done()
                planning.cancel()
        assert _begun(tmp_path)
        async with a_process(tmp_path, url, **settings) as client:
            assert (await asked(client, "list_changes"))["changes"] == []
            plan = await asked(client, "edit_records", **IMPORT)
            listed = await asked(client, "list_changes")
            assert [each["change_id"] for each in listed["changes"]] == [plan["change_id"]]


def _begun(folder: Path) -> bool:
    """Whether something of a plan stands in the state that has no name yet."""
    state = next(iter(folder.glob("**/state.db")), None)
    if state is None:
        return False
    with (
        contextlib.closing(sqlite3.connect(f"file:{state}?mode=ro", uri=True)) as connection,
        contextlib.suppress(sqlite3.Error),
    ):
        return connection.execute("SELECT 1 FROM plan WHERE database = ''").fetchone() is not None
    return False
