"""What the page of a plan says of each field over all of its records: every digit, and each field by itself."""

from __future__ import annotations

import re
import shutil
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.emulator.app import Emulator

from ...approval.people import Browser
from ..workshop_host import FOLDER, applied, in_workshop, planned

pytestmark = pytest.mark.anyio

ASKED = {"FILEMAKER_APPROVAL": "person", "FILEMAKER_APPROVAL_SECONDS": "0.05"}
LARGE = 10**30


def totals(page: str) -> dict[str, list[str]]:
    """Field -> records, different ones, the most frequent change, sum now and then, smallest and largest change."""
    (table,) = re.findall(r'aria-labelledby="all".*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    rows = [
        [
            unescape(re.sub(r"<[^>]+>", "", cell)).strip()
            for cell in re.findall(r"<t[hd].*?</t[hd]>|<td></td>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    ]
    return {row[0]: row[1:] for row in rows}


def with_nets(folder: Path) -> Emulator:
    """The workshop, whose tasks have two amounts with a colon in their names."""
    solution = folder / "solution"
    shutil.copytree(FOLDER, solution)
    names = {"Text": "A: net", "Minutes": "B: net"}
    (solution / "data" / "Tasks.csv").write_text("Job ID,A: net,B: net\n", encoding="utf-8")
    text = (solution / "workshop.toml").read_text(encoding="utf-8")
    text = text.replace("Text = {}", '"A: net" = { type = "number" }').replace("Minutes = ", '"B: net" = ')
    for old, new in names.items():
        text = text.replace(f'Tasks::{old}"', f'Tasks::{new}"').replace(f'"{old}"', f'"{new}"')
    (solution / "workshop.toml").write_text(text, encoding="utf-8")
    return Emulator([solution])


async def test_sums_keep_every_digit_and_fields_of_one_portal_stay_apart(tmp_path: Path) -> None:
    browser = Browser(None)
    async with in_workshop(with_nets(tmp_path), ASKED, open_browser=browser) as assistant:
        hours: list[Any] = [str(LARGE), 0.1, "0.2", "-7", *["1", 1] * 4]  # some are sent as text
        lines = {"Tasks": {"add": [{"A: net": 1, "B: net": "10"}, {"A: net": 1, "B: net": 20}]}}
        records = [{"Title": "t", "Hours": each, **lines} for each in hours]
        plan = await planned(assistant, "create_records", layout="Jobs", records=records)
        await applied(assistant, plan)
        found = totals(browser.page)
    assert found["Hours"][3:] == ["0", f"{LARGE + 1:,}.3", f"-7 to {LARGE:,}"]
    assert found["Title"][2] == "t (12)"
    assert found["Tasks: A: net"] == ["12", "1", "1 (12)", "0", "24", "1 to 1"]
    assert found["Tasks: B: net"] == ["12", "2", "10 (12)", "0", "360", "10 to 20"]
